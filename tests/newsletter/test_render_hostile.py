"""Whatever publishers and models write into a digest stays text in its mail."""

from __future__ import annotations

import email
import email.policy
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup

from newsdesk.newsletter.mail.content import PREFERENCES_MARK, UNSUBSCRIBE_MARK, MailContent
from newsdesk.newsletter.mail.mime import Recipient, build_skeleton, fill
from newsdesk.newsletter.mail.render import MAX_HTML_BYTES, render_digest
from tests.newsletter.documents import document, item, sentence
from tests.site.hostile import ADDRESSES, TEXTS

# Elements of ours; nothing that a text brings along becomes one.
ELEMENTS = set("html head meta title style body div p a b br span h1 h2 h3 ul ol li".split())
INVISIBLE = "\u200b\u2060\ufeff\u202e\u2066\u00ad\U000e0041"
ODD = [
    "two\r\nBcc: everyone@x.example\r\n\r\nlines",
    f"inv{INVISIBLE}isi\u200dble",
    "a\x00b\x1bc\x7fd\x85e",
    "\u202egpj.exe",
    f"see {UNSUBSCRIBE_MARK} now",
    f"see https://mark\u200b.invalid/unsubscribe and {PREFERENCES_MARK.upper()}",
    "=?utf-8?q?hidden?=",
    ".\n.",
    "W" * 5000,
]


def _everywhere(text: str, url: str = "https://outlet.example/1") -> dict[str, Any]:
    """A digest that has the text in every place where somebody else's words can stand."""
    lead = item(1, "lead", text, headline=text, source={"title": text, "publisher": text, "url": url})
    lead["sentences"] += [sentence(text, 1, role="conflict"), sentence(text, 1, role="why", kind="analysis")]
    return document(
        lead,
        item(2, headline=text, source={"title": text, "publisher": text, "url": url}),
        dek=text,
        pattern=[{"text": text, "kind": "analysis", "stories": ["story1", "story2"], "counter": text}],
        watch=[{"story": "story1", "sentence": sentence(text, 1), "when": text, "date": None, "owner": text}],
        corrections=[{"position": 1, "text": text, "made_at": "2031-05-06T09:00:00Z"}],
    )


def _mail(source: dict[str, Any]) -> MailContent:
    content = render_digest(source, themes=frozenset())
    assert content is not None
    return content


@pytest.mark.parametrize("text", [*TEXTS, *ODD])
def test_a_text_adds_no_element_no_attribute_and_no_invisible_character(text: str) -> None:
    content = _mail(_everywhere(text))
    soup = BeautifulSoup(content.html, "lxml")
    assert {tag.name for tag in soup.find_all(True)} <= ELEMENTS
    attributes = {name for tag in soup.body.find_all(True) for name in tag.attrs} if soup.body else set()
    assert attributes <= {"class", "style", "href", "id", "name"}
    assert len(soup.find_all("style")) == 1
    for part in (content.html, content.text):
        odd = {c for c in part if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c != "\n"}
        assert odd == set()
    assert content.subject.isprintable()
    assert 0 < len(content.subject) <= 120


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    content = _mail(_everywhere(text))
    said = " ".join(text.split())
    assert said in " ".join(BeautifulSoup(content.html, "lxml").get_text(" ").split())
    assert said in " ".join(content.text.split())


@pytest.mark.parametrize("url", [*ADDRESSES, "https://x.example/\u202emoc", "https://x.example/" + "a" * 3000, "", "x"])
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    content = _mail(_everywhere("A title", url))
    soup = BeautifulSoup(content.html, "lxml")
    listed = soup.find(id="s1")
    assert listed is not None
    assert listed.get("href") is None
    assert {str(link["href"]).partition("#")[0] for link in soup.find_all("a", href=True)} == {
        "",
        PREFERENCES_MARK,
        UNSUBSCRIBE_MARK,
        "http://127.0.0.1:8000/2031/05/06/",
    }
    assert len(re.findall(r"\S+://\S+", content.text)) == 3


@pytest.mark.parametrize("text", ODD)
def test_no_text_reaches_the_head_or_a_reader_s_own_links(text: str) -> None:
    content = _mail({**_everywhere(text, UNSUBSCRIBE_MARK), "title": text})
    recipient = Recipient(
        "reader@example.org",
        "<1@desk.example>",
        datetime(2031, 5, 6, tzinfo=UTC),
        "https://desk.example/unsubscribe/secret",
        "https://desk.example/preferences/secret",
    )
    message = email.message_from_bytes(
        fill(build_skeleton(content, sender="Desk <desk@desk.example>", headers={}), recipient),
        policy=email.policy.default,
    )
    assert message["Bcc"] is None
    assert message["Subject"] == content.subject
    assert message.defects == []
    for part in message.iter_parts():  # type: ignore[attr-defined]
        body = part.get_content()
        assert body.count("secret") == 2
        assert "mark.invalid" not in body


def test_one_endless_story_is_no_endless_mail() -> None:
    day = document(item(1, "lead", *["x" * 100_000] * 8))
    assert len(_mail(day).html) < MAX_HTML_BYTES
