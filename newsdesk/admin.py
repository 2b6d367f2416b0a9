"""Where Django looks for the admin pages of the project itself: those of accounts and groups."""

from newsdesk.desk import accounts

__all__ = ["accounts"]
