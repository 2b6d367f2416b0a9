"""A story told in its sources' own sentences, each verbatim with its receipt: what we publish without a model.

Sentences are scored by their centrality in the story (Radev et al., MEAD, 2004) and chosen one by one against
repetition (Carbonell and Goldstein, Maximal Marginal Relevance, 1998).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence

from newsdesk.digests.prose.english import speaks_english
from newsdesk.digests.prose.headlines import SourceTitle, choose
from newsdesk.digests.prose.printable import has_broad_subject, is_mostly_quotation
from newsdesk.digests.prose.shortening import ELLIPSIS
from newsdesk.digests.prose.terms import cosine, share_covered, terms
from newsdesk.digests.prose.why_it_matters import LEAST_WEIGHT, is_telling_quote, is_void, weight_of_reason
from newsdesk.digests.shape import Role, SentenceKind, Writer
from newsdesk.digests.telling.conflict import find_conflict
from newsdesk.digests.telling.passages import MOST_ENTRIES, SIDE_ANGLE, Passage, passages, shared_terms, title_place
from newsdesk.digests.telling.receipts import Draft, Receipt, Sentence
from newsdesk.digests.telling.said_twice import TOO_COMMON, is_clear_alone, is_new, tells_the_news_again
from newsdesk.stories.read import EntryView, StoryView
from newsdesk.stories.text import shown
from newsdesk.stories.titles.cleaning import printed_title
from newsdesk.stories.titles.kinds import is_teaser

MODEL: str = Writer.EXTRACT
PROMPT_VERSION = "extract-2"
MOST_SENTENCES = 5
MOST_SENTENCES_LEAD = 7

# Weight of a sentence's own merit against its likeness to what is already said.
MERIT_SHARE = 0.7
# Below these a sentence is beside the story.
LEAST_DETAIL_SCORE = 0.55
LEAST_CENTRALITY = 0.08
NEW_SOURCE_BONUS = 0.1
# What comes directly after what is said already reads on.
READS_ON_BONUS = 0.15
# Who has no comment and who was first to report it tells little of the news.
VOID_MALUS = 0.5
SIDE_ANGLE_MALUS = 1.2
SIDE_DETAIL_MALUS = 0.3
HEADLINE_REPORT_BONUS = 0.6
LEDE_BONUS = 0.25
HEADLINE_SHARE_BONUS = 0.5
REASON_WEIGHT = 0.4
# Significance is told after the news; a report's first sentences tell the news.
EARLY_REASON_MALUS = 0.3
LEAST_REASON_SCORE = 0.85
MOST_REASONS_LEAD = 2
# From its third sentence on, a source has to give way to others.
SAME_SOURCE_MALUS = 0.2
# Where reports say little, long titles fill in; beyond this many sentences they do not.
FEW_SENTENCES = 3
SHORTEST_TITLE_DETAIL_CHARACTERS = 80
# "She sided with the company on a second point.": shorter, it only leads over to what comes next.
SHORTEST_LEANING_CHARACTERS = 60
# The sentence that says what happened stands near the top of its report.
LEDE_SENTENCES = 4


def summarize(story: StoryView, *, most: int = MOST_SENTENCES) -> Draft:
    """The story in one to `most` sentences taken verbatim from its sources, in reading order: never a word of ours.

    What happened comes first, then details from several independent sources, figures that contradict each other
    side by side, and at the end why it matters, if a source says so. A story without usable text gives its most
    telling title.
    """
    entries = telling_entries(story.entries)
    shared = shared_terms(entries)
    titles = [SourceTitle(entry.title, entry.publisher, entry.standing) for entry in entries]
    headline = choose(titles, shared) or story.headline
    found = passages(entries, headline, shared)
    opening = _opening(found, headline)
    if opening is None:
        sentences: tuple[Sentence, ...] = (_best_title(entries, headline, shared),)
    else:
        event = {*terms(headline), *opening.terms}
        sentences = _told(opening, find_conflict(entries, found) if most > 1 else None, found, event, most)
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
    """The sentence that tells the central event: a lede, best of the report that gave the headline, no side angle."""
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

    def merit(passage: Passage) -> float:
        gave_headline = headline.rstrip(ELLIPSIS) in shown(passage.entry.title)
        return (
            passage.score
            + HEADLINE_REPORT_BONUS * gave_headline
            + LEDE_BONUS * (passage.order <= 0)
            + HEADLINE_SHARE_BONUS * share_covered(wanted, passage.terms)
            - SIDE_ANGLE_MALUS * passage.aside
            - VOID_MALUS * is_void(passage.text)
        )

    central = [p for p in fitting if p.aside < SIDE_ANGLE]
    return max(central or fitting, key=merit, default=None)


def _told(
    opening: Passage,
    conflict: tuple[Passage, Passage] | None,
    found: Sequence[Passage],
    event: Collection[str],
    most: int,
) -> tuple[Sentence, ...]:
    chosen: list[tuple[Passage, Role]] = [(opening, Role.WHAT)]
    if conflict and most > len(conflict):
        chosen.extend((p, Role.CONFLICT) for p in conflict if p is not opening)
    reasons: list[Passage] = []
    most_reasons = MOST_REASONS_LEAD if most > MOST_SENTENCES else 1
    while len(reasons) < most_reasons and len(chosen) + len(reasons) < most:
        reason = _reason([*(p for p, _ in chosen), *reasons], found, event)
        if reason is None:
            break
        reasons.append(reason)
    while len(chosen) < most - len(reasons) and (best := _next_detail([p for p, _ in chosen], found, reasons, event)):
        chosen.append((best, Role.DETAIL))
    chosen.extend((reason, Role.WHY) for reason in reasons)
    return tuple(passage.sentence(role) for passage, role in _in_reading_order(chosen))


def _reason(said: Sequence[Passage], found: Sequence[Passage], event: Collection[str]) -> Passage | None:
    """The sentence that says best why the story matters, or None where no source says so."""
    fitting = [
        (p.score / 2 + REASON_WEIGHT * weight - EARLY_REASON_MALUS * max(0, 2 - max(0, p.order)), -n, p)
        for n, p in enumerate(found)
        if (weight := weight_of_reason(p.text)) >= LEAST_WEIGHT
        and not p.is_title
        and (is_telling_quote(p.text) or not (p.dangles or is_mostly_quotation(p.text)))
        and (p.order > 0 or p.aside >= SIDE_ANGLE)
        and is_new(p, said)
        and not tells_the_news_again(p, said, event)
        and (weight > LEAST_WEIGHT or _is_on_the_story(p, said[0]))
    ]
    best = max(fitting, default=None)
    return best[2] if best and best[0] >= LEAST_REASON_SCORE else None


def _next_detail(
    said: Sequence[Passage], found: Sequence[Passage], reasons: Sequence[Passage], event: Collection[str]
) -> Passage | None:
    """The best next sentence; a dangling one only directly after the sentence it leans on."""
    owners = Counter(p.entry.owner for p in said)
    several = len({p.entry.owner for p in found})
    against = [*said, *reasons]
    best: tuple[float, Passage] | None = None
    for passage in found:
        if not _may_follow(passage, said, against) or tells_the_news_again(passage, said, event):
            continue
        likeness = max(cosine(passage.vector, p.vector) for p in against)
        merit = passage.score + (0.0 if owners[passage.entry.owner] else NEW_SOURCE_BONUS)
        merit += READS_ON_BONUS * any(passage.follows(p) and p.aside < SIDE_ANGLE for p in said)
        merit -= SAME_SOURCE_MALUS * max(0, owners[passage.entry.owner] - 1) * (several > 1)
        merit -= SIDE_DETAIL_MALUS * passage.aside
        value = MERIT_SHARE * merit - (1 - MERIT_SHARE) * likeness
        if merit >= LEAST_DETAIL_SCORE and (best is None or value > best[0]):
            best = (value, passage)
    return best[1] if best else None


def _may_follow(passage: Passage, said: Sequence[Passage], against: Sequence[Passage]) -> bool:
    """Whether a sentence can be told after those said: new, on the story, and clear without what stands before it."""
    if (
        passage in against
        or is_void(passage.text)
        or not is_new(passage, against)
        or not _is_on_the_story(passage, said[0])
    ):
        return False
    if passage.is_title and (len(said) >= FEW_SENTENCES or len(passage.text) < SHORTEST_TITLE_DETAIL_CHARACTERS):
        return False
    if passage.dangles and (len(passage.text) < SHORTEST_LEANING_CHARACTERS or not any(map(passage.follows, said))):
        return False
    own = [p for p in said if p.entry.id == passage.entry.id and p.order < passage.order]
    return bool(own) or is_clear_alone(passage, said)


def _is_on_the_story(passage: Passage, opening: Passage) -> bool:
    return cosine(passage.vector, opening.vector) >= LEAST_CENTRALITY or passage.entry.id == opening.entry.id


def _in_reading_order(chosen: Sequence[tuple[Passage, Role]]) -> list[tuple[Passage, Role]]:
    """Opening and conflicting figures first, then each source's details in its own order, reasons last.

    The opening's own report goes on first, reports of side angles come last.

    A sentence that leans on the one before it keeps its place directly after it.
    """
    roles = {id(passage): role for passage, role in chosen}
    leaning = [p for p, _ in chosen if p.dangles]
    groups = (Role.WHAT, Role.CONFLICT, Role.DETAIL, Role.WHY)
    sources = list(dict.fromkeys(p.entry.id for p, _ in chosen if not p.is_title))
    asides = {source: max(p.aside >= SIDE_ANGLE for p, _ in chosen if p.entry.id == source) for source in sources}
    sources = [*sources[:1], *sorted(sources[1:], key=lambda source: asides[source])]
    sources += [p.entry.id for p, _ in chosen if p.is_title]
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
        cleaned = printed_title(entry.title, entry.publisher)
        tokens = set(terms(cleaned))
        ends = 0.0 if shown(entry.title).endswith(("...", "…", "?")) or is_teaser(cleaned) else 1.0
        return ends, math.fsum(shared.get(term, 0.0) for term in tokens) + 0.5 * entry.standing + 0.3 * (
            entry.kind == "primary"
        )

    best = max(entries, key=lambda entry: (bool(entry.text), *telling(entry)))
    start, end = title_place(best)
    quote = best.text[start:end]
    receipt = Receipt(best.public_id, best.url, best.text_sha256, start, end, quote)
    return Sentence(shown(quote) or headline, Role.WHAT, SentenceKind.FACT, Writer.EXTRACT, (receipt,))
