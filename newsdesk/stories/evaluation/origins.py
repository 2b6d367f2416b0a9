"""Origins against labels: the state of each report within its labelled story, and how many origins its texts allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feeds.catalogue.publishers import default_publisher
from feeds.recording import Record, own_name, publisher_site, publisher_slug
from newsdesk.stories.evaluation.labelled import BadLabelledFile, label, text_of
from newsdesk.stories.evaluation.measures import share
from newsdesk.stories.origins.outlets import folded
from newsdesk.stories.origins.report import REPORT
from newsdesk.stories.origins.states import State
from newsdesk.stories.origins.story import Sources, sources_of


@dataclass(frozen=True, slots=True)
class RecordedReport:
    """A record as a report of its labelled story, under the publisher that the line would give it."""

    public_id: str
    url: str
    title: str
    text: str
    publisher: str
    owner: str
    kind: str
    role: str = REPORT
    text_sha256: str = ""
    duplicate_of: str = ""


def measure_origins(records: Sequence[Record]) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """The states of records within their stories, against `state`, `relays`, `origins_min`, `_likely` and `_max`.

    A record without a `story` is left out; without a `state` it counts for the shares said only.

    Raises: BadLabelledFile where no record has a `story`.
    """
    stories: dict[str, list[Record]] = {}
    for record in records:
        if story := label(record, "story"):
            stories.setdefault(story, []).append(record)
    if not stories:
        raise BadLabelledFile("no record is labelled with story.")
    found = {story: sources_of(map(_report, held)) for story, held in stories.items()}
    said = {one.report.public_id: one.judged for sources in found.values() for one in sources.placed}
    predictions = [
        {"id": record.id, "state": str(said[record.id].state), "relays": "; ".join(said[record.id].rests_on)}
        for held in stories.values()
        for record in held
    ]
    figures = _state_figures(predictions, {record.id: record for record in records})
    return predictions, figures | _count_figures(stories, found)


def _report(record: Record) -> RecordedReport:
    default = default_publisher(publisher_site(record))
    return RecordedReport(
        public_id=record.id,
        url=record.url,
        title=record.title,
        text=f"{record.title}\n\n{text_of(record)}",
        publisher=default.name if default else own_name(record),
        owner=(default.owner_group or default.slug) if default else publisher_slug(record),
        kind=default.kind if default else "report",
    )


def _state_figures(predictions: Sequence[Mapping[str, Any]], records: Mapping[str, Record]) -> dict[str, float]:
    figures: dict[str, float] = {"records": len(predictions)}
    for state in State:
        figures[f"said_{state}"] = share(sum(one["state"] == state for one in predictions), len(predictions))
    pairs = [(one["state"], right, one) for one in predictions if (right := label(records[one["id"]], "state"))]
    if not pairs:
        return figures
    told = [(said, right) for said, right, _ in pairs if right != State.UNKNOWN]
    own = [right for said, right, _ in pairs if said == State.OWN]
    named = [
        not _names(one["relays"]).isdisjoint(_names(relays))
        for said, right, one in pairs
        if said == right == State.RELAY and (relays := label(records[one["id"]], "relays"))
    ]
    figures |= {
        "labelled": len(pairs),
        "accuracy": share(sum(said == right for said, right, _ in pairs), len(pairs)),
        "accuracy_where_told": share(sum(said == right for said, right in told), len(told)),
        "false_own": share(sum(right != State.OWN for right in own), len(own)),
        "relays_named": share(sum(named), len(named)),
    }
    for state in State:
        hits = sum(said == right == state for said, right, _ in pairs)
        figures[f"{state}_precision"] = share(hits, sum(said == state for said, _, _ in pairs))
        figures[f"{state}_recall"] = share(hits, sum(right == state for _, right, _ in pairs))
    return figures


def _count_figures(stories: Mapping[str, Sequence[Record]], found: Mapping[str, Sources]) -> dict[str, float]:
    rows = [(found[story], right) for story, held in stories.items() if (right := _range(held[0]))]
    if not rows:
        return {"stories": len(stories)}
    several = [one.at_least > 1 for one, (_, likely, _) in rows if likely > 1]
    single = [one.at_least > 1 for one, (_, likely, _) in rows if likely == 1]
    return {
        "stories": len(rows),
        "over_count": share(sum(one.at_least > most for one, (_, _, most) in rows), len(rows)),
        "under_count": share(sum(one.at_most < least for one, (least, _, _) in rows), len(rows)),
        "likely_within": share(sum(one.at_least <= likely <= one.at_most for one, (_, likely, _) in rows), len(rows)),
        "several": len(several),
        "several_found": share(sum(several), len(several)),
        "single_as_several": share(sum(single), len(single)),
    }


def _range(record: Record) -> tuple[int, int, int] | None:
    """The fewest, likely and most origins that a record's story is labelled with."""
    least, likely, most = (record.labels.get(f"origins_{name}") for name in ("min", "likely", "max"))
    if isinstance(least, int) and isinstance(likely, int) and isinstance(most, int):
        return least, likely, most
    return None


def _names(relays: str | None) -> set[str]:
    return {folded(name) for name in (relays or "").split(";") if name.strip()}
