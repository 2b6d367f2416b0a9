"""The sentences of a story's sources that could be printed, each with what speaks for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsdesk.digests.prose.figures import figures
from newsdesk.digests.prose.headlines import reads_as_sentence
from newsdesk.digests.prose.printable import has_broad_subject, is_dangling, is_mostly_quotation, is_publishable
from newsdesk.digests.prose.sentences import body_sentences, title_span
from newsdesk.digests.prose.shortening import ELLIPSIS
from newsdesk.digests.prose.terms import (
    cosine,
    fold,
    is_latin,
    share_covered,
    terms,
    vector,
    words,
)
from newsdesk.digests.shape import Role, SentenceKind, Writer
from newsdesk.digests.telling.receipts import Receipt, Sentence
from newsdesk.stories.read import EntryView
from newsdesk.stories.stop_words import TOLD
from newsdesk.stories.text import shown
from newsdesk.stories.titles.cleaning import printed_title
from newsdesk.stories.word_lists import WordLists

# Beyond these a story's further reports and an article's further sentences add time, not news.
MOST_ENTRIES = 12
MOST_SENTENCES_AN_ENTRY = 40
# Points for a sentence, beside the cosine of its terms and the story's, 0 to 1. Set by hand; what chose them is not on
# record.
# The first sentence of a report has this, a later one the less the further down it stands.
EARLY_BONUS, DECAY_A_SENTENCE = 0.6, 0.35
# For the share of the headline's terms in it, and for the standing of its outlet, each 0 to 1.
HEADLINE_WEIGHT, STANDING_WEIGHT = 0.5, 0.25
# A figure, and names, up to three of them, are something to hold on to; without either it says little.
FIGURE_BONUS = 0.15
NAME_BONUS, MOST_NAMES = 0.08, 3
VAGUE_MALUS = 0.25
# "She sided with the company on a second point.": short and without a figure, it only leads over to the next.
SHORT_MALUS, SHORT_WITH_FIGURE_MALUS = 0.35, 0.15
# A point less for so many characters beyond the good length.
TOO_LONG_CHARACTERS = 400
GOOD_LENGTH_CHARACTERS = (70, 260)
QUOTATION_MALUS = 0.3
BROAD_SUBJECT_MALUS = 0.1
# News is told by those who report it; a column comes in where reports are silent.
OPINION_HANDICAP = 0.7
# A sentence that only repeats the headline tells the reader nothing more: for the share of its terms beyond a half.
REPEATED_HEADLINE_MALUS, ALLOWED_OF_HEADLINE = 0.5, 0.5
# A finished sentence of the report reads better than its title, if it says as much.
TITLE_HANDICAP = 0.45
# A full report says more than a summary of it: for the share, 0 to 1, of so many sentences that it has.
COMPLETENESS_WEIGHT = 0.1
FULL_REPORT_SENTENCES = 5

LISTS = WordLists(Path(__file__).with_name("passages.toml"))
_EVALUATES = re.compile(rf"\b{LISTS.any_of('evaluates')}\b", re.IGNORECASE)
_ATTRIBUTED = re.compile(rf"\b{LISTS.any_of('attributed')}\b", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][\w&.-]+")
# A post's handle, or a title that was cut off.
_POSTED = re.compile(r"@\w|[,;:]\.?$")
_NAMES = re.compile(r"\b[A-Z][\w&.-]+(?: [A-Z][\w&.-]+)*")
# In the middle of a sentence a capital letter makes a name; at its beginning it need not.
_INNER_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w&.-]+")
# Who acts is named within so much of a sentence.
SUBJECT_CHARACTERS = 60
HEAD_CHARACTERS = 4000
# From this share of names that its report alone knows a sentence's subject is a side angle of the story.
SIDE_ANGLE = 0.5
# With fewer owners a name that one alone uses says nothing.
FEWEST_OWNERS = 3
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of an entry's text with its measures: `score` is for any place, higher is better.

    `aside` is the share, 0 to 1, of the names where its subject stands that no other owner's report knows.
    """

    entry: EntryView
    start: int
    end: int
    order: int
    text: str
    terms: tuple[str, ...]
    vector: Mapping[str, float]
    score: float
    dangles: bool
    is_title: bool = False
    aside: float = 0.0

    def sentence(self, role: Role) -> Sentence:
        """The passage as a published sentence, verbatim, with its receipt."""
        quote = self.entry.text[self.start : self.end]
        receipt = Receipt(self.entry.public_id, self.entry.url, self.entry.text_sha256, self.start, self.end, quote)
        return Sentence(shown(quote), role, self.kind, Writer.EXTRACT, (receipt,))

    @property
    def names(self) -> set[str]:
        """The names in it, as terms, without its first word."""
        return {fold(name) for name in _INNER_NAME.findall(self.text)} - TOLD - _DAYS - {"ai"}

    @property
    def kind(self) -> SentenceKind:
        """Whether the source reports or judges here."""
        judges = _EVALUATES.search(self.text) and not _ATTRIBUTED.search(self.text)
        return SentenceKind.ANALYSIS if self.entry.kind == "opinion" or judges else SentenceKind.FACT

    def follows(self, other: Passage) -> bool:
        """Whether it comes directly after the other in the same text."""
        return self.entry.id == other.entry.id and self.order == other.order + 1


