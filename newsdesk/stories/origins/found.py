"""Who found a story out, as pages, mails and documents hold it: a range, names, words, a receipt for each report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from newsdesk.stories.origins.reading import quoted
from newsdesk.stories.origins.report import Report
from newsdesk.stories.origins.states import Judged, State
from newsdesk.stories.origins.story import Sources, sources_of
from newsdesk.stories.origins.words import words_of

# What a report's state is called where readers see it.
STATE_WORDS = {State.ANNOUNCEMENT: "announcement", State.OWN: "own reporting", State.UNKNOWN: "does not say where from"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """The span [start, end) of a report's text, in code points, and what stands there."""

    entry: str
    url: str
    text_sha256: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The state of one report, whom it rests on, and what shows it; nothing does where it cannot be told."""

    entry: str
    state: State
    rests_on: tuple[str, ...]
    receipt: Receipt | None

    @property
    def words(self) -> str:
        """`rests on Reuters and OpenAI`."""
        if self.state != State.RELAY:
            return STATE_WORDS[self.state]
        return f"rests on {' and '.join(self.rests_on[:2])}" if self.rests_on else "rests on a report that is not named"


@dataclass(frozen=True, slots=True)
class Origins:
    """How many found a story out for themselves, at least and at most; who first, if that is told; `words` for readers.

    All of a story's parties together are one origin. `by` has the reports in the order seen, round-ups left out.
    """

    at_least: int
    at_most: int
    first: str
    words: str
    by: tuple[Evidence, ...]

    def as_json(self) -> dict[str, Any]:
        """The origins as exports have them."""
        return {
            "at_least": self.at_least,
            "at_most": self.at_most,
            "first": self.first,
            "words": self.words,
            "by": [
                {
                    "entry": one.entry,
                    "state": str(one.state),
                    "rests_on": list(one.rests_on),
                    "receipt": asdict(one.receipt) if one.receipt else None,
                }
                for one in self.by
            ],
        }


def find_origins(entries: Iterable[Report]) -> Origins:
    """Who found out the story that these entries tell."""
    sources = sources_of(entries)
    return Origins(
        at_least=sources.at_least,
        at_most=sources.at_most,
        first=_first(sources),
        words=words_of(sources),
        by=tuple(
            Evidence(one.report.public_id, one.judged.state, one.judged.rests_on, _receipt(one.report, one.judged))
            for one in sources.placed
        ),
    )


def _first(sources: Sources) -> str:
    """Who had it first, as far as the texts tell: who is said to, else whoever all others rest on."""
    if sources.first:
        return sources.first
    if len(sources.scoops) == 1:
        return next(iter(sources.scoops.values()))
    if sources.is_published:
        return " and ".join(sources.parties)
    single = {**sources.named, **sources.proven}
    return next(iter(single.values())) if len(single) == 1 else ""


def _receipt(report: Report, judged: Judged) -> Receipt | None:
    if judged.shown_by is None or not report.text_sha256 or not judged.shown_by.text:
        return None
    start, end = quoted(report.text, judged.shown_by)
    return Receipt(report.public_id, report.url, report.text_sha256, start, end, report.text[start:end])
