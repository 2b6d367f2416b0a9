"""Publishers, feeds and entries for editors."""

from feeds.admin import lists

__all__ = ["lists"]
