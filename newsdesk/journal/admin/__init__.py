"""The journal, to read."""

from newsdesk.journal.admin import lists

__all__ = ["lists"]
