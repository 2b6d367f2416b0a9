"""The commands as scripts use them."""

from __future__ import annotations

import gzip
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from jsonschema import Draft202012Validator

from feeds.models import Entry, Feed, Publisher
from newsdesk.digests.documents.document import SCHEMA_FILE, canonical_json
from newsdesk.digests.models import Digest
from newsdesk.stories.models import Story
from tests.digests.recording import at, write_recording
from tests.newsletter.rows import make_subscriber

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    return write_recording(tmp_path / "stream.jsonl")


def test_replay_says_what_it_did(stream: Path) -> None:
    out, err = run("replay", str(stream))
    assert out.startswith("8 records, 2 digests published, 0 bad lines left out")
    assert "2025-05-06 07:00" in err


def test_a_bad_line_is_named_and_the_rest_goes_on(stream: Path) -> None:
    stream.write_text("{not json\n" + stream.read_text(encoding="utf-8"), encoding="utf-8")
    out, err = run("replay", str(stream))
    assert "stream.jsonl, line 1" in err
    assert out.startswith("8 records, 2 digests published, 1 bad lines left out")


def test_a_file_without_a_good_line_fails(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    path.write_text("{not json\n", encoding="utf-8")
    with pytest.raises(CommandError, match="No line"):
        run("replay", str(path))


def test_a_missing_file_and_a_bad_time_fail_in_one_sentence(stream: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run("replay", str(tmp_path / "nowhere.jsonl"))
    with pytest.raises(CommandError, match="--until"):
        run("replay", str(stream), "--until", "tomorrow")


def test_compressed_streams_are_read(stream: Path) -> None:
    packed = stream.with_suffix(".jsonl.gz")
    packed.write_bytes(gzip.compress(stream.read_bytes()))
    out, _ = run("replay", str(packed), "--until", "2025-05-06T07:00:00Z")
    assert out.startswith("5 records, 1 digests published")


def test_fresh_starts_anew_and_says_the_same(stream: Path) -> None:
    run("replay", str(stream))
    first, _ = run("export_digest", "2025-05-07", "--format", "json")
    stories = Story.objects.count()
    run("replay", str(stream), "--fresh")
    assert Story.objects.count() == stories
    assert run("export_digest", "2025-05-07", "--format", "json")[0] == first


def test_polled_entries_are_not_torn_apart(stream: Path) -> None:
    publisher = Publisher.objects.create(slug="polled", name="Polled")
    feed = Feed.objects.create(
        publisher=publisher, url="https://polled.example/feed", next_poll_at=at("2025-05-05T00:00")
    )
    Entry.objects.create(feed=feed, guid="1", title="Polled", seen_at=at("2025-05-05T00:00"), content_hash="0")
    for arguments in (["replay", str(stream)], ["replay", str(stream), "--fresh"]):
        with pytest.raises(CommandError, match="polled entries"):
            run(*arguments)
    assert Entry.objects.count() == 1


def test_build_publish_export(stream: Path) -> None:
    run("replay", str(stream))
    Digest.objects.filter(date="2025-05-07").update(state="draft", published_at=None)
    out, _ = run("build_digest", "2025-05-07")
    assert "2025-05-07 No. 2" in out
    run("publish_digest", "2025-05-07")
    assert Digest.objects.get(date="2025-05-07").published_at is not None
    with pytest.raises(CommandError, match="published already"):
        run("publish_digest", "2025-05-07")
    with pytest.raises(CommandError, match="record a correction"):
        run("build_digest", "2025-05-07")


def test_json_is_canonical_and_holds_the_schema(stream: Path, tmp_path: Path) -> None:
    run("replay", str(stream))
    path = tmp_path / "digest.json"
    run("export_digest", "2025-05-06", "--format", "json", "--output", str(path))
    document = json.loads(path.read_bytes())
    assert path.read_bytes() == canonical_json(document)
    Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))).validate(document)


def test_text_is_72_columns_with_numbered_sources(stream: Path) -> None:
    run("replay", str(stream))
    text, _ = run("export_digest", "2025-05-06")
    assert all(len(line) <= 72 for line in text.splitlines() if "://" not in line)
    assert "THE LEAD" in text and "[1]" in text
    assert "Accounts differ" in text or "$450 million" in text


def test_html_is_self_contained_and_escaped(stream: Path) -> None:
    hostile = json.loads(stream.read_text(encoding="utf-8").splitlines()[5])
    hostile |= {
        "id": "x1",
        "title": "Quarry releases <b>open</b>-weights model {{ 7|add:7 }}",
        "url": "javascript:alert(1)",
    }
    stream.write_text(stream.read_text(encoding="utf-8") + json.dumps(hostile) + "\n", encoding="utf-8")
    run("replay", str(stream), "--until", "2025-05-07T07:00:00Z")
    for day in ("2025-05-06", "2025-05-07"):
        page, _ = run("export_digest", day, "--format", "html")
        assert "<script" not in page and "src=" not in page and "javascript:" not in page and "@import" not in page
        assert page.count('href="#source-') >= 1
        assert 'id="source-1"' in page


@pytest.mark.parametrize("command", ["build_digest", "publish_digest", "export_digest"])
def test_bad_dates_and_editions_fail_in_one_sentence(command: str) -> None:
    with pytest.raises(CommandError, match="is not a date"):
        run(command, "yesterday")
    with pytest.raises(CommandError, match="known are: daily, sample"):
        run(command, "2025-05-06", "--edition", "hourly")


@pytest.mark.parametrize("command", ["build_digest", "publish_digest", "verify_digest", "export_digest", "replay"])
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command(command, "--help")
    assert f"manage.py {command}" in capsys.readouterr().out.split("Example:")[1]


def test_replay_leaves_a_desk_with_subscribers_alone(stream: Path) -> None:
    make_subscriber()
    with pytest.raises(CommandError, match="holds subscribers"):
        run("replay", str(stream))
    assert not Entry.objects.exists()


def test_replay_of_an_edition_that_it_cannot_build_ends_in_a_sentence(stream: Path) -> None:
    with pytest.raises(CommandError, match="week"):
        run("replay", "--edition", "weekly", str(stream))
