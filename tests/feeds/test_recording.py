from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.models import Entry, Feed
from feeds.recording import BadRecord, RecordStore, read_records

SEEN = "2026-03-10T12:00:00+00:00"
SEEN_AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


def line(number: int = 1, **fields: Any) -> str:
    record = {
        "id": f"r{number}",
        "source": "Example News",
        "domain": "examplenews.example",
        "url": f"https://examplenews.example/{number}",
        "title": f"Story number {number}",
        "summary": "What <b>happened</b>.",
        "published": "2026-03-10T09:00:00Z",
        "first_seen": SEEN,
        "lang": "en",
    }
    return json.dumps({key: value for key, value in {**record, **fields}.items() if value is not ...})


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "stream.jsonl"


def test_a_record_is_read_as_plain_text_with_its_labels(file: Path) -> None:
    (record,) = read_records(write(file, line(story="chips", relevant=True, other=1), "", "  "))
    assert (record.id, record.title, record.summary, record.body) == ("r1", "Story number 1", "What happened.", "")
    assert (record.published_at, record.first_seen) == (datetime(2026, 3, 10, 9, tzinfo=UTC), SEEN_AT)
    assert dict(record.labels) == {"story": "chips", "relevant": True}


@pytest.mark.parametrize(
    ("published", "expected"),
    [(None, None), ("2026-03-10", datetime(2026, 3, 10, tzinfo=UTC)), ("rubbish", None), (..., None)],
)
def test_published_may_be_missing_or_a_bare_date(file: Path, published: Any, expected: datetime | None) -> None:
    (record,) = read_records(write(file, line(published=published)))
    assert record.published_at == expected


def test_a_naive_first_seen_is_utc(file: Path) -> None:
    (record,) = read_records(write(file, line(first_seen="2026-03-10T12:00:00.5")))
    assert record.first_seen == SEEN_AT + timedelta(seconds=0.5)


def test_without_times_the_order_of_the_file_is_the_stream(file: Path) -> None:
    lines = [line(number, published=..., first_seen=...) for number in range(5)]
    moments = [record.first_seen for record in read_records(write(file, *lines))]
    assert moments == sorted(set(moments))


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl.gz"
    path.write_bytes(gzip.compress(line().encode()))
    assert [record.id for record in read_records(path)] == ["r1"]


def test_a_damaged_compressed_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(line(n) for n in range(2000)).encode())[:-200])
    with pytest.raises(BadRecord, match="damaged"):
        list(read_records(path))


BAD = [
    ("not json", "not JSON"),
    ('{"id": "r1", "title": ', "not JSON"),
    ("[1]", "not an object"),
    (line(id=...), '"id"'),
    (line(id=""), '"id"'),
    (line(id="x" * 600), '"id"'),
    (line(title="", summary="", url=""), '"title"'),
    (line(first_seen="some day"), '"first_seen"'),
]


@pytest.mark.parametrize(("bad", "words"), BAD)
def test_a_bad_line_is_named_with_file_and_number(file: Path, bad: str, words: str) -> None:
    with pytest.raises(BadRecord, match=f"stream.jsonl, line 2: .*{words}"):
        list(read_records(write(file, line(1), bad, line(3))))


def test_bad_lines_can_be_collected(file: Path) -> None:
    bad: list[BadRecord] = []
    path = write(file, *(line for line, _ in BAD), line(9))
    path.write_bytes(path.read_bytes() + b'{"id": "\xff"}\n')
    assert [record.id for record in read_records(path, bad=bad)] == ["r9"]
    assert [fault.line for fault in bad] == [*range(1, len(BAD) + 1), len(BAD) + 2]


@pytest.mark.django_db
class TestStore:
    def test_each_record_becomes_an_entry_of_its_source(self, file: Path) -> None:
        write(file, line(1), line(2, source="Collector", domain="other.example", url="https://other.example/2"))
        assert RecordStore().store(read_records(file)) == 2
        entry, other = Entry.objects.select_related("feed__publisher").order_by("guid")
        assert (entry.guid, entry.public_id, entry.seen_at, entry.is_news) == ("r1", "r1", SEEN_AT, True)
        assert entry.feed.url.startswith("recording:")
        assert not entry.feed.is_active
        assert entry.feed.publisher.name == "Example News"
        assert other.feed.publisher.name == "other.example"

    def test_storing_again_changes_nothing(self, file: Path) -> None:
        write(file, *(line(number) for number in range(20)), line(3))
        assert RecordStore().store(read_records(file)) == 20
        before = list(Entry.objects.order_by("pk").values()), Feed.objects.count()
        assert RecordStore().store(read_records(file)) == 0
        assert (list(Entry.objects.order_by("pk").values()), Feed.objects.count()) == before

    def test_batches_give_what_one_go_gives(self, file: Path) -> None:
        records = list(read_records(write(file, *(line(number) for number in range(20)))))
        store = RecordStore()
        assert [store.store(records[:7]), store.store(records[5:])] == [7, 13]

    @pytest.mark.parametrize(
        ("published", "is_news"),
        [("2026-03-07T13:00:00Z", True), ("2026-03-07T11:00:00Z", False), (None, True), ("2999-01-01", True)],
    )
    def test_news_is_what_was_published_at_most_three_days_before(
        self, file: Path, published: str | None, is_news: bool
    ) -> None:
        RecordStore().store(read_records(write(file, line(published=published))))
        entry = Entry.objects.get()
        assert entry.is_news is is_news
        assert entry.published_at is None or entry.published_at <= entry.seen_at

    def test_several_outlets_of_one_site_are_one_publisher(self, file: Path) -> None:
        write(
            file, line(1, domain="www.theverge.com", source="The Verge AI"), line(2, domain="theverge.com", source="HN")
        )
        RecordStore().store(read_records(file))
        assert {feed.publisher.slug for feed in Feed.objects.select_related("publisher")} == {"the-verge"}

    def test_records_without_source_or_address_are_stored(self, file: Path) -> None:
        bare = [json.dumps({"id": str(number), "title": f"Words {number}", "story": "s"}) for number in range(3)]
        assert RecordStore().store(read_records(write(file, *bare))) == 3
