"""send_digest as people and scripts run it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from newsdesk.digests.models import Digest
from newsdesk.newsletter.delivery.outbox import pause
from newsdesk.newsletter.models import Delivery, Mailing, Outbox
from tests.newsletter.mailings import make_published
from tests.newsletter.rows import NOW, make_subscriber
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.django_db

ADA, BEA, CY = "ada@example.org", "bea@example.org", "cy@example.org"


@pytest.fixture(autouse=True)
def by_smtp(smtp_server: SmtpServer, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_server.port


def command(*arguments: str) -> tuple[str, str]:
    figures, progress = StringIO(), StringIO()
    call_command("send_digest", *arguments, stdout=figures, stderr=progress)
    return figures.getvalue().strip(), progress.getvalue().strip()


def test_it_sends_in_the_foreground_and_twice_is_once(smtp_server: SmtpServer) -> None:
    make_published(published_at=NOW - timedelta(days=3))
    make_subscriber(ADA, confirmed_at=NOW - timedelta(days=4))
    make_subscriber(BEA, confirmed_at=NOW - timedelta(days=4), themes=["people"])
    figures, progress = command("2026-03-25")
    assert figures == "sent 1  failed 0  unknown 0  skipped 1  waiting 0"
    assert progress == "0 to go"
    assert command("2026-03-25") == (figures, "")
    assert smtp_server.received() == {ADA: 1}


def test_a_dry_run_writes_nothing(smtp_server: SmtpServer) -> None:
    make_published()
    for address, themes in ((ADA, []), (BEA, ["security"]), (CY, ["people"]), ("d@example.org", ["security"])):
        make_subscriber(address, themes=themes)
    figures, _ = command("2026-03-25", "--dry-run")
    assert figures.startswith("would mail 3  nothing of their themes 1  variants 2  largest message ")
    size = int(figures.split()[-2])
    assert not Mailing.objects.exists() and not Delivery.objects.exists()
    assert smtp_server.conversations == 0
    command("2026-03-25")
    assert abs(max(len(mail.data) for mail in smtp_server.accepted) - size) < 200
    assert command("2026-03-25", "--dry-run")[0].startswith("would mail 0  nothing of their themes 0  variants 0")


def test_an_unpublished_digest_is_refused() -> None:
    digest = make_published()
    Digest.objects.filter(pk=digest.pk).update(state="draft", published_at=None)
    for arguments in (["2026-03-25"], ["2026-03-25", "--dry-run"]):
        with pytest.raises(CommandError, match="is not published, so it cannot be mailed"):
            command(*arguments)
    with pytest.raises(CommandError, match="not a date"):
        command("yesterday")
    with pytest.raises(CommandError, match="no edition"):
        command("2026-03-25", "--edition", "hourly")


def test_it_says_what_is_left(smtp_server: SmtpServer) -> None:
    make_published()
    make_subscriber(ADA)
    make_subscriber(BEA)
    smtp_server.drop("dot", to=ADA)
    with pytest.raises(CommandError, match="Nobody knows whether 1 mails arrived"):
        command("2026-03-25")
    make_subscriber(CY)
    make_published(NOW.date() - timedelta(days=1))
    smtp_server.refuse("rcpt", "450 4.2.0 not now", to=CY)
    with pytest.raises(CommandError, match="1 mails wait for their next attempt"):
        command("2026-03-24")


def test_it_does_not_wait_for_ever_for_a_pause_or_a_server(smtp_server: SmtpServer) -> None:
    make_published()
    make_subscriber(ADA)
    pause("By hand.", actor=None, now=NOW)
    with pytest.raises(CommandError, match="All sending is paused: By hand"):
        command("2026-03-25")
    Outbox.objects.all().delete()
    smtp_server.refuse("connect", "421 busy")
    with pytest.raises(CommandError, match="could not be used, and is tried again at"):
        command("2026-03-25")
