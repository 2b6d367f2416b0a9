"""Whether a story's reports of today say anything that was not reported before. Pure.

A story repeats an earlier one where the words of its titles are mostly the other's, and it brings no subject and no
figure that the other did not have. Precision comes first: what is held back wrongly is news that nobody reads.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property, lru_cache

from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.text import is_figure, lead, tokenize
from newsdesk.stories.threads.follow_up import TRADE_WORDS
from newsdesk.stories.titles.cleaning import bare_title
from newsdesk.stories.titles.kinds import is_hedged

# What was reported within this time before a digest's window is remembered.
MEMORY = timedelta(days=4)
# So many words of a report's text stand for it besides its title; later ones name everybody in passing.
OPENING_WORDS = 120
OPENING_CHARACTERS = 1500
# Some 10 KB each: the days remembered of a desk with a thousand reports a day.
CACHED_REPORTS = 4096
# Shares, 0 to 1, by rarity: of a title's terms that the earlier reports have; or of fewer, where besides an earlier
# title is nearly whole in the new report. Chosen on labelled days of March 2026 (docs/evaluation.md).
COVERED = 0.45
COVERED_WHERE_RETOLD, RETOLD = 0.33, 0.6
# So many terms or figures must be common to both, more where no subject is among them: less is the same company with
# other news. One of them is a subject, or in few stories.
MIN_SHARED, MIN_SHARED_WORDS = 3, 5
FEW_STORIES = 4
# A story's own later reports say the same as its earlier ones above this share, unless half bring a subject or figure.
COVERED_OF_OWN = 0.5
# Words that say who says it, how surely, or that it is out: two outlets choose them differently for one event.
FRAME_WORDS = frozenset(
    "accord announc claim consider debut expect fil filing introduc launch leak memo plan prepar releas report".split()
    + "reportedly reveal rumor says source unveil weigh".split()
)
# Rarity is judged as if there were at least so many stories.
MIN_STORIES = 300


class Kind(StrEnum):
    NEW = "new"
    DEVELOPED = "developed"
    REPEATS = "repeats"


@dataclass(frozen=True, slots=True)
class Report:
    """A title's words, figures and subjects (slugs), and every term of its opening with it; hedged: it may come so."""

    words: frozenset[str]
    figures: frozenset[str]
    subjects: frozenset[str]
    opening: frozenset[str]
    opening_subjects: frozenset[str]
    is_hedged: bool

    @property
    def terms(self) -> frozenset[str]:
        """What a title is compared by: words and subjects, figures apart."""
        return self.words | self.subjects


@dataclass(frozen=True)
class Account:
    """What the reports of one story said by a moment; at least one."""

    story: int
    reports: tuple[Report, ...]

    @cached_property
    def known(self) -> frozenset[str]:
        """Every term, figure and subject of the reports."""
        return frozenset[str]().union(*(r.terms | r.figures | r.opening | r.opening_subjects for r in self.reports))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The terms and figures of the reports' titles."""
        return self.title_terms.union(*(report.figures for report in self.reports))

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The subjects of the reports' titles."""
        return frozenset[str]().union(*(report.subjects for report in self.reports))

    @cached_property
    def title_terms(self) -> frozenset[str]:
        """The terms of the reports' titles."""
        return frozenset[str]().union(*(report.terms for report in self.reports))


@dataclass(frozen=True, slots=True)
class Novelty:
    """What is new in a story: `share`, 0 to 1, of its titles' terms; `of` is the earlier story it was compared with.

    `subjects` (slugs) and `figures` are those of today's titles that the earlier reports did not have. `told_before` is
    the share, 0 to 1, of the earlier reports among all of both.
    """

    kind: Kind
    share: float
    of: int | None = None
    subjects: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    told_before: float = 0.0


NEW = Novelty(Kind.NEW, 1.0)


@lru_cache(maxsize=CACHED_REPORTS)
def report_of(title: str, text: str = "") -> Report:
    """What a report says by its title and the beginning of its text (which may repeat the title)."""
    plain = bare_title(title)
    opening = lead(text[:OPENING_CHARACTERS], OPENING_WORDS)
    hits = find_entities(plain, opening)
    in_title = [hit for hit in hits if hit.in_title]
    names = {word for hit in in_title for word in tokenize(hit.name)}
    terms = tokenize(plain)
    return Report(
        words=frozenset(term for term in terms if not is_figure(term)) - names - FRAME_WORDS,
        figures=frozenset(term for term in terms if is_figure(term)),
        subjects=frozenset(hit.slug for hit in in_title),
        opening=frozenset(tokenize(opening)),
        opening_subjects=frozenset(hit.slug for hit in hits),
        is_hedged=is_hedged(plain),
    )


