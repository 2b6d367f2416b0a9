"""A digest's mail: both parts hold what the page holds, for all or for some themes, within a mail's size."""

from __future__ import annotations

import email
import email.policy
import json
import re
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from pytest_django import Settings

from newsdesk.digests.documents.document import as_document, citations, sentences_in_order
from newsdesk.digests.documents.reading import closed
from newsdesk.newsletter.mail.content import PREFERENCES_MARK, UNSUBSCRIBE_MARK, MailContent
from newsdesk.newsletter.mail.mime import Recipient, build_skeleton, fill
from newsdesk.newsletter.mail.render import MAX_HTML_BYTES, render_digest
from tests.newsletter.documents import document, item, sentence
from tests.site.invented import invented_digest

ALL: frozenset[str] = frozenset()
# Words of the one part that the other has no need of: the name plate, and where the page stands.
HTML_ALONE = {"newsdesk", "read"}


def _mail(source: dict[str, Any], *themes: str) -> MailContent:
    content = render_digest(source, themes=frozenset(themes))
    assert content is not None
    return content


def _read(content: MailContent) -> tuple[str, str]:
    """What a reader of the HTML and of the text part reads, each on one line."""
    soup = BeautifulSoup(content.html, "lxml")
    assert soup.body is not None
    return " ".join(soup.body.get_text(" ").split()), " ".join(content.text.split())


def _links(content: MailContent) -> tuple[set[str], set[str]]:
    """The addresses that the two parts lead to, without places in the page."""
    soup = BeautifulSoup(content.html, "lxml")
    linked = {str(link["href"]).partition("#")[0] for link in soup.find_all("a", href=True)} - {""}
    return linked, set(re.findall(r"https?://\S+", content.text))


@pytest.fixture
def whole(db: None) -> dict[str, Any]:
    """An invented day with everything in it: pattern, watch, differing accounts, corrections, a paywall."""
    made: dict[str, Any] = json.loads(json.dumps(as_document(invented_digest())))
    made["corrections"] = [{"position": 1, "text": "The sum was 40, not 30.", "made_at": "2026-03-25T09:30:00Z"}]
    roles = {s["role"] for story in made["items"] for s in story["sentences"]}
    assert roles == {"what", "detail", "why", "conflict"}
    assert made["pattern"]
    assert made["watch"]
    return made


def test_both_parts_say_all_that_the_page_says(whole: dict[str, Any]) -> None:
    content = _mail(whole)
    shown = [closed(s["text"]) for story, s in sentences_in_order(whole) if story["section"] != "short"]
    shown += [closed(watched["sentence"]["text"]) for watched in whole["watch"]]
    shown += [story["headline"] for story in whole["items"]]
    shown += [part for thesis in whole["pattern"] for part in (thesis["text"], thesis["counter"])]
    shown += [whole["title"], whole["dek"], "The sum was 40, not 30.", "142 articles from 31 independent publishers"]
    shown += [story["origins"]["words"] for story in whole["items"] if story["section"] != "short"]
    shown += [f"{source['title']}" for source in citations(whole)]
    html, text = _read(content)
    assert [said for said in shown if " ".join(said.split()) not in html] == []
    assert [said for said in shown if " ".join(said.split()) not in text] == []
    assert "paywall" in html
    assert html.count("paywall") == text.count("paywall")


def test_both_parts_hold_the_same_words_and_links(whole: dict[str, Any], settings: Settings) -> None:
    settings.POSTAL_ADDRESS = "Quay 9, Halden"
    content = _mail(whole)
    html, text = (
        {word.strip(".,:'") for word in re.findall(r"[\w’'.,:$%]+", re.sub(r"https?://\S+", "", part.lower()))}
        for part in _read(content)
    )
    assert html - text <= HTML_ALONE
    assert {word for word in text - html if not word.isdigit()} == set()
    linked, written = _links(content)
    sources = {source["url"] for source in citations(whole)}
    assert sources <= linked
    assert linked == written
    assert {PREFERENCES_MARK, UNSUBSCRIBE_MARK, "http://127.0.0.1:8000/2026/03/25/"} == linked - sources


def test_every_citation_leads_to_its_numbered_source(whole: dict[str, Any]) -> None:
    content = _mail(whole)
    soup = BeautifulSoup(content.html, "lxml")
    cited = {str(link["href"]) for link in soup.find_all("a", class_="c")}
    sources = citations(whole)
    assert cited == {f"#s{source['number']}" for source in sources}
    for source in sources:
        listed = soup.find(id=f"s{source['number']}")
        assert listed is not None
        assert listed.get("href") == source["url"]
        assert listed.get_text() == source["title"]
        entry = re.search(rf"^\[{source['number']}\] (.+?)\n +(http\S+)$", content.text, re.DOTALL | re.MULTILINE)
        assert entry is not None
        assert entry[2] == source["url"]
        assert " ".join(entry[1].split()).startswith(f"{source['publisher']}: {source['title']}")


