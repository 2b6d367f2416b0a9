"""Repairs that the clusterer found, carried out in rows."""

from __future__ import annotations

import pytest

from feeds.models import Entry
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import THE_LINE, Change
from newsdesk.stories.actions.merge import merge_stories
from newsdesk.stories.actions.revise import revise_story
from newsdesk.stories.actions.split import split_story
from newsdesk.stories.actions.undo import undo_change
from newsdesk.stories.changes_in_words import tell_deed
from newsdesk.stories.clustering.cluster import write_decisions
from newsdesk.stories.clustering.founding import story_public_id
from newsdesk.stories.clustering.item import COPY, REPORT, ROUND_UP, Decision
from newsdesk.stories.clustering.merge_and_split import Repair
from newsdesk.stories.clustering.rebuild import open_items
from newsdesk.stories.clustering.recluster import recluster
from newsdesk.stories.clustering.repair_rows import RevisedMeanwhile
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Coverage, Fingerprint, Story
from tests.stories.desk import NOW, editor, last_change, places, reports, said, story_of, together
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db
SURE = 0.9


def founds(entry: Entry) -> str:
    return story_public_id(entry.feed.url, entry.guid)


def copy_of(original: Entry, story: Story, *, hours: float) -> Entry:
    entry = entry_of(f"{original.title}, again", publisher=f"Copy {hours}", hours=hours)
    dedupe_pending(now=NOW)
    Fingerprint.objects.filter(entry=entry).update(original=original, kind=Fingerprint.Kind.EXACT)
    Coverage.objects.create(entry=entry, story=story, role=COPY, clustered_at=at(hours))
    return entry


def arrive(title: str, *, hours: float) -> Entry:
    entry = entry_of(title, publisher=f"Late {hours}", hours=hours)
    dedupe_pending(now=NOW)
    return entry


def write(*decided: tuple[Entry, Decision]) -> None:
    fresh = Entry.objects.select_related("feed__publisher", "fingerprint__text")
    batch = [fresh.get(pk=entry.pk) for entry, _ in decided]
    write_decisions(batch, {entry.pk: decision for entry, decision in decided}, now=NOW)


def merging(source: Story, target: Story, *keys: int) -> Repair:
    return Repair("merge", keys, source.public_id, target.public_id, SURE)


def joining(story: Story, *repairs: Repair) -> Decision:
    return Decision(story.public_id, REPORT, 0.8, repairs)


@pytest.fixture
def two() -> tuple[Story, Story]:
    older = story_of(*reports("Kelp sues Brine", "Brine sued by Kelp"))
    return older, story_of(*reports("Kelp takes Brine to court", "Court to hear Kelp", hours=5))


@pytest.fixture
def merged(two: tuple[Story, Story]) -> tuple[Story, Story]:
    older, younger = two
    keys = younger.coverage.order_by("entry_id").values_list("entry", flat=True)
    write((arrive("Kelp v Brine in court", hours=9), joining(older, merging(younger, older, *keys))))
    older.refresh_from_db()
    younger.refresh_from_db()
    return older, younger


def test_a_merge_takes_reports_copies_round_ups_and_follow_ups_along(two: tuple[Story, Story]) -> None:
    older, younger = two
    follower = story_of(*reports("Kelp wins", hours=30), thread=younger)
    first, second = Entry.objects.filter(coverage__story=younger).order_by("seen_at")
    copy = copy_of(first, younger, hours=7)
    review = entry_of("The week in review", publisher="Review", hours=8)
    Coverage.objects.create(entry=review, story=younger, role=ROUND_UP, clustered_at=at(8))
    late = arrive("Kelp v Brine in court", hours=9)

    write((late, joining(older, merging(younger, older, first.pk, second.pk))))
    older.refresh_from_db()
    younger.refresh_from_db()
    follower.refresh_from_db()
    assert together() == {
        frozenset(Entry.objects.exclude(coverage__story=follower).values_list("pk", flat=True)),
        frozenset(follower.coverage.values_list("entry", flat=True)),
    }
    assert places()[copy.pk] == (older.public_id, COPY) and places()[review.pk] == (older.public_id, ROUND_UP)
    assert (younger.merged_into, follower.thread) == (older, older)
    assert (older.version, younger.version, older.last_seen_at) == (2, 2, at(9))
    # Who founded the story that is no more joined this one as probably as all of it did.
    assert [Coverage.objects.get(entry=one).similarity for one in (first, second)] == [SURE, 0.7]


