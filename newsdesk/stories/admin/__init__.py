"""The stories' desk: find them, merge, split, move, revise, and take each of that back."""

from newsdesk.stories.admin.stories import StoryAdmin

__all__ = ["StoryAdmin"]