def shared_terms(entries: Sequence[EntryView]) -> dict[str, float]:
    """How much each term is the story's, 0 to 1: the share of owners, and of titles, that use it."""
    owners: dict[str, set[str]] = {}
    in_titles: dict[str, int] = {}
    for entry in entries:
        for term in set(terms(entry.title)):
            in_titles[term] = in_titles.get(term, 0) + 1
        for term in set(terms(entry.text[:HEAD_CHARACTERS])) | set(terms(entry.title)):
            owners.setdefault(term, set()).add(entry.owner)
    all_owners = len({entry.owner for entry in entries}) or 1
    return {term: (len(by) / all_owners + in_titles.get(term, 0) / len(entries)) / 2 for term, by in owners.items()}


def passages(entries: Sequence[EntryView], headline: str, shared: Mapping[str, float]) -> list[Passage]:
    """Every printable sentence of the entries' bodies, and titles that read as one, in the entries' order."""
    headline_terms = set(terms(headline))
    own_names = _own_names(entries)
    found = []
    for entry in entries:
        if (title := _title_passage(entry, headline, shared)) is not None:
            found.append(title)
        spans = body_sentences(entry.text)
        completeness = min(1.0, len(spans) / FULL_REPORT_SENTENCES)
        for span in spans[:MOST_SENTENCES_AN_ENTRY]:
            quote = entry.text[span.start : span.end]
            if not is_publishable(quote):
                continue
            tokens = tuple(terms(quote))
            weighted = vector(tokens, shared)
            found.append(
                Passage(
                    entry=entry,
                    start=span.start,
                    end=span.end,
                    order=span.order,
                    text=shown(quote),
                    terms=tokens,
                    vector=vector(tokens, {}),
                    score=_score(shown(quote), tokens, weighted, span.order, entry, headline_terms, shared)
                    + COMPLETENESS_WEIGHT * completeness,
                    dangles=is_dangling(quote),
                    aside=_aside(shown(quote), own_names.get(entry.owner)),
                )
            )
    return found


def title_passage(entry: EntryView) -> Passage:
    """The entry's cleaned title as a passage, whatever it reads like; its score is 0."""
    start, end = title_place(entry)
    text = shown(entry.text[start:end])
    tokens = tuple(terms(text))
    return Passage(entry, start, end, -1, text, tokens, vector(tokens, {}), 0.0, is_dangling(text), is_title=True)


