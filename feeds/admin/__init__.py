"""Publishers, feeds and entries for editors."""

from feeds.admin import entries, feeds, publishers

__all__ = ["entries", "feeds", "publishers"]
