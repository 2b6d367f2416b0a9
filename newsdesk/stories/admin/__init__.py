"""The stories' desk: find them, merge, split, move, revise, and take each of that back."""

from newsdesk.stories.admin import lists

__all__ = ["lists"]
