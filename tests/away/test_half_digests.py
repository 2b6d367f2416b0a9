"""A digest for which there is no room is not there at all; once there is, it is whole (X8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from newsdesk.databases.waiting import is_outage
from newsdesk.digests.models import Digest, DigestItem, Summary
from newsdesk.digests.publish import publish_due
from tests.digests.newsroom import LATER, replay_day

# PostgreSQL's own error for a full disk, after some of the digest's rows.
NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.position > 2 THEN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_room BEFORE INSERT ON digests_digestitem FOR EACH ROW EXECUTE FUNCTION no_room()
"""


@contextmanager
def full_database() -> Iterator[None]:
    """Within the block some rows fit in, and then none."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            (pages,) = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages}")
        else:
            cursor.execute(NO_ROOM)
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA max_page_count = 1073741823")
        else:
            cursor.execute("DROP TRIGGER no_room ON digests_digestitem; DROP FUNCTION no_room")


@pytest.mark.django_db(transaction=True)
def test_a_digest_without_room_is_not_there_at_all(tmp_path: Path) -> None:
    replay_day(tmp_path)
    with full_database():
        for _ in range(2):
            with pytest.raises(OperationalError) as caught:
                publish_due(now=LATER)
            assert is_outage(caught.value)
    assert (Digest.objects.count(), DigestItem.objects.count()) == (0, 0)
    assert publish_due(now=LATER) == 1
    assert DigestItem.objects.count() > 2
    assert Summary.objects.count() >= DigestItem.objects.count()
