"""Who found a story out: what its reports prove together, and the words for it."""

from __future__ import annotations

import pytest

from newsdesk.stories.origins.found import Origins, find_origins
from newsdesk.stories.origins.publishers import count_publishers
from newsdesk.stories.origins.states import State
from newsdesk.stories.read import EntryView
from tests.stories.reports import report

SCOOP = "Kelp will buy Brine, according to The Information."
LAWSUIT = "Kelp knew of it, the lawsuit says."
BLOG = "“It is cheaper,” Kelp wrote in a blog post."


def told(publisher: str, text: str = "", title: str = "Kelp buys Brine", **fields: str) -> EntryView:
    return report(publisher, title, text, **fields)


def blog(publisher: str, name: str = "") -> EntryView:
    return told(publisher, "Today we join forces.", name or f"{publisher} joins forces", kind="primary")


def techmeme(title: str) -> EntryView:
    return told("Techmeme", title=title, url="https://www.techmeme.com/1")


def found(*entries: EntryView) -> Origins:
    return find_origins(entries)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (
            [blog("Kelp"), blog("Brine"), told("One", BLOG), told("Two")],
            "Announced by Kelp and Brine. 4 articles; none shows reporting of its own.",
        ),
        ([blog("Kelp")], "Announced by Kelp; nobody else reports it yet."),
        (
            [blog("Kelp"), told("One", "Kelp says so. Founder Ada Berg told One that it is cheap.")],
            "Announced by Kelp. One adds reporting of its own.",
        ),
        ([blog("Kelp"), told("One", "I’ve been testing it for a week.")], "Announced by Kelp. One adds a test."),
        ([blog("Kelp"), told("One", "Experts warn of it.")], "Announced by Kelp. One adds interviews."),
        ([blog("Kelp"), told("One", "I think it is a bad idea.")], "Announced by Kelp. One adds a view."),
        (
            [
                techmeme("Sources: Kelp buys Brine (Mona Dahl/Reuters)"),
                told("One", "Kelp buys Brine, Reuters reported."),
            ],
            "Reported by Reuters; 2 others rest on it.",
        ),
        (
            [told("The Information"), told("One", SCOOP), told("Two", SCOOP), told("Three", SCOOP)],
            "Reported by The Information; 3 others rest on it.",
        ),
        (
            [
                told("One", "Kelp has confirmed the deal to One. The Information was the first to report."),
                told("Two", SCOOP),
            ],
            "First reported by The Information; confirmed to One.",
        ),
        (
            [
                told("One", "Two people familiar with the plans say so."),
                told("Two", "Ada Berg told Two that it is so."),
                told("Three", "In an interview, Ada Berg said so."),
            ],
            "Found out independently by at least 3: One, Two and Three.",
        ),
        (
            [told("One", "Kelp knew, the lawsuit says."), told("Two", "A complaint filed in a federal court says so.")],
            "From a court filing; 2 outlets report it.",
        ),
        (
            [told("One", title="Kelp is reportedly buying Brine"), told("Two", "Kelp is reportedly buying Brine.")],
            "Rests on reports that are not named (2 articles).",
        ),
        (
            [told("One"), told("Two")],
            "Who found this out cannot be told from what we could read (2 headlines only).",
        ),
        (
            [told("One", "The harbour is old.")],
            "Who found this out cannot be told from what we could read (1 article).",
        ),
        (
            [told("One", "Ada Berg told One so."), told("Two")],
            "Found out by One; 1 other article does not say where from.",
        ),
        ([told("One", "“It is so,” said Kelp Labs founder Ada Berg.")], "Rests on what Kelp Labs said; 1 article."),
        (
            [
                techmeme("Sources: the White House plans AI rules (Axios)"),
                told("One", "OpenAI announced it on Friday."),
            ],
            "Reported by Axios; announced by OpenAI.",
        ),
        ([], ""),
    ],
)
def test_the_words_for_readers(entries: list[EntryView], words: str) -> None:
    assert found(*entries).words == words