def test_a_mail_of_some_themes_has_their_stories_alone_and_numbers_from_one(whole: dict[str, Any]) -> None:
    before = deepcopy(whole)
    themes = {whole["items"][2]["theme"], whole["items"][-1]["theme"]}
    content = _mail(whole, *themes)
    assert whole == before
    kept = [story for story in whole["items"] if story["theme"] in themes]
    left = [story for story in whole["items"] if story["theme"] not in themes]
    assert kept
    assert left
    assert content.subject == kept[0]["headline"]
    for part in _read(content):
        assert [story["headline"] for story in kept if story["headline"] not in part] == []
        assert [story["headline"] for story in left if story["headline"] in part] == []
        assert f"{len(kept)} of the digest's {len(whole['items'])} stories, by your themes" in part
    numbers = [int(number) for number in re.findall(r"^\[(\d+)\] ", content.text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    soup = BeautifulSoup(content.html, "lxml")
    assert {f"#s{number}" for number in numbers} == {str(link["href"]) for link in soup.find_all("a", class_="c")}


def test_what_rests_on_stories_left_out_goes_with_them() -> None:
    one, two, three = (
        item(number, section, f"Sentence {number}.", theme=theme)
        for number, section, theme in ((1, "lead", "policy"), (2, "big", "policy"), (3, "big", "compute"))
    )
    thesis = {"kind": "analysis", "counter": "One outlet."}
    day = document(
        one,
        two,
        three,
        pattern=[
            {**thesis, "text": "Two on policy.", "stories": ["story1", "story2"]},
            {**thesis, "text": "Three in all.", "stories": ["story1", "story2", "story3"]},
        ],
        watch=[
            {"story": f"story{n}", "sentence": sentence(f"Due {n}.", n), "when": "soon", "date": None, "owner": ""}
            for n in (2, 3)
        ],
        corrections=[
            {"position": position, "text": f"Corrected {position}.", "made_at": "2031-05-06T09:00:00Z"}
            for position in (1, 3, None)
        ],
    )
    for part in _read(_mail(day, "policy")):
        assert "Two on policy." in part
        assert "Due 2." in part
        assert "Corrected 1." in part
        assert "Corrected None." in part
        assert not re.search(r"Three in all|Due 3|Corrected 3|Sentence 3|Outlet 3", part)


def test_the_first_story_of_the_themes_leads_and_is_told_in_full() -> None:
    content = _mail(document(item(1, "lead"), item(2, "short", "Told in full.", theme="people")), "people")
    assert "Told in full. [1]" in content.text
    assert content.subject == "Outlet 2 reports story 2"
    assert "IN SHORT" not in content.text


def test_all_themes_are_the_whole_digest() -> None:
    day = document(item(1, "lead"), item(2))
    assert _mail(day, day["items"][0]["theme"], day["items"][1]["theme"]) == _mail(day)


def test_there_is_no_mail_where_nothing_is_of_the_themes() -> None:
    assert render_digest(document(item(1, "lead", theme="policy")), themes=frozenset({"people"})) is None
    assert render_digest(document(), themes=ALL) is None


def test_the_subject_is_the_title_on_one_line() -> None:
    assert _mail(document(item(1, "lead"), title="Corvane closes Errand")).subject == "Corvane closes Errand"
    long = _mail(document(item(1, "lead"), title="many words " * 30)).subject
    assert len(long) <= 120
    assert long.endswith(" many…")
    odd = _mail(document(item(1, "lead"), title="A\r\nBcc: all\x00@\u202e\u200bx.example\u2028y")).subject
    assert odd == "A Bcc: all@x.example y"


def test_the_sample_is_marked_wherever_it_is_read(settings: Settings) -> None:
    sample = document(item(1, "lead"), edition="sample")
    assert _mail(sample).subject.startswith("SAMPLE: ")
    for part in _read(_mail(sample)):
        assert "SAMPLE" in part
        assert "invented" in part
    assert "SAMPLE" not in _mail(document(item(1, "lead"))).html
    settings.SAMPLE = True
    assert _mail(document(item(1, "lead"))).subject.startswith("SAMPLE: ")


@pytest.mark.parametrize(
    ("edition", "path"), [("daily", "/2031/05/06/"), ("weekly", "/weekly/2031/05/06/"), ("sample", "/2031/05/06/")]
)
def test_the_page_on_the_web_is_the_edition_s_own(settings: Settings, edition: str, path: str) -> None:
    settings.SITE_URL = "https://desk.example"
    linked, written = _links(_mail(document(item(1, "lead"), edition=edition)))
    assert f"https://desk.example{path}" in linked & written


def test_a_quoted_disagreement_names_whose_account_it_is() -> None:
    story = item(1, "lead", "They raised money.")
    story["sentences"] += [sentence("They raised 1.", 1, role="conflict"), sentence("Big deal.", 1, kind="analysis")]
    for part in _read(_mail(document(story))):
        assert re.search(r"Accounts differ:? (- )?Outlet 1: They raised 1\. \[1\]", part)


def _long_day(stories: int, letter: str) -> dict[str, Any]:
    told = [f"{letter * 9} {n} {letter * 60}." for n in range(5)]
    items = [item(1, "lead", *told), *(item(n, "big", *told) for n in range(2, 10))]
    items += [
        item(n, headline=f"{letter * 80} number {n}", source={"title": letter * 90, "url": f"https://o.example/{n}/x"})
        for n in range(10, stories + 1)
    ]
    thesis = {"kind": "analysis", "text": "A thesis.", "counter": "None."}
    return document(*items, pattern=[{**thesis, "stories": ["story1", "story2", f"story{stories}"]}])


@pytest.mark.parametrize("letter", ["a", "é", "Ж", "語", "&"])
def test_a_digest_of_sixty_stories_is_cut_to_a_mail_that_says_so(letter: str) -> None:
    content = _mail(_long_day(60, letter))
    url = "https://desk.example/newsletter/unsubscribe/" + "t" * 100
    recipient = Recipient("reader@example.org", "<1@desk.example>", datetime(2031, 5, 6, tzinfo=UTC), url, url)
    sent = fill(build_skeleton(content, sender="desk@desk.example", headers={}), recipient)
    html_part = sent.partition(b"Content-Type: text/html")[2]
    assert len(html_part) <= MAX_HTML_BYTES
    more = re.search(r"(\d+) more stories on the page", content.html)
    if letter == "a":  # plain words fit
        assert more is None
        assert "number 60" in content.text
        return
    assert more is not None
    last = 60 - int(more[1])
    assert last >= 20
    assert len(html_part) > 0.9 * MAX_HTML_BYTES
    assert f"{more[1]} more stories on the page:\nhttp://127.0.0.1:8000/2031/05/06/\n" in content.text
    for part in _read(content):
        assert f"number {last} " in part
        assert f"number {last + 1}" not in part
        assert "A thesis." in part
    assert f"https://o.example/{last}/x" in content.text
    assert f"https://o.example/{last + 1}/x" not in content.text + content.html


def test_the_foot_says_why_and_where_to_leave(settings: Settings) -> None:
    settings.POSTAL_ADDRESS = "Newsdesk, 1 <High> Street"
    content = _mail(document(item(1, "lead")))
    for part in _read(content):
        assert "because you subscribed to it with this address and confirmed it" in part
        assert "Newsdesk, 1 <High> Street" in part
    for mark in (PREFERENCES_MARK, UNSUBSCRIBE_MARK):
        assert f'href="{mark}"' in content.html
        assert f"\n{mark}\n" in content.text


def test_nothing_is_loaded_and_nothing_runs(whole: dict[str, Any]) -> None:
    html = _mail(whole).html
    assert not re.search(r"<(?:img|script|link|iframe|object|form|video|audio)\b|url\(|@import|@font-face", html)
    assert "prefers-color-scheme: dark" in html.replace("(prefers-color-scheme:dark", "(prefers-color-scheme: dark")
    assert '<meta name="color-scheme" content="light dark">' in html
    assert re.search(r'<h1 style="[^"]*font-size', html)


def test_lines_of_the_text_are_narrow(whole: dict[str, Any]) -> None:
    wide = [line for line in _mail(whole).text.splitlines() if len(line) > 72 and " " in line.strip()]
    assert wide == []


def test_the_message_reads_back_as_it_was_rendered(whole: dict[str, Any]) -> None:
    content = _mail(whole)
    links = "https://desk.example/u/1", "https://desk.example/p/1"
    recipient = Recipient("reader@example.org", "<1@desk.example>", datetime(2031, 5, 6, tzinfo=UTC), *links)
    sent = fill(build_skeleton(content, sender="desk@desk.example", headers={}), recipient)
    parts = list(email.message_from_bytes(sent, policy=email.policy.default).iter_parts())  # type: ignore[attr-defined]
    for part, body in zip(parts, (content.text, content.html), strict=True):
        filled = body.replace(UNSUBSCRIBE_MARK, links[0]).replace(PREFERENCES_MARK, links[1])
        assert part.get_content().replace("\r\n", "\n") == filled