def test_a_split_founds_the_story_of_its_first_entry_and_the_older_half_keeps_the_id() -> None:
    entries = reports("Kelp sues Brine", "Port buys cranes", "Brine sued", "Cranes for the port")
    whole = story_of(*entries)
    copy, other = copy_of(entries[1], whole, hours=5), copy_of(entries[0], whole, hours=6)
    review = entry_of("The week in review", publisher="Review", hours=8)
    Coverage.objects.create(entry=review, story=whole, role=ROUND_UP, clustered_at=at(8))
    late = arrive("Port of Brest buys forty cranes", hours=9)
    name = founds(entries[1])

    repair = Repair("split", (entries[1].pk, entries[3].pk, late.pk), whole.public_id, name, 0.04)
    write((late, Decision(name, REPORT, 0.6, (repair,))))
    new = Story.objects.get(public_id=name)
    whole.refresh_from_db()
    assert together() == {
        frozenset({entries[0].pk, entries[2].pk, other.pk, review.pk}),
        frozenset({entries[1].pk, entries[3].pk, copy.pk, late.pk}),
    }
    assert (new.first_seen_at, new.last_seen_at, new.language, new.version) == (at(1), at(9), "en", 1)
    assert (whole.last_seen_at, whole.version, whole.merged_into) == (at(8), 2, None)
    similarities = [Coverage.objects.get(entry=one).similarity for one in (entries[1], entries[3], late)]
    assert similarities == [None, 0.7, 0.6]


def test_repairs_in_one_batch_follow_one_another(two: tuple[Story, Story]) -> None:
    older, younger = two
    keys = list(younger.coverage.order_by("entry_id").values_list("entry", flat=True))
    ghost, late, copy = (arrive(f"Court, part {n}", hours=9 + n) for n in range(3))
    Fingerprint.objects.filter(entry=copy).update(original=ghost)
    ghostly = Story(public_id=founds(ghost))
    parted = Repair("split", (keys[1], ghost.pk), older.public_id, founds(Entry.objects.get(pk=keys[1])), 0.1)
    write(
        (ghost, joining(younger, merging(ghostly, younger, ghost.pk))),
        (late, joining(older, merging(younger, older, *keys, ghost.pk), parted)),
        (copy, Decision(parted.target, COPY, None)),
    )

    kept = frozenset(older.coverage.values_list("entry", flat=True))
    assert together() == {kept, frozenset({keys[1], ghost.pk, copy.pk})}
    assert late.pk in kept and keys[0] in kept
    # A story that lived for a moment redirects all the same, as it would had the batch ended there.
    into = dict(Story.objects.values_list("public_id", "merged_into__public_id"))
    assert into[ghostly.public_id] == parted.target and into[younger.public_id] == older.public_id
    assert not Story.objects.filter(merged_into=None, coverage=None).exists()
    notes = Change.objects.filter(actor_name=THE_LINE, before__has_key="places").order_by("id")
    assert [change.verb for change in notes] == ["story.merge", "story.merge", "story.split"]
    assert [len(change.after["places"]) for change in notes] == [1, 3, 2]


def test_a_repair_says_in_the_journal_what_the_desk_did_by_itself(merged: tuple[Story, Story]) -> None:
    older, younger = merged
    told = tell_deed(last_change(older))
    assert told == f"merged into it “Kelp takes Brine to court” ({younger.public_id}), by itself: one story with a" + (
        " probability of 90%"
    )
    assert tell_deed(last_change(younger)) == f"merged stories with {older.public_id}"
    assert last_change(older).actor_name == THE_LINE


def test_an_editor_undoes_a_merge_and_it_is_not_made_again(merged: tuple[Story, Story]) -> None:
    older, younger = merged
    change = last_change(older)
    undoing = undo_change(change, hand=Hand(editor(), NOW))
    younger.refresh_from_db()
    assert younger.merged_into is None and younger.coverage.count() == 2 and older.coverage.count() == 3
    anchors = [story.coverage.order_by("entry__seen_at").values_list("entry", flat=True)[0] for story in merged]
    assert ("x", *anchors) in said()
    assert all(item.is_bonded for item, _ in items())
    with pytest.raises(ActRefused, match="kim has undone that already"):
        undo_change(change, hand=Hand(None, NOW))

    undo_change(undoing, hand=Hand(editor("jo"), NOW))
    younger.refresh_from_db()
    assert younger.merged_into == older and said() == set()


