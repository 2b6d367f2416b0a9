from __future__ import annotations

from datetime import timedelta

import pytest

from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.digests.choosing.placing import Placing, place
from newsdesk.stories.ranking.novelty import Kind, Novelty
from newsdesk.stories.read import StoryView
from tests.digests.invented import MORNING, candidate, entry, story

AFTER = MORNING - timedelta(hours=1)
BODY = (
    "The company said on Tuesday that the plan takes effect at once and covers every office that it runs in the north. "
    "It did not say what it costs. "
) * 4
# Told apart by their words, so that none passes for a repetition of another.
SUBJECTS = (
    "Quarry opens ferry timetable model to harbours",
    "Moss halts subtitle translation after Riga ruling",
    "Anglerfish buys chip designer Kelp outright",
    "Lantern breach exposes lighthouse keepers' passwords",
    "Tern hires ninety linguists for Faroese voices",
    "Parliament adopts drone licensing rules unanimously",
    "Granite publishes avalanche benchmark with skiers",
    "Beacon cancels orchard robot before harvest",
    "Osprey signs tram depot integration contract",
    "Juniper reactor powers glacier data hall",
    "Saffron cookbook assistant reaches Portuguese kitchens",
    "Walrus donates museum archive digitisation code",
)


def told(number: int, outlets: int = 2, body: str = BODY, **changes: object) -> StoryView:
    title = SUBJECTS[number]
    entries = [entry(100 * number + n, title, body) for n in range(1, outlets + 1)]
    return story(number, *entries, **{"theme": f"theme{number}", **changes})


def placed(*stories: StoryView) -> Placing:
    return place([candidate(s, 100.0 - n) for n, s in enumerate(stories)], after=AFTER)


def ids(candidates: tuple[Candidate, ...]) -> list[int]:
    return [c.story.id for c in candidates]


def test_the_lead_is_the_best_story_with_real_text_however_many_tell_it() -> None:
    placing = placed(told(0, body=""), told(1, outlets=1), told(2))
    assert placing.lead is not None and placing.lead.story.id == 1


def test_a_day_of_single_reports_still_has_a_lead() -> None:
    placing = placed(told(0, outlets=1, body=""), told(1, outlets=1))
    assert placing.lead is not None and placing.lead.story.id == 1


def test_an_empty_day_has_nothing() -> None:
    assert placed() == Placing(None, (), (), 0)


def test_no_more_than_two_of_a_theme_above() -> None:
    crowd = [told(n, theme="compute") for n in range(5)]
    others = [told(n, theme=f"theme{n}") for n in range(5, 9)]
    placing = placed(*crowd, *others)
    above = [c.story.theme for c in (placing.lead, *placing.big) if c]
    assert above.count("compute") == 2
    assert ids(placing.big) == [1, 5, 6, 7, 8]


def test_more_of_a_theme_where_the_day_offers_nothing_else() -> None:
    placing = placed(*[told(n, theme="compute") for n in range(6)])
    assert len(placing.big) == 3


def test_irrelevant_and_unclassified_stories_stay_out() -> None:
    placing = placed(told(0), told(1, is_relevant=False), told(2, is_relevant=None), told(3, theme=""))
    assert [c.story.id for _, c in placing.in_order()] == [0]


def test_pinned_stories_stand_above_the_others_relevant_or_not() -> None:
    pinned = [told(4, 1, is_pinned=True, is_relevant=False), told(5, 1, is_pinned=True, theme="theme0")]
    found = placed(*pinned, *(told(n, 3, theme="theme0") for n in range(3)))
    assert found.lead is not None
    assert found.lead.story.id == 4
    assert [c.story.id for c in found.big][:2] == [5, 0]
    without_theme = placed(told(4, 1, is_pinned=True, theme=""), told(0))
    assert [c.story.id for _, c in without_theme.in_order()] == [0]


def test_a_story_no_source_tells_in_english_is_counted_not_shown() -> None:
    foreign = story(50, entry(5000, "采石场发布渡轮时刻表模型", "采石场今天发布了一个模型。", language="zh"))
    placing = placed(told(0), foreign)
    assert placing.untold == 1
    assert [c.story.id for _, c in placing.in_order()] == [0]


def test_old_news_is_no_lead() -> None:
    old = told(0)
    old = story(0, *[entry(n, SUBJECTS[0], BODY, published_at=AFTER - timedelta(days=5)) for n in (1, 2)])
    placing = placed(old, told(1))
    assert placing.lead is not None and placing.lead.story.id == 1
    assert ids(placing.short) == [0]


