"""What editors said of entries, as the clusterer would have seen it then: rows to learn from."""

from __future__ import annotations

from collections.abc import Iterator

from feeds.models import Entry
from newsdesk.stories.clustering.clusterer import Clusterer, profile_of
from newsdesk.stories.clustering.joining import NO_TIMES_BEFORE
from newsdesk.stories.clustering.open_stories import WINDOW
from newsdesk.stories.clustering.rebuild import READ_ROWS, item_of
from newsdesk.stories.models import Constraint, Coverage
from newsdesk.stories.titles.round_up import is_round_up
from newsdesk.stories.training.update import Evidence

# Later entry -> (the earlier one, whether they tell one story, the edit that said so).
Said = dict[int, list[tuple[int, bool, int]]]


def read_evidence() -> list[Evidence]:
    """Each standing constraint as a report against the story it was joined to or kept from, in the order seen.

    The reports are placed anew in the order seen, in the stories in which they stand now, and of each pair the later
    one is compared with the other's story as far as that had been told by then. A pair teaches nothing where that story
    had closed, where the later entry is a copy or a round-up, or where the rows contradict it.
    """
    said = _read_said()
    story_of = _stories_of({*said, *(other for pairs in said.values() for other, *_ in pairs)})
    clusterer = Clusterer()
    found: list[Evidence] = []
    for row in _reports(said):
        item = item_of(row.entry, row.text or row.entry.fingerprint.text, founds="")
        clusterer.advance(item.seen_at)
        if row.entry_id in said and not is_round_up(item.title, item.publisher):
            report = clusterer.weigh(profile_of(item))
            for other, is_same, change in said[row.entry_id]:
                name = story_of.get(other, "")
                if name in clusterer and (name == row.story.public_id) == is_same:
                    found.append(Evidence(change, clusterer.compare(report, name, item.seen_at), is_same))
        clusterer.restore([(item, row.story.public_id)], clock=item.seen_at)
    return found


def _read_said() -> Said:
    """The standing constraints on news that carries times; what editors did not say themselves is none."""
    rows = (
        Constraint.objects.filter(is_withdrawn=False)
        .filter(one__seen_at__gte=NO_TIMES_BEFORE, other__seen_at__gte=NO_TIMES_BEFORE)
        .order_by("id")
    )
    said: Said = {}
    fields = ("one", "one__seen_at", "other", "other__seen_at", "kind", "change")
    for one, one_seen, other, other_seen, kind, change in rows.values_list(*fields):
        earlier, later = sorted([(one_seen, one), (other_seen, other)])
        said.setdefault(later[1], []).append((earlier[1], kind == Constraint.Kind.MUST_LINK, change))
    return said


def _stories_of(entries: set[int]) -> dict[int, str]:
    return dict(Coverage.objects.filter(entry__in=entries).values_list("entry", "story__public_id"))


def _reports(said: Said) -> Iterator[Coverage]:
    """The reports in the order seen, from the window before the first entry of which anything was said."""
    spoken_of = {*said, *(other for pairs in said.values() for other, *_ in pairs)}
    seen = list(Entry.objects.filter(pk__in=spoken_of).order_by("seen_at").values_list("seen_at", flat=True))
    if not seen:
        return iter(())
    rows = (
        Coverage.objects.filter(role=Coverage.Role.REPORT, entry__fingerprint__isnull=False)
        .filter(entry__seen_at__gte=seen[0] - WINDOW, entry__seen_at__lte=seen[-1])
        .select_related("entry__feed__publisher", "entry__fingerprint__text", "story", "text")
    )
    return rows.order_by("entry__seen_at", "entry_id").iterator(chunk_size=READ_ROWS)