def test_an_editor_undoes_a_split_and_it_is_not_made_again() -> None:
    entries = reports("Kelp sues Brine", "Port buys cranes", "Brine sued")
    whole, late = story_of(*entries), arrive("Brine in court", hours=9)
    name = founds(entries[1])
    write((late, joining(whole, Repair("split", (entries[1].pk,), whole.public_id, name, 0.04))))
    undo_change(last_change(whole), hand=Hand(editor(), NOW))
    assert Story.objects.get(public_id=name).merged_into == whole
    assert said() == {("=", entries[0].pk, one.pk) for one in (*entries[1:], late)}
    assert all(item.is_bonded for item, _ in items())


def items() -> list:
    rows = Coverage.objects.all()
    reports_alone = rows.filter(role=REPORT).select_related("entry__feed__publisher", "story", "text").order_by("id")
    return list(open_items(reports_alone, rows, {}))


@pytest.mark.parametrize("edit", ["is_pinned", "is_hidden", "headline", "theme"])
def test_what_an_editor_has_revised_is_not_repaired(two: tuple[Story, Story], edit: str) -> None:
    older, younger = two
    value = {"headline": "Kelp v Brine", "theme": "people"}.get(edit, True)
    revise_story(younger, hand=Hand(None, NOW), **{edit: value})
    assert {(story, item.is_bonded) for item, story in items()} == {(older.public_id, False), (younger.public_id, True)}

    # Revised after the repair was decided: the batch is decided again.
    late, before = arrive("Kelp v Brine in court", hours=9), together()
    keys = younger.coverage.values_list("entry", flat=True)
    with pytest.raises(RevisedMeanwhile):
        write((late, joining(older, merging(younger, older, *keys))))
    assert together() == before and not Coverage.objects.filter(entry=late).exists()


def test_a_constraint_on_any_entry_bonds_its_story(two: tuple[Story, Story]) -> None:
    older, younger = two
    third, fourth = story_of(*reports("Port buys", hours=9)), story_of(*reports("Cranes for port", hours=10))
    merge_stories([third, fourth], hand=Hand(None, NOW))
    bonded = {story for item, story in items() if item.is_bonded}
    assert bonded == {third.public_id}
    first = older.coverage.order_by("entry_id").values_list("entry", flat=True)[:1]
    split_story(older, first, hand=Hand(None, NOW))
    assert {story for item, story in items() if not item.is_bonded} == {younger.public_id}


def test_restored_reports_carry_the_id_that_they_would_found(two: tuple[Story, Story]) -> None:
    older, younger = two
    told = {item.key: item.founds for item, _ in items()}
    assert told == {entry.pk: founds(entry) for entry in Entry.objects.all()}
    # Where an older report has come late, the id that the next one founded is taken by the story it stands in.
    first = older.coverage.order_by("entry_id").first()
    assert first is not None
    first.story = younger
    first.save()
    assert {item.key: item.founds for item, _ in items()}[first.entry_id] == story_public_id(
        first.entry.feed.url, first.entry.guid, {older.public_id}
    )


def test_reclustering_begins_where_things_stood_before_the_repairs_that_came_later() -> None:
    # The reports are of two events by their words; only the hand-made repair made them one.
    older = story_of(*reports("Kelp sues Brine", "Brine sued by Kelp"))
    younger = story_of(*reports("Port of Brest buys forty cranes", "Forty cranes for the port of Brest", hours=5))
    keys = younger.coverage.order_by("entry_id").values_list("entry", flat=True)
    write((arrive("Kelp v Brine in court", hours=9), joining(older, merging(younger, older, *keys))))
    entries = list(Entry.objects.order_by("seen_at"))
    kept = frozenset({frozenset(entry.pk for entry in entries)})
    assert together() == kept
    recluster(at(20), now=NOW)
    assert together() == kept
    since = at(8)
    recluster(since, now=NOW)
    stood = {entry.pk: name for entry, name in zip(entries, [older, older, younger, younger], strict=False)}
    assert {pk: places()[pk][0] for pk in stood} == {pk: story.public_id for pk, story in stood.items()}
    younger.refresh_from_db()
    assert younger.merged_into is None and younger.coverage.count() >= 2
    assert recluster(since, now=NOW).moved == 0


def test_reclustering_leaves_a_repair_alone_that_an_editor_has_built_on(merged: tuple[Story, Story]) -> None:
    older, _ = merged
    other = story_of(*reports("Kelp appeals", hours=12))
    merge_stories([older, other], hand=Hand(None, NOW))
    stood = places()
    recluster(at(8), now=NOW)
    assert places() == stood