def test_in_short_is_grouped_by_theme_and_limited() -> None:
    many = [told(n, outlets=1, theme=("launches", "policy")[n % 2]) for n in range(12)]
    placing = placed(*many)
    themes = [c.story.theme for c in placing.short]
    assert themes == sorted(themes, key=themes.index)
    assert len(placing.short) == 12 - 1 - len(placing.big)


def test_in_short_the_theme_of_the_best_story_left_comes_first_though_it_fills_those_above() -> None:
    crowd = [told(n, theme="compute") for n in range(4)]
    placing = placed(*crowd, *(told(n, outlets=1) for n in range(4, 12)))
    assert placing.short[0].story.id == 2 and placing.short[0].story.theme == "compute"


def test_the_same_news_is_not_told_twice() -> None:
    again = story(60, entry(6001, f"Report: {SUBJECTS[0]}", BODY), theme="policy")
    placing = placed(told(0), again, *[told(n) for n in range(1, 6)])
    assert 60 not in [c.story.id for _, c in placing.in_order()]


def test_two_single_reports_of_one_launch_are_told_once() -> None:
    first = "Kelp launches Sentry, a console for booking agents. Banks in Oslo test Sentry with 40 agents of their own."
    second = "Sentry, the console that Kelp sells to banks, lets one agent watch another. Kelp asks $9 for each agent."
    twins = [
        story(61, entry(6101, "Kelp launches Sentry, a console for booking agents", first), theme="launches"),
        story(62, entry(6201, "Kelp sells banks Sentry, a console to watch agents", second), theme="people"),
    ]
    placing = placed(*[told(n) for n in range(7)], *twins)
    assert [number for number in ids(placing.short) if number in (61, 62)] == [61]


def test_a_page_with_an_old_date_is_no_news_under_a_new_one() -> None:
    changes = {"published_at": MORNING, "first_public_at": MORNING - timedelta(days=700)}
    old = story(63, entry(6301, SUBJECTS[7], BODY, **changes))
    placing = placed(told(0), old, told(1))
    assert 63 not in [c.story.id for _, c in placing.in_order()]


@pytest.mark.parametrize(
    ("title", "is_told"),
    [
        ("Revolutionary ferry platform ranked number one by experts", False),
        ("Ferry platform of Kelp cuts the fuel of 40 ships, ranked number one", True),
    ],
)
def test_self_praise_without_a_fact_is_left_out(title: str, is_told: bool) -> None:
    placing = placed(*[told(n) for n in range(7)], story(64, entry(6401, title, "", kind="primary")))
    assert (64 in ids(placing.short)) is is_told


def test_teasers_only_fill_a_thin_day() -> None:
    teaser = story(70, entry(7001, "Why you should care about saffron kitchens and olives", BODY), theme="society")
    thin = placed(told(0), *[told(n) for n in range(1, 7)], teaser)
    assert 70 in ids(thin.short) or 70 in ids(thin.big)


@pytest.mark.parametrize(("newcomers", "returns"), [(0, False), (2, False), (3, True)])
def test_yesterday_s_story_returns_only_with_three_further_owners(newcomers: int, returns: bool) -> None:
    since = MORNING
    early = [entry(n, SUBJECTS[0], BODY, seen_at=since - timedelta(hours=n)) for n in (2, 1)]
    late = [entry(10 + n, SUBJECTS[0], BODY, seen_at=since + timedelta(hours=n + 1)) for n in range(newcomers)]
    late.append(entry(30, SUBJECTS[0], BODY, owner="outlet-1", seen_at=since + timedelta(hours=9)))
    placing = place([candidate(story(0, *early, *late), 9.0, told_until=since)], after=since)
    assert (placing.lead is not None) is returns
    if placing.lead:
        assert {e.id for e in placing.lead.story.entries} == {e.id for e in late}, "only what is new is told"
        assert placing.lead.story.origins == newcomers


def before(number: int, section: str = "big") -> EarlierItem:
    return EarlierItem(MORNING.date(), MORNING, section, f"story{number}", SUBJECTS[number])


def again(newcomers: int, section: str, *, is_pinned: bool = False, kind: Kind = Kind.REPEATS) -> Candidate:
    """A story that an earlier digest told in a section, with so many further owners since."""
    early = entry(1, SUBJECTS[0], BODY, seen_at=MORNING - timedelta(hours=1))
    late = [entry(10 + n, SUBJECTS[0], BODY, seen_at=MORNING + timedelta(hours=n + 1)) for n in range(newcomers)]
    view = story(0, early, *late, is_pinned=is_pinned)
    return Candidate(view, 9.0, (), told=before(0, section), novelty=Novelty(kind, 0.1, 0))


