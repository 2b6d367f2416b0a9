"""The words and the shape of a digest's document, as types: `documents/schema/digest-1.json` says the same in full.

A document is read from JSON, so its words are plain strings there; the enums' members equal them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, NotRequired, TypedDict

from django.db import models

from newsdesk.stories.themes import Theme
from newsdesk.stories.threads.developments import Change


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


class ReceiptJson(TypedDict):
    """The span [start, end) of a source's text, in code points, and what stands there."""

    entry: str
    url: str
    text_sha256: str
    start: int
    end: int
    quote: str


class SentenceJson(TypedDict):
    """The S of the schema."""

    text: str
    role: Annotated[str, Role]
    kind: Annotated[str, SentenceKind]
    written_by: Annotated[str, Writer]
    receipts: list[ReceiptJson]


class SourceJson(TypedDict):
    """An entry that an item rests on; `duplicate_of` is empty for an original."""

    entry: str
    url: str
    publisher: str
    title: str
    published: str | None
    seen: str
    kind: Annotated[str, ("wire", "report", "primary", "opinion")]
    author: str
    has_paywall: bool
    duplicate_of: str


class LabelJson(TypedDict):
    """What to know before reading; `story` is the earlier one that it speaks of, `change` what became of that."""

    name: Annotated[str, ("old_news", "developed", "follow_up")]
    words: str
    story: NotRequired[str]
    change: NotRequired[Annotated[str, Change]]


class ReasonJson(TypedDict):
    """One reason of a rank."""

    name: str
    points: float
    words: str


class RankJson(TypedDict):
    """Why an item ranks where it does."""

    score: float
    reasons: list[ReasonJson]


class EvidenceJson(TypedDict):
    """Where one source has its news from: whom it rests on, and the span that shows it (null where nothing does)."""

    entry: str
    state: Annotated[str, ("announcement", "own", "relay", "unknown")]
    rests_on: list[str]
    receipt: ReceiptJson | None


class OriginsJson(TypedDict):
    """Who found a story out: at least and at most so many, who first (empty: not told), and the same in words."""

    at_least: int
    at_most: int
    first: str
    words: str
    by: list[EvidenceJson]


class ItemJson(TypedDict):
    """A story placed in the digest; the keys that may be missing are there only where they say something."""

    position: int
    section: Annotated[str, Section]
    story: str
    headline: str
    headline_by: NotRequired[Annotated[str, Writer.EDITOR]]
    theme: Annotated[str, Theme]
    labels: NotRequired[list[LabelJson]]
    why_ranked: RankJson
    origins: NotRequired[OriginsJson]
    sentences: list[SentenceJson]
    sources: list[SourceJson]


class ThesisJson(TypedDict):
    """What several stories have in common, and what speaks against it."""

    text: str
    kind: Annotated[str, SentenceKind.ANALYSIS]
    stories: list[str]
    counter: str


class WatchJson(TypedDict):
    """What to watch: `when` as the source puts it, `date` (ISO) where it names a day, `owner` who is to act."""

    story: str
    sentence: SentenceJson
    when: str
    date: str | None
    owner: str


class CorrectionJson(TypedDict):
    """A recorded change; `position` is of the item that it concerns."""

    position: int | None
    text: str
    made_at: str


WindowJson = TypedDict("WindowJson", {"from": str, "to": str})


class CoverageJson(TypedDict):
    """What the digest was made from, counted; one owner group is one publisher."""

    articles: int
    publishers: int
    stories: int
    other_languages: int
    feeds_answered: int
    feeds: int


class DailyJson(TypedDict):
    """A daily digest that a weekly one was gathered from."""

    edition: str
    date: str
    number: int
    sha256: str


class MadeJson(TypedDict, total=False):
    """What made a digest, as its row keeps it: enough to check it and to make it again."""

    models: list[str]
    prompt_versions: list[str]
    settings: dict[str, object]
    inputs_sha256: str
    digests: list[DailyJson]


class ManifestJson(MadeJson):
    """What made it, and where it stands."""

    number: int
    edition_title: str
    state: Annotated[str, ("draft", "approved", "published", "preview")]
    built_at: str
    published_at: str | None


class Document(TypedDict):
    """One dated digest of an edition, items in page order."""

    schema: Literal["newsdesk-digest/1"]
    edition: str
    date: str
    title: str
    dek: str
    window: WindowJson
    coverage: CoverageJson
    items: list[ItemJson]
    pattern: list[ThesisJson]
    watch: list[WatchJson]
    corrections: list[CorrectionJson]
    manifest: ManifestJson
