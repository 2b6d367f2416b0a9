"""A story told in its sources' own sentences, each verbatim with its receipt: what we publish without a model.

Sentences are scored by their centrality in the story (Radev et al., MEAD, 2004) and chosen one by one against
repetition (Carbonell and Goldstein, Maximal Marginal Relevance, 1998).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from newsdesk.digests.figures import disagreement
from newsdesk.digests.headlines import Title, choose, clean, is_teaser
from newsdesk.digests.passages import MOST_ENTRIES, Passage, passages, shared_terms, speaks_english, title_place
from newsdesk.digests.receipts import Draft, Receipt, Role, Sentence
from newsdesk.digests.sentences import shown
from newsdesk.digests.style import has_broad_subject, is_mostly_quotation
from newsdesk.digests.terms import cosine, share_covered, terms
from newsdesk.stories.read import EntryView, StoryView

MODEL = "extract"
PROMPT_VERSION = "extract-1"
MOST_SENTENCES = 5
MOST_SENTENCES_LEAD = 7

# Weight of a sentence's own merit against its likeness to what is already said.
MERIT_SHARE = 0.7
# At this likeness, or this share of words already said, a sentence is a repetition.
REPETITION_COSINE = 0.42
REPETITION_SHARE = 0.7
# A second headline has to bring more news than a second sentence of a report.
TITLE_REPETITION_SHARE = 0.45
# Below these a sentence is beside the story.
LEAST_DETAIL_SCORE = 0.55
LEAST_CENTRALITY = 0.08
NEW_SOURCE_BONUS = 0.15
# From its third sentence on, a source has to give way to others.
SAME_SOURCE_MALUS = 0.2
# Where reports say little, long titles fill in; beyond this many sentences they do not.
FEW_SENTENCES = 3
SHORTEST_TITLE_DETAIL_CHARACTERS = 80
# The sentence that says what happened stands near the top of its report.
LEDE_SENTENCES = 4

# In AI news these words tie nothing to a story.
TOO_COMMON = frozenset({"ai", "model", "agent", "company", "tech", "tool"})

_CONSEQUENCE = re.compile(
    r"\b(?:means? (?:that|the)|as a result|so that|because|would (?:allow|let|force|give|mean|make)|could (?:allow|"
    r"let|force|give|mean|make|lead|become|help|affect|put|expose)|"
    r"impact|affect(?:s|ed|ing)?|consequence|implications?|threat(?:ens?)?|risk|concerns?|critics?|analysts?|"
    r"experts?|first (?:time|of its kind|major|company|country|state)|largest|biggest|highest|record|"
    r"marks? (?:a|the)|signals?|underscor\w+|highlight(?:s|ed)?|raises? (?:questions|concerns|doubts)|pressure|"
    r"compet(?:e|es|ing|ition|itors?)|rivals?|ahead of|in response to|amid|comes (?:as|after|amid|weeks|days|months)|"
    r"paves? the way|sets? (?:a|the) (?:precedent|stage)|precedent|at stake|depend(?:s|ed)? on|millions of|shift|"
    r"shortage|crackdown|backlash|warn(?:s|ed|ing))\b",
    re.IGNORECASE,
)


def summarize(story: StoryView, *, most: int = MOST_SENTENCES) -> Draft:
    """The story in one to `most` sentences taken verbatim from its sources, in reading order: never a word of ours.

    What happened comes first, then details from several independent sources, figures that contradict each other
    side by side, and at the end why it matters, if a source says so. A story without usable text gives its most
    telling title.
    """
    entries = telling_entries(story.entries)
    shared = shared_terms(entries)
    headline = (
        choose([Title(entry.title, entry.publisher, entry.standing) for entry in entries], shared) or story.headline
    )
    found = passages(entries, headline, shared)
    opening = _opening(found, headline)
    if opening is None:
        sentences: tuple[Sentence, ...] = (_best_title(entries, headline, shared),)
    else:
        sentences = _told(opening, found, most)
    return Draft(headline, sentences, MODEL, f"{PROMPT_VERSION}/{most}")


def telling_entries(entries: Sequence[EntryView]) -> list[EntryView]:
    """The entries to quote from, in the order seen: English originals rather than translations, copies, round-ups."""
    known = {entry.public_id for entry in entries}
    originals = [e for e in entries if e.role == "report" and (not e.duplicate_of or e.duplicate_of not in known)]
    usable = originals or [e for e in entries if e.role != "round_up"] or list(entries)
    english = [e for e in usable if speaks_english(e)]
    usable = english or usable
    ranked = sorted(
        usable, key=lambda e: (e.kind == "opinion", -(e.standing + min(len(e.text), 3000) / 3000), e.seen_at, e.id)
    )
    kept = {entry.id for entry in ranked[:MOST_ENTRIES]}
    return [entry for entry in usable if entry.id in kept]


def _opening(found: Sequence[Passage], headline: str) -> Passage | None:
    wanted = set(terms(headline)) - TOO_COMMON
    least = 2 if len(wanted) >= 5 else 1
    fitting = [
        p
        for p in found
        if p.order < LEDE_SENTENCES
        and not p.dangles
        and len(wanted & set(p.terms)) >= least
        and not has_broad_subject(p.text)
    ]
    return max(fitting, key=lambda p: p.score, default=None)


def _told(opening: Passage, found: Sequence[Passage], most: int) -> tuple[Sentence, ...]:
    chosen: list[tuple[Passage, Role]] = [(opening, "what")]
    if most > 1:
        _add_conflict(chosen, found, most)
    reason = _reason(chosen, found) if most > len(chosen) else None
    room = most - (reason is not None)
    while len(chosen) < room and (best := _next_detail([p for p, _ in chosen], found, reason)):
        chosen.append((best, "detail"))
    if reason:
        chosen.append((reason, "why"))
    return tuple(passage.sentence(role) for passage, role in _in_reading_order(chosen))


def _add_conflict(chosen: list[tuple[Passage, Role]], found: Sequence[Passage], most: int) -> None:
    """Add the best pair of sentences in which two owners give different figures for one quantity."""
    opening = chosen[0][0]
    standing = [p for p in found if not p.dangles and p.order < 2 * LEDE_SENTENCES]
    pairs = [
        (left.score + right.score + (left is opening or right is opening), left, right)
        for n, left in enumerate(standing)
        for right in standing[n + 1 :]
        if left.entry.owner != right.entry.owner and disagreement(left.text, right.text)
    ]
    if not pairs:
        return
    _, left, right = max(pairs, key=lambda pair: pair[0])
    fresh: list[tuple[Passage, Role]] = [(p, "conflict") for p in (left, right) if p is not opening]
    if len(chosen) + len(fresh) <= max(most, 2):
        chosen.extend(fresh)


def _reason(chosen: Sequence[tuple[Passage, Role]], found: Sequence[Passage]) -> Passage | None:
    said = [p for p, _ in chosen]
    fitting = [
        p
        for p in found
        if not (p.dangles or p.is_title or is_mostly_quotation(p.text) or has_broad_subject(p.text))
        and _CONSEQUENCE.search(p.text)
        and _is_new(p, said)
        and _is_on_the_story(p, said[0])
    ]
    best = max(fitting, key=lambda p: p.score, default=None)
    return best if best and best.score >= LEAST_DETAIL_SCORE else None


def _next_detail(said: Sequence[Passage], found: Sequence[Passage], reason: Passage | None) -> Passage | None:
    """The best next sentence; a dangling one only directly after the sentence it leans on."""
    owners = Counter(p.entry.owner for p in said)
    several = len({p.entry.owner for p in found})
    against = [*said, reason] if reason else list(said)
    best: tuple[float, Passage] | None = None
    for passage in found:
        if passage in against or not _is_new(passage, against) or not _is_on_the_story(passage, said[0]):
            continue
        if passage.is_title and (len(said) >= FEW_SENTENCES or len(passage.text) < SHORTEST_TITLE_DETAIL_CHARACTERS):
            continue
        if passage.dangles and not any(passage.follows(p) for p in said):
            continue
        if has_broad_subject(passage.text) and not any(
            passage.entry.id == p.entry.id and p.order < passage.order for p in said
        ):
            continue
        likeness = max(cosine(passage.vector, p.vector) for p in against)
        merit = passage.score + (0.0 if owners[passage.entry.owner] else NEW_SOURCE_BONUS)
        merit -= SAME_SOURCE_MALUS * max(0, owners[passage.entry.owner] - 1) * (several > 1)
        value = MERIT_SHARE * merit - (1 - MERIT_SHARE) * likeness
        if merit >= LEAST_DETAIL_SCORE and (best is None or value > best[0]):
            best = (value, passage)
    return best[1] if best else None


def _is_new(passage: Passage, said: Sequence[Passage]) -> bool:
    if any(passage is p or cosine(passage.vector, p.vector) >= REPETITION_COSINE for p in said):
        return False
    most = TITLE_REPETITION_SHARE if passage.is_title else REPETITION_SHARE
    return share_covered(passage.terms, {term for p in said for term in p.terms}) < most


def _is_on_the_story(passage: Passage, opening: Passage) -> bool:
    return cosine(passage.vector, opening.vector) >= LEAST_CENTRALITY or passage.entry.id == opening.entry.id


def _in_reading_order(chosen: Sequence[tuple[Passage, Role]]) -> list[tuple[Passage, Role]]:
    """Opening and conflicting figures first, then each source's details in its own order, reasons last.

    A sentence that leans on the one before it keeps its place directly after it.
    """
    roles = {id(passage): role for passage, role in chosen}
    leaning = [p for p, _ in chosen if p.dangles]
    groups = ("what", "conflict", "detail", "why")
    sources = list(dict.fromkeys(p.entry.id for p, _ in chosen))
    heads = sorted(
        (p for p, _ in chosen if not p.dangles),
        key=lambda p: (groups.index(roles[id(p)]), sources.index(p.entry.id), p.order),
    )
    ordered: list[Passage] = []
    for head in heads:
        ordered.append(head)
        while follower := next((p for p in leaning if p.follows(ordered[-1])), None):
            ordered.append(follower)
    return [(p, roles[id(p)]) for p in ordered]


def _best_title(entries: Sequence[EntryView], headline: str, shared: dict[str, float]) -> Sentence:
    """The title that tells most beyond the headline, as a sentence."""

    def telling(entry: EntryView) -> tuple[float, float]:
        cleaned = clean(entry.title, entry.publisher)
        tokens = set(terms(cleaned))
        ends = 0.0 if shown(entry.title).endswith(("...", "…", "?")) or is_teaser(cleaned) else 1.0
        return ends, sum(shared.get(term, 0.0) for term in tokens) + 0.5 * entry.standing + 0.3 * (
            entry.kind == "primary"
        )

    best = max(entries, key=lambda entry: (bool(entry.text), *telling(entry)))
    start, end = title_place(best)
    quote = best.text[start:end]
    receipt = Receipt(best.public_id, best.url, best.text_sha256, start, end, quote)
    return Sentence(shown(quote) or headline, "what", "fact", "extract", (receipt,))