@pytest.mark.parametrize(
    ("candidate", "returns"),
    [
        (again(9, "big"), False),
        (again(3, "big", kind=Kind.DEVELOPED), True),
        (again(1, "short"), False),
        (again(2, "short"), True),
        (again(5, "short"), True),
        (again(1, "big", is_pinned=True), True),
        (again(0, "big", is_pinned=True), False),
    ],
)
def test_without_a_development_only_a_story_that_grew_or_is_pinned_returns(candidate: Candidate, returns: bool) -> None:
    placing = place([candidate], after=MORNING)
    assert (placing.lead is not None) is returns
    assert [one.reason for one in placing.held_back] == ([] if returns else ["told"])


@pytest.mark.parametrize(
    ("is_pinned", "told_in", "returns"), [(False, "big", False), (True, "big", True), (False, "", True)]
)
def test_a_new_story_that_repeats_a_told_one_stays_out(is_pinned: bool, told_in: str, returns: bool) -> None:
    view = told(1, is_pinned=is_pinned)
    repeated = before(0, told_in) if told_in else None
    repeats = Candidate(view, 9.0, (), novelty=Novelty(Kind.REPEATS, 0.1, 0), repeated=repeated)
    placing = place([repeats, candidate(told(2), 1.0)], after=AFTER)
    assert (1 in [c.story.id for _, c in placing.in_order()]) is returns
    if not returns:
        (held,) = placing.held_back
        assert (held.story, held.rank, held.reason, held.other) == ("story1", 1, "repeats", "story0")
        assert held.words == f"Repeats “{SUBJECTS[0]}” of 6 May"


def test_what_is_held_back_is_listed_best_first_with_its_reason() -> None:
    twin = story(60, entry(6001, f"Report: {SUBJECTS[0]}", BODY), theme="policy")
    old = story(63, entry(6301, SUBJECTS[7], BODY, first_public_at=MORNING - timedelta(days=700)))
    placing = placed(told(0), twin, old, *(told(n, theme="compute") for n in range(1, 6)), told(8), told(9))
    assert [(one.story, one.reason) for one in placing.held_back][:2] == [("story60", "same"), ("story63", "old_news")]


def test_the_lead_is_not_much_weaker_than_the_best_for_its_length() -> None:
    long = " ".join(
        f"The company said on Tuesday that plan number {n} covers every office in the north." for n in range(9)
    )
    best, deep = told(0, body=BODY.partition(". ")[0] + ", and every ship."), told(1, body=long)
    near = place([candidate(best, 9.0), candidate(deep, 8.0)], after=AFTER)
    far = place([candidate(best, 9.0), candidate(deep, 7.0)], after=AFTER)
    assert [p.lead.story.id for p in (near, far) if p.lead] == [1, 0]


def test_a_weak_story_is_not_big_because_two_tell_it() -> None:
    weak = [candidate(told(n), 3.0 - n) for n in (1, 2)]
    strong = [candidate(told(n, outlets=1), 6.0 - n / 10) for n in (3, 4, 5)]
    placing = place([candidate(told(0), 9.0), *strong, *weak], after=AFTER)
    assert ids(placing.big) == [3, 4, 5]


def post(number: int, title: str, site: str = "reddit.com", **changes: object) -> StoryView:
    """A story that one post on a site tells."""
    one = entry(9000 + number, title, BODY, url=f"https://{site}/r/kelp/{number}")
    return story(number, one, **{"theme": f"theme{number % 7}", **changes})


@pytest.mark.parametrize("site", ["reddit.com", "news.ycombinator.com", "github.com", "x.com", "arxiv.org", "dev.to"])
def test_what_anybody_may_post_neither_leads_nor_is_big(site: str) -> None:
    placing = placed(post(80, SUBJECTS[0], site), told(1, 1), told(2, 1))
    assert placing.lead is not None and placing.lead.story.id == 1
    assert 80 not in ids(placing.big) and 80 in ids(placing.short)


def test_a_day_of_posts_alone_has_no_lead_and_five_in_short() -> None:
    placing = placed(*(post(80 + n, title) for n, title in enumerate(SUBJECTS[:8])))
    assert placing.lead is None and placing.big == () and len(placing.short) == 5
    assert [one.reason for one in placing.held_back] == ["posts_cap"] * 3


