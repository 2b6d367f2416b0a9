"""The message that is built once and filled: read back, it is what Django's own message is."""

from __future__ import annotations

import email
import email.policy
import re
import smtplib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import cast

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from newsdesk.newsletter.mail.content import PREFERENCES_MARK, UNSUBSCRIBE_MARK, MailContent
from newsdesk.newsletter.mail.mime import Recipient, UnsafeValue, build_skeleton, fill
from tests.servers.smtp import SmtpServer, smtp_server  # noqa: F401  (a fixture)

SENDER = "Newsdesk <desk@desk.example>"
READER = Recipient(
    address="reader@xn--bcher-kva.example",
    message_id="<4f2a@desk.example>",
    date=datetime(2031, 5, 6, 9, 30, tzinfo=timezone(timedelta(hours=2))),
    unsubscribe_url="https://desk.example/newsletter/unsubscribe/abc~def/",
    preferences_url="https://desk.example/newsletter/preferences/abc~def/?a=1&b=2",
)
CONTENT = MailContent(
    subject="Ein Titel – with an ‘odd’ character",
    html=f'<p>“Ça va?” <a href="{PREFERENCES_MARK}">a</a> <a href="{UNSUBSCRIBE_MARK}">b</a></p>\n',
    text=f"“Ça va?”\n.\n..\n.dots\n\n{PREFERENCES_MARK}\nUnsubscribe: {UNSUBSCRIBE_MARK}\n",
)

# A reader's program may take these for a line's end, or read the text as an encoded word.
_words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(lambda t: "=?" not in t)
_subjects = st.lists(_words, min_size=1, max_size=30).map(lambda words: " ".join(" ".join(words).split())).filter(bool)
_names = _subjects.map(lambda text: " ".join(re.sub(r'["\\<>(),:;@\[\]]', "", text).split())).filter(bool)
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
_bodies = (
    st.lists(
        st.one_of(_texts, st.sampled_from(["\n", ".\n", "\n.\n", " \n", "=", "\r\n", "é" * 40, "x" * 1100])),
        max_size=12,
    )
    .map("".join)
    .filter(bool)
)
_marks = st.lists(st.sampled_from([UNSUBSCRIBE_MARK, PREFERENCES_MARK]), max_size=3)
_urls = st.text("abcdefABCDEF0123456789-_~=&?/.%+", max_size=200).map("https://desk.example/".__add__)


def _read(message: bytes) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(message, policy=email.policy.default))


