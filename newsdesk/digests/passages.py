"""The sentences of a story's sources that could be printed, each with what speaks for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsdesk.digests.figures import figures
from newsdesk.digests.headlines import clean, reads_as_sentence
from newsdesk.digests.receipts import Kind, Receipt, Role, Sentence
from newsdesk.digests.sentences import body_sentences, shown, title_span
from newsdesk.digests.style import has_broad_subject, is_dangling, is_mostly_quotation, is_publishable
from newsdesk.digests.terms import STOP_WORDS, cosine, is_english, is_latin, share_covered, terms, vector, words
from newsdesk.stories.read import EntryView

# Beyond these a story's further reports and an article's further sentences add time, not news.
MOST_ENTRIES = 12
MOST_SENTENCES_AN_ENTRY = 40
# News is told by those who report it; a column comes in where reports are silent.
OPINION_HANDICAP = 0.7
# A finished sentence of the report reads better than its title, if it says as much.
TITLE_HANDICAP = 0.45
GOOD_LENGTH_CHARACTERS = (70, 260)
FULL_REPORT_SENTENCES = 5

_EVALUATES = re.compile(
    r"\b(?:could|might|likely|unlikely|perhaps|arguably|suggests?|signals?|underscores?|highlights?|reflects?|seems?|"
    r"appears? to|threatens? to|raises? (?:questions|concerns|doubts)|promis(?:es|ing)|"
    r"poised to|set to become|game[- ]chang\w+|significant\w*|remarkabl\w+|impressive\w*|surprising\w*|worr(?:y|ying|"
    r"ies)|fears?|hopes?)\b",
    re.IGNORECASE,
)
_ATTRIBUTED = re.compile(
    r"\b(?:said|says|told|according to|wrote|announced|reported|reports|stated|argued|argues|estimates?|found)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][\w&.-]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of an entry's text with its measures: `score` is for any place, higher is better."""

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

    def sentence(self, role: Role) -> Sentence:
        """The passage as a published sentence, verbatim, with its receipt."""
        quote = self.entry.text[self.start : self.end]
        receipt = Receipt(self.entry.public_id, self.entry.url, self.entry.text_sha256, self.start, self.end, quote)
        return Sentence(shown(quote), role, self.kind, "extract", (receipt,))

    @property
    def kind(self) -> Kind:
        """Whether the source reports or judges here."""
        judges = _EVALUATES.search(self.text) and not _ATTRIBUTED.search(self.text)
        return "analysis" if self.entry.kind == "opinion" or judges else "fact"

    def follows(self, other: Passage) -> bool:
        """Whether it comes directly after the other in the same text."""
        return self.entry.id == other.entry.id and self.order == other.order + 1


def speaks_english(entry: EntryView) -> bool:
    """Whether an entry can be quoted in an English digest: by its declared language, its title's script, its body."""
    declared = not entry.language or entry.language.lower().startswith("en")
    body = entry.text.partition("\n\n")[2][:1000]
    return declared and is_latin(entry.title) and (not body or is_english(body))


def shared_terms(entries: Sequence[EntryView]) -> dict[str, float]:
    """How much each term is the story's, 0 to 1: the share of owners, and of titles, that use it."""
    owners: dict[str, set[str]] = {}
    in_titles: dict[str, int] = {}
    for entry in entries:
        for term in set(terms(entry.title)):
            in_titles[term] = in_titles.get(term, 0) + 1
        for term in set(terms(entry.text[:4000])) | set(terms(entry.title)):
            owners.setdefault(term, set()).add(entry.owner)
    all_owners = len({entry.owner for entry in entries}) or 1
    return {term: (len(by) / all_owners + in_titles.get(term, 0) / len(entries)) / 2 for term, by in owners.items()}


def passages(entries: Sequence[EntryView], headline: str, shared: Mapping[str, float]) -> list[Passage]:
    """Every printable sentence of the entries' bodies, and titles that read as one, in the entries' order."""
    headline_terms = set(terms(headline))
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
                    + 0.1 * completeness,
                    dangles=is_dangling(quote),
                )
            )
    return found


def title_place(entry: EntryView) -> tuple[int, int]:
    """Where the entry's cleaned title stands in its text, or the whole title where cleaning changed its inside."""
    start, end = title_span(entry.text)
    cleaned = clean(entry.title, entry.publisher)
    at = entry.text.find(cleaned, start, end)
    return (at, at + len(cleaned)) if at >= 0 else (start, end)


def _title_passage(entry: EntryView, headline: str, shared: Mapping[str, float]) -> Passage | None:
    start, end = title_place(entry)
    text = shown(entry.text[start:end])
    if not reads_as_sentence(text) or text.removesuffix(".") == headline.removesuffix(".") or not is_latin(text):
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
    score += 0.6 / (1 + 0.35 * order)
    score += 0.5 * share_covered(headline_terms, tokens)
    score += 0.25 * entry.standing
    score += 0.15 if any(figures(text)) else 0.0
    names = [name for name in _NAME.findall(text)[1:] if name.lower() not in STOP_WORDS]
    score += 0.08 * min(3, len(names))
    score -= 0.25 if not names and not any(word[0].isdigit() for word in words(text)) else 0.0
    score -= 0.15 if len(text) < low else 0.0
    score -= max(0, len(text) - high) / 400
    score -= 0.3 if is_mostly_quotation(text) else 0.0
    score -= 0.1 if has_broad_subject(text) else 0.0
    score -= OPINION_HANDICAP if entry.kind == "opinion" else 0.0
    # A sentence that only repeats the headline tells the reader nothing more.
    score -= 0.5 * max(0.0, share_covered(tokens, headline_terms) - 0.5)
    return score
