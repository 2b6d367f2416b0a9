"""The digests' part of the admin: lists, a digest's desk page, the rewriting of an item, stories that may be added."""

from newsdesk.digests.admin import lists

__all__ = ["lists"]