class Memory:
    """What was reported before a moment, by story."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._accounts = {account.story: account for account in accounts}
        self._telling: dict[str, list[int]] = {}
        self._frequency: Counter[str] = Counter()
        for account in accounts:
            self._frequency.update(account.keys)
        for account in accounts:
            for term in sorted(account.keys):
                if self._frequency[term] <= FEW_STORIES or term in account.subjects:
                    self._telling.setdefault(term, []).append(account.story)
        self._count = max(len(accounts), MIN_STORIES)

    def judge(self, account: Account) -> Novelty:
        """What today's reports of a story bring that its own earlier ones, or another story's, did not."""
        own = self._accounts.get(account.story)
        if own is not None:
            return self._against_own(account, own)
        keys = sorted({term for report in account.reports for term in report.terms | report.figures})
        others = dict.fromkeys(other for key in keys for other in self._telling.get(key, ()))
        repeated = [
            (-covered, other)
            for other in others
            if (covered := self._covered_if_repeated(account, self._accounts[other])) is not None
        ]
        if not repeated:
            return NEW
        covered, other = min(repeated)
        return Novelty(Kind.REPEATS, round(1 + covered, 3), other, told_before=_old(self._accounts[other], account))

    def _against_own(self, account: Account, own: Account) -> Novelty:
        subjects = _missing((report.subjects for report in account.reports), own.known)
        figures = _missing((report.figures for report in account.reports), own.known)
        covered = _mean(self._share(report.terms, own.known) for report in account.reports)
        telling = sum(bool((report.subjects | report.figures) - own.known) for report in account.reports)
        is_more = _is_most(telling, account) or covered < COVERED_OF_OWN or _is_confirmed(account, own)
        kind = Kind.DEVELOPED if is_more else Kind.REPEATS
        return Novelty(kind, round(1 - covered, 3), own.story, subjects, figures, _old(own, account))

    def _covered_if_repeated(self, account: Account, earlier: Account) -> float | None:
        """The mean share of those titles' terms that repeat an earlier one, None where the story brings something else.

        At least half of the titles repeat one, and the others name nobody and no figure that is new.
        """
        if _is_confirmed(account, earlier):
            return None
        if any((report.subjects | report.figures) - earlier.known for report in account.reports):
            return None
        covered = [self._repeated(report, earlier) for report in account.reports]
        repeating = [share for share in covered if share]
        return _mean(repeating) if repeating and 2 * len(repeating) >= len(covered) else None

    def _repeated(self, report: Report, earlier: Account) -> float:
        """The share of a title's terms that an earlier report has, if it repeats that one, else 0."""
        return max(
            self._share(report.terms, old.terms) if self._repeats(report, old) else 0.0 for old in earlier.reports
        )

    def _repeats(self, report: Report, old: Report) -> bool:
        shared = (report.terms | report.figures) & (old.terms | old.figures)
        if len(shared) < MIN_SHARED or not (shared & report.subjects or len(shared - TRADE_WORDS) >= MIN_SHARED_WORDS):
            return False
        covered = self._share(report.terms, old.terms)
        retold = self._share(old.terms, report.terms | report.opening | report.opening_subjects)
        return covered >= COVERED or (covered >= COVERED_WHERE_RETOLD and retold >= RETOLD)

    def _share(self, part: frozenset[str], whole: frozenset[str]) -> float:
        total = self._weight(part)
        return self._weight(part & whole) / total if total else 1.0

    def _weight(self, terms: frozenset[str]) -> float:
        # The order of a set differs from run to run; this sum does not.
        return math.fsum(math.log(1 + self._count / (1 + self._frequency[term])) for term in terms)


def _is_most(count: int, account: Account) -> bool:
    return count > 0 and 2 * count >= len(account.reports)


def _is_confirmed(account: Account, earlier: Account) -> bool:
    """Whether what was only planned or rumoured before has come so."""
    is_open = all(report.is_hedged for report in earlier.reports)
    return is_open and _is_most(sum(not report.is_hedged for report in account.reports), account)


def _old(earlier: Account, account: Account) -> float:
    return len(earlier.reports) / (len(earlier.reports) + len(account.reports))


def _missing(found: Iterable[frozenset[str]], known: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(frozenset[str]().union(*found) - known))


def _mean(values: Iterable[float]) -> float:
    held = list(values)
    return math.fsum(held) / len(held)
