"""An invented day as an editor would print it: what ranking and placing make of it, and the measures themselves."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from newsdesk.digests.choosing.candidate import Candidate
from newsdesk.digests.choosing.placing import Placing, place
from newsdesk.digests.evaluation.ranking import BadRankingFile, Day, Told, figures, read_days
from newsdesk.digests.models import Digest, DigestItem, Edition
from newsdesk.stories.models import Story
from newsdesk.stories.ranking.score import score_story
from newsdesk.stories.read import StoryView
from tests.digests.invented import MORNING, entry, story
from tests.stories.rows import NOON

AFTER = MORNING - timedelta(hours=1)
BODY = "The company said so on Tuesday. The plan covers every office in the north. It did not say what that costs. " * 3
# Titles by what an editor would do with them: (theme, number of outlets, first publisher, site, title).
TOP = [
    ("people", 3, "Reuters", "", "OpenAI lays off a tenth of its staff to pay for data centres"),
    ("policy", 3, "Politico", "", "White House bans exports of Nvidia chips to six countries"),
    ("compute", 1, "Bloomberg", "", "Sources: Microsoft pulls out of a $40 billion data center lease with CoreWeave"),
    ("lawsuits", 2, "Outlet 4", "", "Judge rules that Anthropic must pay authors $3 billion"),
    ("open-models", 3, "Outlet 5", "", "Mistral releases open weights of Mistral Large 4"),
    ("launches", 4, "Outlet 6", "", "Google launches Gemini 5 with a memory of its own"),
    ("security", 2, "Outlet 7", "", "Attackers breach Hugging Face and steal access tokens"),
    ("people", 1, "The Information", "", "Memo: Apple's head of AI steps down"),
]
GOOD = [
    ("launches", 2, "Outlet 9", "", "Perplexity brings its browser to phones"),
    ("funding", 2, "Outlet 10", "", "Harbour robot maker Kelp raises $120 million"),
]
REST = [
    ("society", 1, "reddit", "reddit.com", "Claude is down for me again, anyone else with this problem?"),
    ("research", 1, "arXiv", "arxiv.org", "Sparse attention for long documents with OpenAI models"),
    ("launches", 1, "GitHub", "github.com", "kelp/claude-harbour-agent"),
    ("society", 1, "Outlet 14", "", "Why I think ChatGPT will change how we fish"),
    ("launches", 2, "Outlet 15", "", "Save $300 on laptops for Microsoft Copilot"),
    ("society", 1, "dev.to", "dev.to", "How to build an agent with Gemini in ten minutes"),
    ("funding", 1, "Outlet 17", "", "Should you buy Nvidia stock before its results?"),
    ("launches", 1, "Outlet 18", "", "Sponsored: OpenAI for your bakery by Brine Consulting"),
    ("society", 1, "Outlet 19", "", "Opinion: what Anthropic teaches us about the sea"),
    ("research", 1, "Outlet 20", "", "Researchers explain how transformers read maps"),
]


def view(number: int, theme: str, outlets: int, publisher: str, site: str, title: str) -> StoryView:
    host = site or f"outlet{number}.example"
    first = entry(
        100 * number, title, BODY, publisher=publisher, url=f"https://{host}/{number}", owner=f"first-{number}"
    )
    others = [entry(100 * number + n, f"{title}, {n} say", BODY) for n in range(1, outlets)]
    return story(number, first, *others, theme=theme, relevance=0.97)


STORIES = [view(n, *line) for n, line in enumerate([*REST, *GOOD, *reversed(TOP)], start=1)]
DAY = Day(
    "2031-05-06",
    tuple(frozenset(e.public_id for e in one.entries) for one in reversed(STORIES[-len(TOP) :])),
    tuple(frozenset(e.public_id for e in one.entries) for one in STORIES[len(REST) : len(REST) + len(GOOD)]),
    frozenset(e.public_id for one in STORIES[: len(REST)] for e in one.entries),
    ("",) * len(TOP),
)


def chosen() -> Placing:
    ranked = sorted((score_story(one, after=AFTER) for one in STORIES), key=lambda one: -one.score)
    return place([Candidate(one.story, one.score, one.reasons) for one in ranked], after=AFTER)


def test_the_invented_day_is_printed_much_as_an_editor_would() -> None:
    items = [
        Told(section != "short", tuple(e.public_id for e in c.story.entries), ()) for section, c in chosen().in_order()
    ]
    found = figures([(DAY, items)])
    assert found["lead_in_first_three"] == 1
    # Floors: lowering one is an explicit act with a reason.
    assert found["told_in_first_eight"] >= 6
    assert found["missing"] == found["told_twice"] == found["large_outside"] == found["not_big_large"] == 0
    # Eight of ten ranks are told that day: .94 at most.
    assert found["ndcg_at_10"] >= 0.75


def test_relevance_multiplies() -> None:
    sure, doubtful = (score_story(story(1, *STORIES[-1].entries, relevance=r), after=AFTER) for r in (1.0, 0.5))
    weak_sure, weak_doubtful = (
        score_story(story(2, *STORIES[1].entries, relevance=r), after=AFTER) for r in (1.0, 0.5)
    )
    assert sure.score - doubtful.score > weak_sure.score - weak_doubtful.score
    assert doubtful.score == pytest.approx(sum(one.points for one in doubtful.reasons), abs=0.01)


def test_a_scoop_of_a_first_rank_newsroom_weighs_about_three_outlets() -> None:
    title = "Sources: Kelp is in talks to merge with Brine"
    scoop = score_story(story(1, entry(1, title, BODY, publisher="Bloomberg")), after=AFTER)
    line = score_story(story(1, entry(1, title, BODY)), after=AFTER)
    three = score_story(story(1, *(entry(n, title, BODY) for n in (1, 2, 3))), after=AFTER)
    assert line.score < scoop.score and abs(scoop.score - three.score) < 0.35 * (three.score - line.score)


def test_an_aggregators_mark_is_worth_nothing() -> None:
    report = entry(1, "Kelp maps a harbour for Brine", BODY)
    listed = entry(2, report.title, "", publisher="Techmeme", url="https://techmeme.com/1", standing=0.7)
    alone = score_story(story(1, report, origins=1), after=AFTER)
    both = score_story(story(1, report, listed, origins=1), after=AFTER)
    names = {reason.name: reason.points for reason in both.reasons}
    assert names["standing"] == {reason.name: reason.points for reason in alone.reasons}["standing"]
    assert "first_rank" not in names


TEN = tuple(frozenset({f"t{n}"}) for n in range(1, 11))
MEASURED = Day("2031-05-06", TEN, (frozenset({"g"}),), frozenset({"bad"}), ("",) * 10)


def item(*records: str, is_large: bool = False, cited: tuple[str, ...] = ()) -> Told:
    return Told(is_large, records, cited)


def test_the_day_in_the_editors_order_is_perfect() -> None:
    found = figures([(MEASURED, [item(f"t{n}", is_large=n < 8) for n in range(1, 11)])])
    assert found["ndcg_at_10"] == pytest.approx(1.0)
    assert (found["lead_in_first_three"], found["told_in_first_eight"], found["missing"]) == (1, 8, 0)


def test_each_fault_is_counted() -> None:
    items = [item("x", is_large=True), item("bad", is_large=True), item("t1"), item("t1", "x"), item("g")]
    found = figures([(MEASURED, items)])
    assert (found["lead_in_first_three"], found["told_in_first_eight"], found["missing"]) == (0, 1, 9)
    assert (found["told_twice"], found["large_outside"], found["not_big_large"]) == (1, 2, 1)
    assert 0 < found["ndcg_at_10"] < 0.3


def test_an_item_tells_what_it_cites_not_what_it_merely_holds() -> None:
    found = figures([(MEASURED, [item("t1", "t1b", "x", cited=("x",)), item("t2", "t3", cited=("t3",))])])
    assert found["missing"] == 9, "the first cites nothing of its event, the second tells the third"
    later = Day("2031-05-07", (frozenset({"n1"}),), (), frozenset(), ("2031-05-06/1",))
    both = figures([(MEASURED, []), (later, [item("n1", "t1", cited=("t1",))])])
    assert both["missing"] == 10, "a record of the event that it continues counts as cited"


def ranking_file(folder: Path, *lines: object) -> Path:
    path = folder / "top.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


LINE = {"date": "2031-05-06", "top": [{"rank": 1, "ids": ["a"]}], "good": [], "not_big": [{"id": "b"}]}


@pytest.mark.parametrize("lines", [[], ["{"], ["[]"], [{"date": "2031-05-06"}]])
def test_a_file_of_another_form_is_refused(tmp_path: Path, lines: list[object]) -> None:
    with pytest.raises(BadRankingFile):
        read_days(ranking_file(tmp_path, *lines))
    with pytest.raises(BadRankingFile, match="cannot be read"):
        read_days(tmp_path / "none.jsonl")


@pytest.mark.django_db
def test_the_command_measures_the_digests_that_were_built(tmp_path: Path) -> None:
    path = ranking_file(tmp_path, LINE, {**LINE, "date": "2031-05-07"})
    with pytest.raises(CommandError, match="no digest of any of its 2 dates"):
        call_command("evaluate", "ranking", str(path))
    digest = Digest.objects.create(
        edition=Edition.objects.get(slug="daily"), date=date(2031, 5, 6), number=1, window_from=AFTER, window_to=NOON,
        title="A", built_at=NOON,
    )  # fmt: skip
    told = Story.objects.create(public_id="s1", headline="A", first_seen_at=NOON, last_seen_at=NOON)
    DigestItem.objects.create(
        digest=digest, story=told, position=1, section="lead", headline="A", theme="launches",
        sources=[{"entry": "a"}], sentences=[{"receipts": [{"entry": "a"}]}],
    )  # fmt: skip
    out = StringIO()
    call_command("evaluate", "ranking", str(path), json=True, stdout=out)
    found = json.loads(out.getvalue())
    assert (found["days"], found["absent"], found["lead_in_first_three"], found["missing"]) == (1, 1, 1, 0)
