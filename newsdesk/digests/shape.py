"""The words and the shape of a digest's document, as types: `documents/schema/digest-1.json` says the same in full.

A document is read from JSON, so its words are plain strings there; the enums' members equal them.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Section(models.TextChoices):
    """Where a story stands on the page, from the top."""

    LEAD = "lead", "Lead"
    BIG = "big", "Other big stories"
    SHORT = "short", "In short"


class Role(models.TextChoices):
    """What a sentence does for its story; the labels are what readers and editors see."""

    WHAT = "what", "What happened"
    DETAIL = "detail", "Detail"
    CONFLICT = "conflict", "Accounts differ"
    WHY = "why", "Why it matters"


class SentenceKind(models.TextChoices):
    """Whether a sentence reports or judges."""

    FACT = "fact", "Fact"
    ANALYSIS = "analysis", "Analysis"


class Writer(StrEnum):
    """Who wrote a sentence; an extracted one is its source's own."""

    EXTRACT = "extract"
    MODEL = "model"
    EDITOR = "editor"
