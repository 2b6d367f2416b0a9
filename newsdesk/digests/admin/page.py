"""What a digest's desk page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.urls import reverse

from newsdesk.digests.actions.editing import rows_of
from newsdesk.digests.actions.undo import UNDOABLE
from newsdesk.digests.admin.doubts import Doubts, find_doubts
from newsdesk.digests.admin.schedule import publishing_words
from newsdesk.digests.building.page_order import Page, Spot, places, put
from newsdesk.digests.building.rows import page_of
from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.digests.journal import subject_of, who, words_of
from newsdesk.digests.models import Correction, Digest, DigestItem, Sequel
from newsdesk.digests.shape import RankJson, ReasonJson, Section
from newsdesk.digests.window import Hours
from newsdesk.journal.models import Change
from newsdesk.stories.ranking.score import EDITORS_WORDS
from newsdesk.stories.themes import theme_label

SECTION_TITLES: dict[str, str] = {Section.LEAD: "The lead", Section.BIG: "Other big stories", Section.SHORT: "In short"}
SECTION_VERBS: dict[str, str] = {
    Section.LEAD: "Make it the lead",
    Section.BIG: "To the big stories",
    Section.SHORT: "To in short",
}
MOST_CHANGES = 50
# A place beyond the end of every section.
LAST = 999


@dataclass(frozen=True, slots=True)
class Button:
    """A move: what it says, and where to (`section:place`)."""

    words: str
    to: str


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the page."""

    row: DigestItem
    theme: str
    moves: tuple[Button, ...]
    marks: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def reasons(self) -> list[ReasonJson]:
        """Why it ranks where it does, the weightiest first, each in words."""
        rank: RankJson = self.row.why_ranked
        return [
            {**reason, "words": reason["words"] or EDITORS_WORDS.get(reason["name"], reason["name"])}
            for reason in rank.get("reasons", ())
        ]


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring items of a section, in short of one theme; `title` is empty where the section goes on."""

    title: str
    theme: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A line of the digest's journal."""

    change: Change
    who: str
    words: str
    may_undo: bool


@dataclass(frozen=True, slots=True)
class Rights:
    """What the user may do to this digest now: permission and state together."""

    edit: bool
    approve: bool
    withdraw: bool
    publish: bool
    correct: bool
    build: bool


@dataclass(frozen=True, slots=True)
class DeskPage:
    """Everything a digest's desk page shows."""

    digest: Digest
    schedule: str
    may: Rights
    blocks: tuple[Block, ...]
    dropped: tuple[Line, ...]
    changes: tuple[ChangeLine, ...]
    corrections: tuple[Correction, ...]
    public_url: str
    held_back: tuple[dict[str, Any], ...] = ()
    sequels: tuple[Sequel, ...] = ()


def read_desk(digest: Digest, user: AbstractBaseUser | AnonymousUser, *, now: datetime) -> DeskPage:
    """The desk page of a digest, its edition read, as this user may see it; a fixed number of queries."""
    rows = rows_of(digest)
    page = page_of(rows)
    place = places(page)
    doubts = find_doubts(rows)
    lines = [_line(row, page, place, doubts.get(row.pk)) for row in rows]
    may = rights(digest, user, now=now)
    is_newest = digest.date >= Hours.of_settings().latest_date(now)
    changes = Change.objects.filter(subject=subject_of(digest)).order_by("-id")[:MOST_CHANGES]
    return DeskPage(
        digest=digest,
        schedule=publishing_words(digest.state, digest.window_to, digest.published_at, now, is_newest=is_newest),
        may=may,
        blocks=tuple(_blocks([line for line in lines if not line.row.is_dropped])),
        dropped=tuple(line for line in lines if line.row.is_dropped),
        changes=tuple(_change(change, may_undo=may.edit) for change in changes),
        corrections=tuple(digest.corrections.order_by("-made_at", "-id")),
        public_url=_public_url(digest),
        sequels=tuple(digest.sequels.select_related("later__edition").order_by("-made_at", "-id")),
        held_back=tuple(one for one in digest.held_back if one["story"] not in _added(rows)),
    )


def _added(rows: Sequence[DigestItem]) -> set[str]:
    """The stories that editors put in or took out themselves: they need no telling why."""
    return {row.story.public_id for row in rows if row.is_added or row.is_placed or row.is_dropped}


def rights(digest: Digest, user: AbstractBaseUser | AnonymousUser, *, now: datetime) -> Rights:
    """What a user may do to a digest as it stands."""

    def has(right: str) -> bool:
        return bool(user.has_perm(f"digests.{right}"))  # type: ignore[union-attr]

    state = digest.state
    return Rights(
        edit=state == Digest.State.DRAFT and has("change_digest"),
        approve=state == Digest.State.DRAFT and has("approve_digest"),
        withdraw=state == Digest.State.APPROVED and has("approve_digest"),
        publish=state == Digest.State.APPROVED and digest.window_to <= now and has("publish_digest"),
        correct=state == Digest.State.PUBLISHED and has("add_correction"),
        build=state == Digest.State.DRAFT and digest.edition.slug != WEEKLY_EDITION and has("change_digest"),
    )


def _line(row: DigestItem, page: Page, place: dict[int, int], doubts: Doubts | None) -> Line:
    marks = {
        "added": row.is_added,
        "rewritten": row.is_rewritten,
        "headline by an editor": row.is_headline_edited and not row.is_rewritten,
        "placed": row.is_placed,
        "hidden from readers: drop it": row.story.is_hidden,
    }
    return Line(
        row=row,
        theme=theme_label(row.theme),
        moves=() if row.is_dropped else tuple(_moves(row, page, place[row.story_id])),
        marks=tuple(words for words, is_so in marks.items() if is_so),
        doubts=tuple(doubts.in_words()) if doubts else (),
    )


def _moves(row: DigestItem, page: Page, place: int) -> list[Button]:
    """The moves that would change the page: up, down, and to the other sections."""
    wanted = [("Up", row.section, place - 1), ("Down", row.section, place + 1)]
    wanted += [(words, section, LAST) for section, words in SECTION_VERBS.items() if section != row.section]
    return [
        Button(words, f"{section}:{to}")
        for words, section, to in wanted
        if to >= 0 and put(page, Spot(row.story_id, Section(section), row.theme), to) != page
    ]


def _blocks(lines: Sequence[Line]) -> list[Block]:
    blocks: list[Block] = []
    sections: set[str] = set()
    for line in lines:
        section, theme = line.row.section, line.theme if line.row.section == Section.SHORT else ""
        last = blocks[-1] if blocks else None
        if last and section in sections and theme == last.theme:
            blocks[-1] = Block(last.title, theme, (*last.lines, line))
        else:
            blocks.append(Block("" if section in sections else SECTION_TITLES[section], theme, (line,)))
        sections.add(section)
    return blocks


def _change(change: Change, *, may_undo: bool) -> ChangeLine:
    is_open = change.verb in UNDOABLE and change.undone_by_id is None
    return ChangeLine(change, who(change), words_of(change), may_undo and is_open)


def _public_url(digest: Digest) -> str:
    """Where readers find a published digest; empty where this site does not show its edition."""
    names = {settings.EDITION: "site:digest", WEEKLY_EDITION: "site:weekly-digest"}
    name = names.get(digest.edition.slug)
    if digest.state != Digest.State.PUBLISHED or name is None:
        return ""
    day = digest.date
    return reverse(name, args=(f"{day:%Y}", f"{day:%m}", f"{day:%d}"))