def test_a_post_beside_a_newsroom_s_report_may_be_large() -> None:
    both = story(80, entry(1, SUBJECTS[0], BODY, url="https://reddit.com/1"), entry(2, SUBJECTS[0], BODY))
    placing = placed(both)
    assert placing.lead is not None and placing.lead.story.id == 80


def test_no_story_leads_that_is_less_surely_ai_news_while_there_is_another() -> None:
    doubtful, sure = told(0, relevance=0.8), told(1, relevance=0.95)
    placing = placed(doubtful, sure)
    assert placing.lead is not None and placing.lead.story.id == 1
    assert ids(placing.big) == [0]
    alone = placed(doubtful)
    assert alone.lead is not None and alone.lead.story.id == 0


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("Sponsored: Quarry maps every ferry timetable for less", "advert"),
        ("Hiring: Senior engineer at Quarry Labs in Oslo", "job"),
        ("Dahl Law Firm Reminds Quarry Investors of Class Action Deadline", "investor_notice"),
        ("Ferry AI Market to Reach $9 Billion by 2033, Says Report", "market_report"),
        ("Save $200 on the Quarry laptop with an AI chip", "deal"),
    ],
)
def test_posts_without_news_stay_out_and_are_listed(title: str, reason: str) -> None:
    several = story(70, entry(7001, title, BODY), entry(7002, title, BODY))
    placing = placed(several, told(1), told(2))
    assert 70 not in [c.story.id for _, c in placing.in_order()]
    assert [(one.story, one.reason) for one in placing.held_back] == [("story70", reason)]
    pinned = placed(story(70, *several.entries, is_pinned=True), told(1))
    assert pinned.lead is not None and pinned.lead.story.id == 70


def test_instructions_stand_in_short_at_most() -> None:
    placing = placed(story(70, entry(7001, "How to map a ferry timetable step by step", BODY)), told(1))
    assert placing.lead is not None and placing.lead.story.id == 1
    assert ids(placing.short) == [70]


@pytest.mark.parametrize(
    "title",
    [
        "Attackers read your charts through a flaw in Sextant",
        "Your charts of Sextant were stolen in Tromso",
        "Sextant's founder on the theft of charts: “I was wrong, what should we do?”",
    ],
)
def test_no_quotation_and_no_your_makes_a_title_a_teaser(title: str) -> None:
    crowd = [told(n) for n in range(1, 12)]
    flaw = story(70, entry(7001, title, BODY), entry(7002, title, BODY), theme="security")
    placing = placed(*crowd, *(post(80 + n, f"Post {n} on subject {n} of {SUBJECTS[n]}") for n in range(3)), flaw)
    assert 70 in [c.story.id for _, c in placing.in_order()]


def test_whatever_is_not_told_is_listed_with_its_reason() -> None:
    many = [told(n) for n in range(12)]
    places = [a + b for a in ("kelp", "moss", "tern", "wren", "lark", "pike") for b in ("ford", "by", "holm", "wick")]
    titles = [f"{place} {place}ville {place}haven {place}stead" for place in places]
    filler = [story(100 + n, entry(20_000 + n, title, BODY)) for n, title in enumerate(titles)]
    teaser = story(300, entry(30_001, "Why everything you need to know is wrong", BODY))
    foreign = story(301, entry(30_002, "采石场发布渡轮时刻表模型", "采石场今天发布了一个模型。", language="zh"))
    everything = [*many, *filler, teaser, foreign]
    placing = placed(*everything)
    printed = {c.story.public_id for _, c in placing.in_order()}
    held = {one.story: one.reason for one in placing.held_back}
    assert printed | set(held) == {one.public_id for one in everything}
    assert (held["story300"], held["story301"]) == ("teaser", "language")
    assert all(one.words for one in placing.held_back)


def test_a_story_named_only_in_short_may_be_told_large_but_is_not_named_again() -> None:
    named = again(2, "short")
    placing = place([named, candidate(told(1), 8.0)], after=MORNING)
    assert placing.lead is not None and placing.lead.story.id == 0
    low = [candidate(told(n), 100.0 - n) for n in range(1, 12)]
    behind = place([*low, named], after=MORNING)
    assert 0 not in [c.story.id for _, c in behind.in_order()]
    assert [one.reason for one in behind.held_back if one.story == "story0"] == ["told"]
