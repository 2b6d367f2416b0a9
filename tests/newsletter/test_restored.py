"""An old backup put back: nobody is mailed twice, and nobody who left is mailed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.playing import Played

pytestmark = pytest.mark.django_db  # on PostgreSQL too
PROGRAM = "tests.newsletter.restored_desk"
EVERYBODY = ("stays", "leaves", "erased", "complains", "returns", "asked")


def counted(report: dict[str, Any], when: str) -> Counter[str]:
    return Counter({address.partition("@")[0]: number for address, number in report[when].items()})


def test_after_a_backup_is_put_back_nobody_is_mailed_twice_or_after_leaving(playing: Played) -> None:
    *put_back, lost = playing(PROGRAM, "all")
    assert [report["way"] for report in put_back] == ["command", "hand", "queued"]
    for report in put_back:
        assert counted(report, "before") == Counter({**dict.fromkeys(EVERYBODY, 2), "letter": 1}), report
        assert report["received"] == report["before"], report
        assert not report["is_paused"], report
        states = {address.partition("@")[0]: state for address, state in report["subscribers"].items()}
        assert states == {
            "stays": "active",
            "asked": "active",
            "returns": "active",
            "leaves": "unsubscribed",
            "complains": "suppressed",
            "letter": "pending",
        }, report
        assert report["suppressions"] == ["complained", "erased"], report
        assert set(report["deliveries"].values()) == {"sent"}, report
        assert {"stays@example.org", "asked@example.org", "returns@example.org"} <= set(report["deliveries"]), report
    # Where the logbook is lost as well, mail pauses until a person looks.
    assert lost["received"] == lost["before"]
    assert lost["is_paused"]
    assert lost["reason"].startswith("The mail logbook ")
