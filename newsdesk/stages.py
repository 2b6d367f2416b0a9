"""The stages of the line, in the order in which news goes through them; each name is its Celery task's.

Whoever runs the line, or a part of it, takes the order from here: the worker (`celery.py`), the first start
(`launch/first_line.py`), a recorded stream (`replay.py`), an evaluation in memory (`stories/evaluation/line.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

Step = TypeVar("Step")


class Stage(StrEnum):
    """A stage, by its task's name."""

    POLL = "feeds.tasks.poll"
    EXTRACT = "feeds.tasks.extract"
    DEDUPE = "newsdesk.stories.tasks.dedupe"
    CLUSTER = "newsdesk.stories.tasks.cluster"
    CLASSIFY = "newsdesk.stories.tasks.classify"
    PUBLISH = "newsdesk.digests.tasks.publish"
    SEND = "newsdesk.newsletter.tasks.send"


def in_line_order(steps: Mapping[Stage, Step]) -> Iterator[Step]:
    """The steps that somebody has for stages, in the order of the line."""
    return (steps[stage] for stage in Stage if stage in steps)
