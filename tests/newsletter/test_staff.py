"""What staff see and press: progress, buttons with permissions, constant queries, mails in a sandbox."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from newsdesk.digests.models import Digest
from newsdesk.journal.models import Change
from newsdesk.newsletter.delivery.outbox import note_failure, pause, the_outbox
from newsdesk.newsletter.delivery.outcome import Kind, Outcome
from newsdesk.newsletter.delivery.transports.files import FilesTransport
from newsdesk.newsletter.models import Letter, Mail, MailEvent, Mailing, Subscriber, Suppression
from newsdesk.newsletter.people.suppressions import suppress
from tests.newsletter.mailings import make_mailing, make_published, run, states
from tests.newsletter.rows import NOW, make_delivery, make_letter, make_subscriber
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.django_db

ADMIN = "/admin/newsletter"
ADA, BEA = "ada@example.org", "bea@example.org"
State = Mail.State
VIEWS = [f"view_{name}" for name in ("mailing", "delivery", "letter", "subscriber", "suppression", "mailevent")]


def staff(*permissions: str) -> Client:
    client = Client()
    user = User.objects.create_user(f"staff{User.objects.count()}", email="staff@example.org", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="newsletter"))
    client.force_login(user)
    return client


@pytest.fixture
def sender() -> Client:
    return staff(*VIEWS, "send_mailing", "resolve_delivery", "change_suppression")


@pytest.fixture
def looker() -> Client:
    return staff(*VIEWS)


def page(client: Client, path: str, **data: Any) -> str:
    response = client.get(f"{ADMIN}/{path}", data)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize("path", ["mailing/", "delivery/", "letter/", "subscriber/", "suppression/", "mailevent/"])
def test_lists_cost_the_same_for_many(sender: Client, django_assert_max_num_queries: Any, path: str) -> None:
    for number in range(12):
        digest = make_published(NOW.date() - timedelta(days=number))
        Mailing.objects.create(digest=digest, started_at=NOW)
        who = make_subscriber(f"n{number}@example.org", themes=["security"])
        make_delivery(digest, who, state=State.UNKNOWN)
        make_letter(who, state=State.UNKNOWN)
        suppress(f"s{number}@example.org", Suppression.Reason.BOUNCED, now=NOW)
        MailEvent.objects.create(
            service="x", event_id=str(number), kind="complaint", email_hash="0", effect="None", made_at=NOW
        )
    with django_assert_max_num_queries(9):
        assert "n11@example.org" in page(sender, path) or path in ("mailing/", "suppression/", "mailevent/")


def test_a_mailing_shows_how_far_it_is(sender: Client) -> None:
    digest = make_mailing(ADA, BEA)
    make_delivery(digest, state=State.UNKNOWN)
    shown = page(sender, "mailing/")
    assert "2 waiting" in shown and "1 unknown" in shown and "25 March 2026, daily" in shown
    shown = page(sender, f"mailing/{digest.mailing.pk}/change/")
    assert "2 waiting" in shown and "Pause this mailing" in shown
    unknown = page(sender, "delivery/", digest__id__exact=digest.pk, state__exact="unknown")
    assert "It arrived" in unknown and unknown.count("Send again</button>") == 1


def test_how_sending_stands_is_said_on_top(looker: Client, settings: Any) -> None:
    assert "Mails are written as files" in page(looker, "delivery/")
    note_failure(Outcome(Kind.AWAY, "421 busy", is_about_mail=False), now=NOW)
    type(the_outbox()).objects.update(retry_at="2100-01-01T10:20:00Z")
    assert "it is tried again at 10:20 UTC. The last time: 421 busy" in page(looker, "mailing/")
    pause("The mail server said: 550 5.7.1 <b>no</b>", actor=None, now=NOW)
    for path in ("mailing/", "delivery/", "subscriber/", "suppression/"):
        shown = page(looker, path)
        assert (
            "All sending is paused since 25 March 2026, 08:00 UTC. The mail server said: 550 5.7.1 &lt;b&gt;" in shown
        )
    settings.EMAIL_ESP = "postmark"
    type(the_outbox()).objects.all().delete()
    assert "through postmark" in page(looker, "mailing/")


def test_pause_and_resume(sender: Client) -> None:
    digest = make_mailing(ADA)
    address = f"{ADMIN}/mailing/act/{digest.mailing.pk}"
    for act, state in (("pause", "paused"), ("resume", "sending")):
        assert sender.post(f"{address}/{act}/").status_code == 302
        assert Mailing.objects.get().state == state
    for act, is_paused in (("pause", True), ("resume", False)):
        assert sender.post(f"{ADMIN}/mailing/outbox/{act}/").status_code == 302
        assert the_outbox().is_paused == is_paused
    assert Change.objects.filter(verb__startswith="mailing.").exclude(verb="mailing.send").count() == 4
    assert sender.post(f"{address}/explode/").status_code == 404


def test_start_a_mailing(sender: Client) -> None:
    digest = make_published()
    make_subscriber(ADA)
    assert f'value="{digest.pk}"' in page(sender, "mailing/start/")
    assert not Mailing.objects.exists()
    for _ in range(2):
        assert sender.post(f"{ADMIN}/mailing/start/", {"digest": digest.pk}).status_code == 302
    assert Mailing.objects.get().digest == digest
    Digest.objects.update(state="draft", published_at=None)
    Mailing.objects.all().delete()
    sender.post(f"{ADMIN}/mailing/start/", {"digest": digest.pk})
    assert not Mailing.objects.exists()
    assert sender.post(f"{ADMIN}/mailing/start/", {"digest": "x"}).status_code == 404


def test_send_a_test(sender: Client, smtp_server: SmtpServer, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_server.port
    digest = make_published()
    assert 'value="staff@example.org"' in page(sender, "mailing/test/", digest=digest.pk)
    bad = sender.post(f"{ADMIN}/mailing/test/", {"digest": digest.pk, "address": "a@b.c\r\nBcc: x@example.org"})
    assert bad.status_code == 200 and not smtp_server.accepted
    sent = sender.post(f"{ADMIN}/mailing/test/", {"digest": digest.pk, "address": "me@example.org"}, follow=True)
    assert "The test was sent: 250" in sent.content.decode()
    assert smtp_server.received() == {"me@example.org": 1}


@pytest.mark.parametrize(("answer", "state"), [("arrived", State.SENT), ("again", State.QUEUED)])
def test_say_what_became_of_an_unknown_mail(sender: Client, answer: str, state: str) -> None:
    delivery = make_delivery(make_published(), state=State.UNKNOWN, claimed_at=NOW)
    letter = make_letter(make_subscriber(state="pending"), state=State.UNKNOWN, claimed_at=NOW)
    for mail, kind in ((delivery, "delivery"), (letter, "letter")):
        for _ in range(2):
            sent = sender.post(f"{ADMIN}/mailing/{kind}/{mail.pk}/resolve/", {"answer": answer})
            assert sent.status_code == 302
        mail.refresh_from_db()
        assert mail.state == state
    assert Change.objects.filter(verb="delivery.resolve").count() == 2
    assert sender.post(f"{ADMIN}/mailing/delivery/{delivery.pk}/resolve/", {"answer": "?"}).status_code == 404


def test_subscribers_are_found_by_the_beginning_of_their_address(sender: Client) -> None:
    make_subscriber("Ada@example.org")
    make_subscriber("adam@example.org", state="unsubscribed")
    make_subscriber("bea@example.org")
    shown = page(sender, "subscriber/", q="ADA")
    assert "Ada@example.org" in shown and "adam@example.org" in shown and "bea@example.org" not in shown
    assert "adam@example.org" not in page(sender, "subscriber/", q="ada", state__exact="active")
    assert "bea@example.org" not in page(sender, "subscriber/", q="%")
    assert sender.get(f"{ADMIN}/subscriber/add/").status_code == 403
    ada = Subscriber.objects.at("ada@example.org").get()
    assert 'name="email"' not in page(sender, f"subscriber/{ada.pk}/change/")
    assert sender.post(f"{ADMIN}/subscriber/{ada.pk}/change/", {"email": "x@example.org"}).status_code == 403
    assert "What was sent to them" in page(sender, f"subscriber/{ada.pk}/change/")
    assert page(sender, "delivery/", subscriber__id__exact=ada.pk)


def test_never_mail_again_and_lift(sender: Client) -> None:
    ada = make_subscriber(ADA)
    for _ in range(2):
        sender.post(f"{ADMIN}/mailing/subscriber/{ada.pk}/suppress/")
    ada.refresh_from_db()
    assert ada.state == Subscriber.State.SUPPRESSED
    suppression = Suppression.objects.get()
    assert "1 suppression" in page(sender, "suppression/", q="ADA@example.org")
    assert "0 suppressions" in page(sender, "suppression/", q="bea@example.org")
    sender.post(f"{ADMIN}/mailing/suppression/{suppression.pk}/lift/")
    ada.refresh_from_db()
    assert ada.state == Subscriber.State.UNSUBSCRIBED and not Suppression.objects.exists()
    assert list(Change.objects.order_by("pk").values_list("verb", flat=True)) == [
        "subscriber.suppress",
        "subscriber.lift",
    ]
    suppress("gone@example.org", Suppression.Reason.ERASED, now=NOW)
    erased = Suppression.objects.get()
    sender.post(f"{ADMIN}/mailing/suppression/{erased.pk}/lift/")
    assert Suppression.objects.exists()


ACTS = ["start", "outbox/pause", "outbox/resume", "act/{mailing}/pause", "delivery/{delivery}/resolve"]
ACTS += ["letter/{letter}/resolve", "suppression/{suppression}/lift", "subscriber/{subscriber}/suppress", "test"]


@pytest.mark.parametrize("act", ACTS)
def test_no_act_without_its_permission_nor_by_get(looker: Client, sender: Client, act: str) -> None:
    digest = make_mailing(ADA)
    delivery = make_delivery(digest, state=State.UNKNOWN)
    letter = make_letter(make_subscriber(state="pending"), state=State.UNKNOWN)
    suppress("gone@example.org", Suppression.Reason.BOUNCED, now=NOW)
    before = everything()
    keys = {
        "mailing": digest.mailing.pk,
        "delivery": delivery.pk,
        "letter": letter.pk,
        "suppression": Suppression.objects.get().pk,
        "subscriber": Subscriber.objects.at(ADA).get().pk,
    }
    path = f"{ADMIN}/mailing/{act.format(**keys)}/"
    data = {"digest": digest.pk, "answer": "again", "address": "me@example.org"}
    assert looker.post(path, data).status_code == 403
    assert staff("view_mailing").post(path, data).status_code == 403
    assert Client().post(path, data).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sender.cookies
    assert strict.post(path, data).status_code == 403
    assert sender.get(path).status_code == (200 if act in ("start", "test") else 405)
    assert everything() == before


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values()) for model in (Mailing, Subscriber, Suppression, Letter, Change)
    ] + [states(digest) for digest in Digest.objects.order_by("pk")]


def test_buttons_are_hidden_without_permission(looker: Client, sender: Client) -> None:
    digest = make_mailing(ADA)
    make_delivery(digest, state=State.UNKNOWN)
    suppress("gone@example.org", Suppression.Reason.BOUNCED, now=NOW)
    who = Subscriber.objects.at(ADA).get().pk
    for path, words in (
        ("mailing/", "Start a mailing"),
        ("mailing/", "Pause all sending"),
        (f"mailing/{digest.mailing.pk}/change/", "Pause this mailing"),
        ("delivery/", "It arrived"),
        ("suppression/", "Lift</button>"),
        (f"subscriber/{who}/change/", "Never mail this address again"),
    ):
        assert words in page(sender, path), path
        assert words not in page(looker, path), path


@pytest.mark.parametrize("path", ["mailing/mails/", "mailing/mails/x.eml/", "mailing/mails/x.eml/html/", "subscriber/"])
def test_mails_and_addresses_are_for_those_who_may_see_them(path: str) -> None:
    assert staff("view_mailing").get(f"{ADMIN}/{path}").status_code == 403
    assert Client().get(f"{ADMIN}/{path}").status_code == 302


def test_mails_are_looked_at_in_a_sandbox(looker: Client, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    assert "There are no mails here" in page(looker, "mailing/mails/")
    make_mailing(*(f"n{number:02}@example.org" for number in range(52)))
    run(FilesTransport.from_settings())
    first, second = page(looker, "mailing/mails/"), page(looker, "mailing/mails/", page=2)
    assert first.count("@example.org") == 50 and second.count("@example.org") == 2
    assert "Older" in first and "Newer" in second and "Older" not in second
    (tmp_path / "mail" / "20990101T000000Z-evil@x.eml").write_bytes(
        b"Subject: <script>alert(1)</script>\r\nTo: x@example.org\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/html\r\n\r\n<script>alert(2)</script><p>Hello</p>"
    )
    assert "<script>alert" not in page(looker, "mailing/mails/")
    shown = page(looker, "mailing/mails/20990101T000000Z-evil@x.eml/")
    assert "<iframe sandbox title" in shown and "<script>alert" not in shown
    framed = looker.get(f"{ADMIN}/mailing/mails/20990101T000000Z-evil@x.eml/html/")
    policy = framed.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'")
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "alert(2)" in framed.content.decode()


@pytest.mark.parametrize(
    "name", ["../secret.eml", "..%2Fsecret.eml", "%2Fetc%2Fpasswd", ".hidden.eml", "link.eml", "x.eml%00", "notes.txt"]
)
def test_no_name_leads_out_of_the_folder(looker: Client, settings: Any, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    settings.EMAIL_FILE_PATH = str(folder)
    (tmp_path / "secret.eml").write_text("Subject: secret\n\n", encoding="utf-8")
    (folder / ".hidden.eml").write_text("Subject: hidden\n\n", encoding="utf-8")
    (folder / "notes.txt").write_text("Subject: notes\n\n", encoding="utf-8")
    (folder / "link.eml").symlink_to(tmp_path / "secret.eml")
    for path in (f"mailing/mails/{name}/", f"mailing/mails/{name}/html/"):
        # A name with a slash is no address of ours: the admin says that there is no such mailing.
        assert "Subject" not in looker.get(f"{ADMIN}/{path}", follow=True).content.decode(), path
        assert "/" in name or "%2F" in name or looker.get(f"{ADMIN}/{path}").status_code == 404, path