def _own_names(entries: Sequence[EntryView]) -> dict[str, tuple[set[str], set[str]]]:
    """For each owner of a body, (the names in it, those of them that no other owner's report holds)."""
    names: dict[str, set[str]] = {}
    words_of: dict[str, set[str]] = {}
    for entry in entries:
        head = entry.text[:HEAD_CHARACTERS]
        names.setdefault(entry.owner, set()).update(
            fold(name) for name in _INNER_NAME.findall(head) if fold(name) not in _DAYS
        )
        words_of.setdefault(entry.owner, set()).update(terms(head))
    if len(names) < FEWEST_OWNERS:
        return {}
    counts = Counter(term for found in words_of.values() for term in found)
    return {owner: (found, {name for name in found if counts[name] <= 1}) for owner, found in names.items()}


def _aside(text: str, names: tuple[set[str], set[str]] | None) -> float:
    if names is None:
        return 0.0
    known, own = names
    # "Harrow Semiconductor" is known where "Harrow" is.
    groups = [{fold(word) for word in group.split()} for group in _NAMES.findall(text[:SUBJECT_CHARACTERS])]
    leading = [group for group in groups if group & known]
    return sum(group & known <= own for group in leading) / len(leading) if leading else 0.0


def title_place(entry: EntryView) -> tuple[int, int]:
    """Where the entry's cleaned title stands in its text, or the whole title where cleaning changed its inside."""
    start, end = title_span(entry.text)
    cleaned = printed_title(entry.title, entry.publisher)
    at = entry.text.find(cleaned, start, end)
    return (at, at + len(cleaned)) if at >= 0 else (start, end)


def _title_passage(entry: EntryView, headline: str, shared: Mapping[str, float]) -> Passage | None:
    start, end = title_place(entry)
    text = shown(entry.text[start:end])
    if (
        _POSTED.search(text)
        or not reads_as_sentence(text)
        or headline.rstrip(f".{ELLIPSIS}") in text
        or not is_latin(text)
    ):
        return None
    tokens = tuple(terms(text))
    weighted = vector(tokens, shared)
    score = _score(text, tokens, weighted, 0, entry, set(terms(headline)), shared) - TITLE_HANDICAP
    return Passage(
        entry, start, end, -1, text, tokens, vector(tokens, {}), score, dangles=is_dangling(text), is_title=True
    )


def _score(
    text: str,
    tokens: Sequence[str],
    weighted: Mapping[str, float],
    order: int,
    entry: EntryView,
    headline_terms: set[str],
    shared: Mapping[str, float],
) -> float:
    """Centrality in the story, an early place, the headline's words, standing, and figures and names to hold on to."""
    low, high = GOOD_LENGTH_CHARACTERS
    score = cosine(weighted, shared)
    score += EARLY_BONUS / (1 + DECAY_A_SENTENCE * order)
    score += HEADLINE_WEIGHT * share_covered(headline_terms, tokens)
    score += STANDING_WEIGHT * entry.standing
    has_figure = any(figures(text))
    score += FIGURE_BONUS if has_figure else 0.0
    names = [name for name in _NAME.findall(text)[1:] if name.lower() not in TOLD]
    score += NAME_BONUS * min(MOST_NAMES, len(names))
    score -= VAGUE_MALUS if not names and not any(word[0].isdigit() for word in words(text)) else 0.0
    score -= (SHORT_WITH_FIGURE_MALUS if has_figure else SHORT_MALUS) if len(text) < low else 0.0
    score -= max(0, len(text) - high) / TOO_LONG_CHARACTERS
    score -= QUOTATION_MALUS if is_mostly_quotation(text) else 0.0
    score -= BROAD_SUBJECT_MALUS if has_broad_subject(text) else 0.0
    score -= OPINION_HANDICAP if entry.kind == "opinion" else 0.0
    score -= REPEATED_HEADLINE_MALUS * max(0.0, share_covered(tokens, headline_terms) - ALLOWED_OF_HEADLINE)
    return score