@pytest.mark.parametrize(
    ("entries", "at_least", "at_most"),
    [
        # All of a story's parties are one origin, and rewrites of an announcement none of their own.
        ([blog("Kelp"), blog("Brine"), told("One", BLOG)], 1, 1),
        ([blog("Kelp"), told("One"), told("Two")], 1, 3),
        # An outlet credited for what everybody was told may have it from there too.
        ([blog("Kelp"), techmeme("Kelp joins Brine (Mona Dahl/Bloomberg)")], 1, 2),
        # A scoop before the announcement is another finding, and so is a test after it.
        ([techmeme("Sources: Kelp buys Brine (Mona Dahl/Bloomberg)"), told("One", BLOG)], 2, 2),
        ([blog("Kelp"), told("One", "I’ve been testing it for a week.")], 2, 2),
        # Interviews on an announcement are no second origin.
        ([blog("Kelp"), told("One", "Ada Berg told One that it is cheap.")], 1, 2),
        ([told("One", "Ada Berg told One that it is cheap."), told("Two", "Ada Berg told Two so.")], 2, 2),
        # First with what lies in a court's files is no finding.
        (
            [
                told("One", "Kelp was sued, as first reported by Reuters. The lawsuit says why."),
                told("Two", "In the suit, Kelp says so."),
            ],
            1,
            2,
        ),
        # One owner, and a chain.
        ([told("One", "Ada Berg told One so.", owner="x"), told("Two", "Ada Berg told Two so.", owner="x")], 1, 1),
        ([told("CNBC", "Kelp buys Brine, Axios reported."), told("Paper", "Kelp buys Brine, CNBC reported.")], 1, 1),
        # An aggregator is never an origin, nor is one that is cited.
        ([techmeme("Kelp buys Brine"), told("Slashdot", url="https://slashdot.org/1")], 1, 1),
        ([told("One", "Kelp buys Brine, Slashdot reported."), told("Two")], 1, 1),
        ([told("One", "A photo: AFP via Getty Images. Kelp says so.")], 1, 1),
        ([], 0, 0),
    ],
)
def test_how_many_origins_the_texts_prove_and_allow(entries: list[EntryView], at_least: int, at_most: int) -> None:
    origins = found(*entries)
    assert (origins.at_least, origins.at_most) == (at_least, at_most)


def test_a_story_tells_of_its_reports_what_they_do_not() -> None:
    wired = told("WIRED", title="Gamers dislike the new harbour of robots", owner="Condé Nast")
    slash = told("Slashdot", title="Gamers Dislike The New Harbour Of Robots", url="https://slashdot.org/1")
    paper = told("Paper", title="Gamers Dislike The New Harbour Of Robots")
    states = [(one.state, one.rests_on) for one in found(wired, slash, paper).by]
    assert states == [(State.UNKNOWN, ()), (State.RELAY, ("WIRED",)), (State.UNKNOWN, ())]
    # A report that is not named is the only one that is known, not one of two.
    unnamed = told("One", title="Kelp is reportedly buying Brine")
    assert found(unnamed, told("Two", SCOOP)).by[0].rests_on == ("The Information",)
    both = found(unnamed, told("Two", SCOOP), told("Three", "Kelp buys Brine, Reuters reported."))
    assert both.by[0].rests_on == ()


def test_copies_rest_on_their_original_and_round_ups_are_left_out() -> None:
    original = told("One", public_id="1")
    copy = told("Two", public_id="2", role="copy", duplicate_of="1")
    origins = found(original, copy, told("Three", SCOOP, role="round_up"))
    assert [(one.entry, one.state, one.rests_on) for one in origins.by] == [
        ("1", State.UNKNOWN, ()),
        ("2", State.RELAY, ("One",)),
    ]
    assert origins.at_most == 1


def test_who_was_first() -> None:
    assert found(told("One", "Kelp buys Brine, as first reported by Axios.")).first == "Axios"
    assert found(blog("Kelp"), told("One")).first == "Kelp"
    assert found(told("One", SCOOP), told("Two", SCOOP)).first == "The Information"
    assert found(told("One"), told("Two")).first == ""


def test_each_state_has_a_receipt_that_stands_in_the_text() -> None:
    entries = [
        blog("Kelp"),
        told("One", SCOOP),
        told("Two", "“It is so,” Ada Berg told\nTwo on Monday. More."),
        told("Three"),
    ]
    for entry, evidence in zip(entries, found(*entries).by, strict=True):
        if evidence.state == State.UNKNOWN:
            assert evidence.receipt is None
            continue
        receipt = evidence.receipt
        assert receipt is not None and entry.text[receipt.start : receipt.end] == receipt.quote
        assert (receipt.entry, receipt.url, receipt.text_sha256) == (entry.public_id, entry.url, entry.text_sha256)
    assert found(*entries).by[2].receipt.quote == "“It is so,” Ada Berg told\nTwo on Monday."  # type: ignore[union-attr]


def test_as_json_and_in_words_for_each_report() -> None:
    origins = found(blog("Kelp"), told("One", SCOOP), told("Two"))
    data = origins.as_json()
    assert list(data) == ["at_least", "at_most", "first", "words", "by"]
    assert [list(one) for one in data["by"]] == [["entry", "state", "rests_on", "receipt"]] * 3
    assert [one.words for one in origins.by] == [
        "announcement",
        "rests on The Information",
        "does not say where from",
    ]


def test_publishers_are_another_quantity() -> None:
    entries = [blog("Kelp"), told("One", BLOG), told("Two", BLOG), told("Three")]
    assert (count_publishers(entries), found(*entries).at_least) == (4, 1)
