"""Editors' pages in the admin: publishers, feeds and entries."""

from feeds.admin import lists

__all__ = ["lists"]
