"""Editors' pages in the admin: publishers, feeds and entries."""

from feeds.admin import entries, feeds, publishers

__all__ = ["entries", "feeds", "publishers"]
