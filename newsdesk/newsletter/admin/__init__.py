"""The pages on which staff see and steer sending."""

from newsdesk.newsletter.admin import lists

__all__ = ["lists"]
