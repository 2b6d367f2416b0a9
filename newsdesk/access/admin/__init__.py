"""Who came in and who failed to, for superusers."""

from newsdesk.access.admin import lists

__all__ = ["lists"]
