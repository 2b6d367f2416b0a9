from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsdesk.stories.duplicates.copies import COMMON_KEY_ORIGINALS
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Fingerprint, FingerprintKey
from tests.stories.rows import at, entry_of, set_text

pytestmark = pytest.mark.django_db

HARBOUR = (
    "Kelp Labs opened the weights of its harbour model on Monday and let port operators in four countries run it on "
    "their own machines. The company trained it on nine years of crane logs, weather and tide tables, and says that "
    "it plans a day's berths in under a minute. Two ports have used it since March; one of them cut the time that "
    "ships wait at anchor by a fifth. Licences are free for public ports and cost the others by the crane."
)
TITLE = "Kelp Labs opens weights of its harbour planning model"


def kinds() -> dict[str, tuple[str, int | None]]:
    rows = Fingerprint.objects.select_related("entry__feed__publisher")
    return {row.entry.feed.publisher.name: (row.kind, row.original_id) for row in rows}


def test_syndicated_edited_and_truncated_copies_name_one_original() -> None:
    original = entry_of(TITLE, HARBOUR, publisher="Wire")
    entry_of("Harbour model of Kelp Labs has open weights", HARBOUR, publisher="Exact", hours=1)
    entry_of(
        TITLE, HARBOUR.replace("on Monday", "early this week").replace("a fifth", "20%"), publisher="Edited", hours=2
    )
    entry_of("Kelp Labs opens harbour model", " ".join(HARBOUR.split()[:45]), publisher="Cut", hours=3)
    entry_of("Kelp Labs is on the front page", publisher="Linker", url=original.canonical_url, hours=4)
    other = entry_of(
        "Kelp Labs harbour model: what port workers say",
        "Crane drivers in Brest told us that the harbour model plans berths well and breaks badly: when fog came in "
        "during April, nobody had told it, and ships of three lines were sent to one berth at the same hour.",
        publisher="Reporter",
        hours=5,
    )

    assert dedupe_pending(now=at(6)) == 6

    assert kinds() == {
        "Wire": ("original", None),
        "Exact": ("exact", original.pk),
        "Edited": ("near", original.pk),
        "Cut": ("near", original.pk),
        "Linker": ("same_url", original.pk),
        "Reporter": ("original", None),
    }
    assert other.pk
    assert dedupe_pending(now=at(6)) == 0


def test_a_title_alone_makes_a_copy_only_if_it_is_specific() -> None:
    first = entry_of("Introducing Kelp 3", publisher="One")
    entry_of("Introducing Kelp 3", publisher="Two", hours=1)
    long = entry_of("Regulator fines drone maker for hidden cockpit recordings", publisher="Three", hours=2)
    entry_of("Regulator Fines Drone Maker for Hidden Cockpit Recordings - Four", publisher="Four", hours=3)

    dedupe_pending(now=at(4))

    assert kinds()["Two"] == ("original", None)
    assert kinds()["Four"] == ("exact", long.pk)
    assert first.pk != long.pk


def test_boilerplate_does_not_make_copies() -> None:
    wall = (
        "Please accept cookies to go on reading this page, or subscribe to our service and read it without them. " * 3
    )
    entry_of("Kelp Labs hires a new chief of safety", wall, publisher="One")
    entry_of("Court stops export of tide sensors", wall, publisher="Two", hours=1)

    dedupe_pending(now=at(2))

    assert {kind for kind, _ in kinds().values()} == {"original"}


def test_an_update_in_the_same_feed_is_no_copy() -> None:
    entry_of(TITLE, HARBOUR)
    entry_of(f"{TITLE} (updated)", HARBOUR + " The ministry has since asked for the training data.", hours=1)

    dedupe_pending(now=at(2))

    assert set(Fingerprint.objects.values_list("kind", flat=True)) == {"original"}


def test_old_originals_are_forgotten() -> None:
    entry_of(TITLE, HARBOUR, publisher="One")
    dedupe_pending(now=at(1))
    entry_of(TITLE, HARBOUR, publisher="Two", hours=24 * 15)

    dedupe_pending(now=at(24 * 15))

    assert kinds()["Two"] == ("original", None)
    assert set(FingerprintKey.objects.values_list("fingerprint__entry__feed__publisher__name", flat=True)) == {"Two"}


def test_a_changed_text_is_fingerprinted_again_and_copies_do_not_chain() -> None:
    first = entry_of(TITLE, HARBOUR, publisher="One")
    second = entry_of("A quite different title about soup", "Soup is a dish. " * 20, publisher="Two", hours=1)
    third = entry_of("Another title about soup", "Soup is a dish. " * 20, publisher="Three", hours=2)
    dedupe_pending(now=at(3))
    assert kinds()["Three"] == ("exact", second.pk)

    set_text(second, TITLE, HARBOUR)  # now the text of the first, but the third copies it
    set_text(third, "Ferry line buys three electric boats", "Boats run on batteries now, says the line. " * 10)
    assert dedupe_pending(now=at(4)) == 2

    assert kinds() == {"One": ("original", None), "Two": ("original", None), "Three": ("original", None)}
    assert not Fingerprint.objects.filter(original__fingerprint__original__isnull=False).exists()
    assert first.pk


def test_small_batches_decide_as_one_large_batch() -> None:
    for n in range(6):
        entry_of(TITLE, HARBOUR, publisher=f"P{n}", hours=n)
    while dedupe_pending(now=at(6), limit=1):
        pass

    assert Fingerprint.objects.filter(original=None).count() == 1
    assert Fingerprint.objects.exclude(original=None).values("original").distinct().count() == 1


def test_candidates_are_found_through_the_index(django_assert_max_num_queries) -> None:
    for n in range(40):
        entry_of(
            f"Story number {n} about port {n * 7} and crane {n * 3}",
            f"{HARBOUR[n:]} {n}",
            publisher=f"P{n}",
            hours=n / 10,
        )

    with CaptureQueriesContext(
        connection,
    ) as queries:
        dedupe_pending(now=at(5))

    assert len(queries) < 15
    lookup = next(q["sql"] for q in queries if "fingerprintkey" in q["sql"] and q["sql"].startswith("SELECT"))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {lookup}")
            assert "fingerprint_key_seen" in str(cursor.fetchall())


def test_texts_that_share_only_boilerplate_are_not_read() -> None:
    wall = "Please accept cookies to go on reading this page, or subscribe and read it without them today. " * 3
    many = COMMON_KEY_ORIGINALS + 10
    for n in range(many):
        name = chr(97 + n // 20) + chr(97 + n % 20)
        entry_of(f"{name}port hires {name}son as {name}ger", wall, publisher=f"P{n}")
    dedupe_pending(now=at(1))
    assert set(Fingerprint.objects.values_list("kind", flat=True)) == {"original"}
    entry_of("Tide sensors forecast a storm a day ahead", wall, publisher="Late", hours=1)

    with CaptureQueriesContext(connection) as queries:
        dedupe_pending(now=at(1))

    assert kinds()["Late"] == ("original", None)
    assert Fingerprint.objects.count() == many + 1
    read = [q["sql"] for q in queries if 'FROM "stories_fingerprint" ' in q["sql"]]
    assert not any('"feeds_articletext"."text"' in sql for sql in read)