def _django(content: MailContent, recipient: Recipient, sender: str, headers: Mapping[str, str]) -> bytes:
    """The same mail as Django builds it for one recipient."""

    def filled(text: str) -> str:
        text = text.replace(UNSUBSCRIBE_MARK, recipient.unsubscribe_url)
        return text.replace(PREFERENCES_MARK, recipient.preferences_url)

    message = EmailMultiAlternatives(
        content.subject,
        filled(content.text),
        sender,
        [recipient.address],
        headers={
            **headers,
            "Date": f"{recipient.date.astimezone(UTC):%a, %d %b %Y %H:%M:%S} +0000",
            "Message-ID": recipient.message_id,
            "List-Id": "Newsdesk <newsdesk.127.0.0.1>",
            "List-Unsubscribe": f"<{recipient.unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(filled(content.html), "text/html")
    return message.message().as_bytes()


def _bodies_of(message: EmailMessage) -> list[tuple[str, str]]:
    """Each part's type and text; in mails every line ends in CRLF, so how a line ended is not kept."""
    return [
        (part.get_content_type(), re.sub(r"\r\n?", "\n", part.get_content()))
        for part in message.walk()
        if not part.is_multipart()
    ]


def _headers(message: bytes) -> dict[str, str]:
    # Django leaves a space before a value whose first word does not fit into the first line.
    headers = {name.lower(): str(value).strip() for name, value in _read(message).items()}
    del headers["content-type"]
    return {**headers, "from": _sender_in(message)}


def _sender_in(message: bytes) -> str:
    """The sender's name and address, read by the older parser.

    The newer one of Python 3.11 leaves a space between the encoded words of a name; RFC 2047, 6.2, takes it out.
    """
    words, address = email.message_from_bytes(message)["From"].rsplit(maxsplit=1)
    return f"{make_header(decode_header(words))} {address}"


def _spliced(text: str, marks: list[str]) -> str:
    """The text with the marks spread over it, the last at its very end."""
    step = len(text) // max(len(marks), 1)
    return "".join(text[n * step : (n + 1) * step] + mark for n, mark in enumerate(marks)) or text


@settings(max_examples=80, deadline=None)
@given(_subjects, _names, _bodies, _bodies, _marks, _urls, _urls)
# A link that is just too long to stand beside its header's name.
@example("0", "0", "0", "0", [], "https://desk.example/" + "0" * 38, "https://desk.example/")
def test_it_reads_back_as_django_s_own_message(
    subject: str, name: str, text: str, html: str, marks: list[str], unsubscribe_url: str, preferences_url: str
) -> None:
    assert UNSUBSCRIBE_MARK not in text + html
    # As HTML, a link's & would be escaped, which Django's side leaves to its caller.
    recipient = replace(
        READER, unsubscribe_url=unsubscribe_url.replace("&", ""), preferences_url=preferences_url.replace("&", "")
    )
    sender = f"{name} <desk@desk.example>"
    content = MailContent(subject, _spliced(html, marks), _spliced(text, marks))
    sent = fill(build_skeleton(content, sender=sender, headers={"X-Kind": "digest"}), recipient)
    django_s = _django(content, recipient, sender, {"X-Kind": "digest"})
    assert _bodies_of(_read(sent)) == _bodies_of(_read(django_s))
    assert _headers(sent) == _headers(django_s)
    assert _read(sent)["Subject"] == subject
    assert _read(sent).defects == []
    _assert_travels(sent)


def _assert_travels(sent: bytes) -> None:
    """Pure ASCII, CRLF alone, short lines: what any mail server takes."""
    assert sent.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", sent)
    head, _, body = sent.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76


def test_its_head_says_what_programs_need() -> None:
    message = _read(fill(build_skeleton(CONTENT, sender=SENDER, headers={"Auto-Submitted": "x"}), READER))
    assert message.get_content_type() == "multipart/alternative"
    assert [kind for kind, _ in _bodies_of(message)] == ["text/plain", "text/html"]
    for name in "From To Subject Date Message-ID MIME-Version List-Id List-Unsubscribe List-Unsubscribe-Post".split():
        assert len(message.get_all(name, [])) == 1, name
    assert message["List-Unsubscribe"] == f"<{READER.unsubscribe_url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["To"] == READER.address
    assert message["Date"].datetime == READER.date
    assert message["Auto-Submitted"] == "x"


def test_the_list_is_named_by_the_site_s_host(settings: Settings) -> None:
    settings.SITE_URL = "https://Bücher.example:8443"
    message = _read(fill(build_skeleton(CONTENT, sender=SENDER, headers={}), READER))
    assert message["List-Id"] == "Newsdesk <newsdesk.xn--bcher-kva.example>"


def test_a_letter_without_a_link_to_leave_belongs_to_no_list() -> None:
    letter = MailContent("Please confirm", "<p>Here</p>", "Here\n")
    message = _read(fill(build_skeleton(letter, sender=SENDER, headers={}), replace(READER, unsubscribe_url="")))
    assert [name for name in message if name.startswith("List-")] == []


def test_links_are_whole_wherever_lines_break() -> None:
    for length in range(40, 160):
        url = "https://desk.example/" + "=é".encode().hex() + "a=" * (length // 2)
        recipient = replace(READER, unsubscribe_url=url)
        for padding in ("", "x" * 74, "x" * 75, "x" * 76, "é" * 13, "word " * 20):
            content = replace(
                CONTENT, text=f"{padding}{UNSUBSCRIBE_MARK}", html=f"{padding}{UNSUBSCRIBE_MARK}{padding}"
            )
            sent = fill(build_skeleton(content, sender=SENDER, headers={}), recipient)
            assert [body for _, body in _bodies_of(_read(sent))] == [f"{padding}{url}", f"{padding}{url}{padding}"]
            _assert_travels(sent)


@pytest.mark.parametrize("end", ["", " ", "\t", "  ", "é", "=", "."])
def test_no_line_is_too_long_whatever_ends_it(end: str) -> None:
    for length in range(60, 90):
        text = f"{'x' * length}{end}\n{'é' * (length // 6)}{end}\n{'x' * length}{end}"
        sent = fill(
            build_skeleton(replace(CONTENT, text=text + UNSUBSCRIBE_MARK + text), sender=SENDER, headers={}), READER
        )
        _assert_travels(sent)
        assert _bodies_of(_read(sent))[0][1] == text + READER.unsubscribe_url + text


def test_a_link_is_escaped_in_html_alone() -> None:
    text, html = _bodies_of(_read(fill(build_skeleton(CONTENT, sender=SENDER, headers={}), READER)))
    assert READER.preferences_url in text[1]
    assert READER.preferences_url.replace("&", "&amp;") in html[1]


def test_two_recipients_differ_in_their_own_lines_alone() -> None:
    skeleton = build_skeleton(CONTENT, sender=SENDER, headers={})
    other = Recipient(
        "b@c.example", "<2@desk.example>", READER.date + timedelta(days=1), "https://d.example/u", "https://d.example/p"
    )
    one, two = (fill(skeleton, recipient).split(b"\r\n") for recipient in (READER, other))
    shared = set(one) & set(two)
    own = [line for line in (*one, *two) if line not in shared]
    assert len(own) == 2 * (4 + 2 + 2)
    assert all(re.match(rb"(To|Date|Message-ID|List-Unsubscribe): |https://d", line) for line in own)


def test_it_is_the_same_message_every_time() -> None:
    first, again = (fill(build_skeleton(CONTENT, sender=SENDER, headers={}), READER) for _ in range(2))
    assert first == again


def test_a_text_that_looks_like_a_boundary_is_none() -> None:
    skeleton = build_skeleton(CONTENT, sender=SENDER, headers={})
    boundary = _read(fill(skeleton, READER)).get_boundary()
    assert boundary
    attack = replace(CONTENT, text=f"\n--{boundary}--\n\n--{boundary}\nContent-Type: text/html\n\n<b>!</b>\n")
    for body in (attack, replace(attack, subject="again")):
        sent = fill(build_skeleton(body, sender=SENDER, headers={}), READER)
        assert _bodies_of(_read(sent))[0] == ("text/plain", attack.text)
        assert len(_bodies_of(_read(sent))) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "a@b.example\r\nBcc: c@d.example"},
        {"address": "a@b.example\x00"},
        {"address": "a@b.example, c@d.example"},
        {"address": "Somebody <a@b.example>"},
        {"address": "bücher@b.example"},
        {"address": ""},
        {"address": f"a@{'b' * 300}"},
        {"message_id": "<1@b.example>\r\nX: y"},
        {"message_id": "1@b.example"},
        {"date": datetime(2031, 5, 6)},  # noqa: DTZ001  (what is refused)
        {"unsubscribe_url": "https://b.example/>\r\nX: y"},
        {"unsubscribe_url": "javascript:alert(1)"},
        {"unsubscribe_url": "https://b.example/" + "a" * 2000},
        {"unsubscribe_url": ""},
        {"preferences_url": ""},
        {"preferences_url": "https://b.example/ x"},
    ],
)
def test_a_recipient_s_values_stay_where_they_belong(changes: dict[str, object]) -> None:
    skeleton = build_skeleton(CONTENT, sender=SENDER, headers={})
    fill(skeleton, READER)
    with pytest.raises(UnsafeValue):
        fill(skeleton, replace(READER, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\x00", "\x0b", "\x7f"])
def test_nothing_is_injected_into_the_head(end: str) -> None:
    for content, sender, headers in (
        (replace(CONTENT, subject=f"a{end}Bcc: x"), SENDER, {}),
        (CONTENT, f"Desk{end} <desk@desk.example>", {}),
        (CONTENT, SENDER, {"X-Kind": f"a{end}Bcc: x"}),
        (CONTENT, SENDER, {f"X-Kind{end}": "a"}),
    ):
        with pytest.raises(UnsafeValue):
            build_skeleton(content, sender=sender, headers=headers)


@pytest.mark.parametrize("name", ["From", "to", "BCC", "Subject", "Content-Type", "List-Unsubscribe", "X Y", "X:", ""])
def test_headers_of_our_own_and_no_headers_are_refused(name: str) -> None:
    with pytest.raises(UnsafeValue):
        build_skeleton(CONTENT, sender=SENDER, headers={name: "a"})


@pytest.mark.parametrize("sender", ["", "Desk", "Desk <desk@bücher.example>", "<>"])
def test_a_sender_needs_an_ascii_address(sender: str) -> None:
    with pytest.raises(UnsafeValue):
        build_skeleton(CONTENT, sender=sender, headers={})


def test_a_word_too_long_for_any_line_is_refused() -> None:
    with pytest.raises(UnsafeValue):
        build_skeleton(replace(CONTENT, subject="x" * 1000), sender=SENDER, headers={})


@pytest.mark.parametrize(
    "name", ["Die Nachrichten über künstliche Intelligenz für alle " * 6, "=?utf-8?q?x?=", "新聞" * 60]
)
def test_names_and_subjects_fold_and_read_back(name: str) -> None:
    name = name.strip()
    content = replace(CONTENT, subject=name)
    sent = fill(build_skeleton(content, sender=f"{name} <desk@desk.example>", headers={}), READER)
    message = _read(sent)
    assert message["Subject"] == name
    assert _sender_in(sent) == f"{name} <desk@desk.example>"
    assert max(map(len, sent.partition(b"\r\nList-Unsubscribe:")[0].split(b"\r\n"))) <= 78


def test_dots_survive_the_way_through_a_mail_server(smtp_server: SmtpServer) -> None:  # noqa: F811
    sent = fill(build_skeleton(CONTENT, sender=SENDER, headers={}), READER)
    with smtplib.SMTP("127.0.0.1", smtp_server.port, timeout=5) as client:
        client.sendmail("desk@desk.example", [READER.address], sent)
    (accepted,) = smtp_server.accepted
    assert accepted.data == sent
    assert "\n.\n..\n.dots\n" in _bodies_of(_read(accepted.data))[0][1]
