from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from newsdesk.journal.hand import Hand
from newsdesk.journal.models import Change
from newsdesk.stories.actions.merge import merge_stories
from newsdesk.stories.actions.revise import revise_story
from newsdesk.stories.models import Coverage, Story
from tests.site import rows
from tests.site.hostile import ADDRESSES, TEXTS
from tests.stories.desk import NOW, editor, last_change, reports, story_of
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db
LIST = "/admin/stories/story/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk() -> Client:
    return client_of(editor())


@pytest.fixture
def viewer() -> Client:
    return client_of(editor("vic", "view_story"))


@pytest.fixture
def two() -> tuple[Story, Story]:
    older = story_of(*reports("Kelp sues Brine", "Brine sued by Kelp", "Kelp and Brine in court"))
    return older, story_of(*reports("Port buys cranes", "Cranes for the port", hours=5))


def page_of(story: Story) -> str:
    return f"{LIST}{story.pk}/change/"


def form_of(story: Story, **typed: object) -> dict[str, Any]:
    """What a browser would send that had loaded the page now and typed this."""
    fields = ("headline", "theme", "second_theme")
    shown = {name: getattr(story, name) for name in fields}
    data = {"edits": story.edits, "_save": "", **shown, **{f"initial-{name}": shown[name] for name in fields}}
    for name in ("is_pinned", "is_hidden"):
        data[f"initial-{name}"] = str(getattr(story, name))
        if getattr(story, name):
            data[name] = "on"
    return {**data, **typed}


def act(client: Client, name: str, *stories: Story, query: str = "", **more: object) -> Any:
    data = {"action": name, "index": 0, "_selected_action": [story.pk for story in stories], **more}
    return client.post(f"{LIST}{query}", data, follow=True)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def shown(client: Client, query: str) -> set[str]:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200
    return {story.public_id for story in answer.context["cl"].result_list}


def test_ticking_two_and_merge_is_all_it_takes_and_undo_is_offered(desk: Client, two: tuple[Story, Story]) -> None:
    older, younger = two
    assert ">Merge</button>" in text_of(desk.get(LIST))
    answer = act(desk, "merge", older, younger)
    younger.refresh_from_db()
    assert younger.merged_into == older
    undo = reverse("admin:stories_story_undo", args=[last_change(older).pk])
    assert "merged into it “Port buys cranes”" in text_of(answer) and undo in text_of(answer)
    assert shown(desk, "") == {older.public_id}

    answer = desk.post(undo, {"back": f"{LIST}?theme__exact=launches"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?theme__exact=launches", 302)]
    younger.refresh_from_db()
    assert younger.merged_into is None and "took back" in text_of(answer)


def test_pin_and_hide_from_the_list_and_back(desk: Client, two: tuple[Story, Story]) -> None:
    older, younger = two
    act(desk, "pin", older, younger)
    act(desk, "hide", younger)
    assert shown(desk, "?mark=pinned") == {older.public_id, younger.public_id}
    assert shown(desk, "?mark=hidden") == {younger.public_id}
    assert "Show again" in text_of(desk.get(f"{LIST}?mark=hidden"))
    act(desk, "unhide", younger, query="?mark=hidden")
    act(desk, "unpin", older, query="?mark=pinned")
    assert shown(desk, "?mark=pinned") == {younger.public_id} and shown(desk, "?mark=hidden") == set()


def test_what_cannot_be_merged_is_told_in_a_sentence(desk: Client, two: tuple[Story, Story]) -> None:
    assert "Merging takes two stories at least." in text_of(act(desk, "merge", two[0]))
    merge_stories(two, hand=Hand(None, NOW))
    assert "has been merged into “Kelp sues Brine”" in text_of(act(desk, "merge", *two))
    many = [story_of(*reports(f"Event {n}", hours=50 + n)) for n in range(21)]
    assert "No more than 20 stories at once." in text_of(act(desk, "pin", *many, select_across=1))
    assert not Story.objects.filter(is_pinned=True).exists()


def test_the_list_is_narrowed_by_mark_day_theme_and_relevance(desk: Client) -> None:
    sure = story_of(*reports("Sure"), theme_probability=0.9)
    unsure = story_of(*reports("Unsure", hours=24), theme="policy", theme_probability=0.3)
    edited = story_of(*reports("Edited", hours=2), theme_probability=0.3, is_theme_edited=True)
    left_out = story_of(*reports("Left out", hours=3), is_relevant=False, relevance=0.1)
    opened = story_of(*reports("Open", hours=4), is_relevant=None, relevance=None)
    doubtful = story_of(*reports("Doubtful", hours=5), relevance=0.7)
    decided = story_of(*reports("Decided", hours=6), theme_probability=0.3, relevance=0.7, judged_by="m-1")
    everything = {sure, unsure, edited, left_out, opened, doubtful, decided}
    for query, expected in (
        ("", everything),
        ("?unsure=theme", {unsure}),
        ("?unsure=relevance", {doubtful}),
        ("?day=2026-05-05", {unsure}),
        ("?theme__exact=policy", {unsure}),
        ("?relevant=yes", {sure, unsure, edited, doubtful, decided}),
        ("?relevant=no", {left_out}),
        ("?relevant=open", {opened}),
        ("?day=9999-12-31", everything),
        ("?day=2027-01-01", set()),
        ("?day=nonsense", everything),
    ):
        assert shown(desk, query) == {story.public_id for story in expected}, query
    listed = text_of(desk.get(LIST))
    assert "Policy (unsure)" in listed and "70% (unsure)" in listed and "10% (left out)" in listed


def test_stories_are_found_by_words_id_and_address_merged_or_not(desk: Client, two: tuple[Story, Story]) -> None:
    older, younger = two
    merge_stories(two, hand=Hand(None, NOW))
    for query, expected in (
        ("kelp BRINE", {older.public_id}),
        ("cranes", set()),
        (younger.public_id, {younger.public_id}),
        (f"https://news.example/story/{younger.public_id}/", {younger.public_id}),
        (f"http://127.0.0.1:8000{page_of(older)}", {older.public_id}),
        ("100%_", set()),
    ):
        assert shown(desk, f"?q={query}") == expected, query
    assert shown(desk, "?mark=merged") == {younger.public_id}


def test_the_list_and_the_page_cost_the_same_for_many(desk: Client, django_assert_max_num_queries) -> None:
    story = story_of(*reports(*(f"Harbour {n}" for n in range(12))))
    for n in range(60):
        Story.objects.create(public_id=f"s{n}", headline=f"Harbour {n}", first_seen_at=at(n), last_seen_at=at(n))
    for n in range(5):
        revise_story(story, hand=Hand(None, NOW), is_pinned=n % 2 == 0)
    with django_assert_max_num_queries(9):
        assert desk.get(f"{LIST}?q=harbour").status_code == 200
    with django_assert_max_num_queries(13):
        assert "Coverage: 12 articles" in text_of(desk.get(page_of(story)))


def test_a_page_shows_coverage_certainty_digests_and_journal(desk: Client) -> None:
    shares = {"theme_probability": 0.41, "second_theme": "policy", "second_theme_probability": 0.38}
    story = story_of(*reports("Kelp sues Brine", "Brine sued"), **shares)
    rows.make_digest(stories=[story])
    revise_story(story, hand=Hand(editor("jo"), NOW), is_pinned=True)
    text = text_of(desk.get(page_of(story)))
    assert "The desk is unsure of the theme: Launches 41%, Policy 38%" in text and "90% AI news" in text
    assert "daily 25 Mar 2026" in text and "digests/digest" not in text
    assert 'rel="noopener noreferrer"' in text and ">first</td>" in text and ">0.70</td>" in text
    assert "Pinned it" in text and ">jo</td>" in text
    assert "Why it ranks: 1" in text and "Chosen by the editors" in text and "Standing of its best publisher" in text
    assert f'href="/story/{story.public_id}/"' in text


def test_a_page_shows_whom_the_titles_name(desk: Client) -> None:
    story = story_of(*reports("Nvidia and OpenAI meet", "OpenAI meets Kelp", "OpenAI in talks"))
    assert "<dd>OpenAI, Nvidia</dd>" in text_of(desk.get(page_of(story)))
    nobody = story_of(*reports("Port buys cranes", hours=5))
    assert "<dt>Names</dt>" not in text_of(desk.get(page_of(nobody)))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"theme_probability": 0.8}, "Launches, 80% certain"),
        ({"theme_probability": 0.3, "judged_by": "m-1"}, "Launches, decided by m-1"),
        ({"theme_probability": 0.3, "is_theme_edited": True}, "Launches, set by an editor"),
        ({"relevance": 0.7}, "70% AI news; the desk is unsure"),
        ({"relevance": 0.5, "is_relevant": False}, "50% AI news: left out; the desk is unsure"),
        ({"relevance": 0.5, "judged_by": "m-1"}, "50% AI news, decided by m-1"),
        ({"relevance": 0.9, "judged_by": "m-1"}, "90% AI news</dd>"),
    ],
)
def test_a_page_says_what_the_desk_is_unsure_of_and_who_decided(desk: Client, fields: Any, told: str) -> None:
    assert told in text_of(desk.get(page_of(story_of(*reports("Kelp sues Brine"), **fields))))


def test_only_what_was_typed_is_saved(desk: Client, two: tuple[Story, Story]) -> None:
    story = two[0]
    sent = form_of(story, theme="lawsuits", is_pinned="on")
    # The line has given it another headline while the form was open.
    Story.objects.filter(pk=story.pk).update(headline="The line's newer one", version=9)
    answer = desk.post(page_of(story), sent, follow=True)
    story.refresh_from_db()
    assert (story.theme, story.is_pinned, story.is_headline_edited) == ("lawsuits", True, False)
    assert "Changed the theme: Launches → Lawsuits." in text_of(answer) and "Pinned it." in text_of(answer)
    assert text_of(answer).count("Undo</button>") == 4
    assert "Nothing has changed" in text_of(desk.post(page_of(story), form_of(story), follow=True))


def test_the_second_editor_is_told_and_keeps_what_was_typed(desk: Client, two: tuple[Story, Story]) -> None:
    story = two[0]
    sent = form_of(story, headline="What I typed", is_hidden="on")
    revise_story(story, hand=Hand(editor("jo"), NOW), theme="people", is_pinned=True)
    answer = desk.post(page_of(story), sent)
    text = text_of(answer)
    assert answer.status_code == 409
    assert "jo changed the theme: Launches → People" in text and "Nothing of yours is saved yet." in text
    story.refresh_from_db()
    assert (story.headline, story.is_hidden, story.theme) == ("Kelp sues Brine", False, "people")
    assert ">\nWhat I typed</textarea>" in answer.content.decode() or "What I typed</textarea>" in text

    again = {**dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', text)), "_save": "", "headline": "What I typed"}
    assert again["edits"] == "1" and again["initial-theme"] == "people"
    again |= {"theme": "people", "second_theme": "", "is_pinned": "on", "is_hidden": "on"}
    desk.post(page_of(story), {k: v for k, v in again.items() if k != "entry"})
    story.refresh_from_db()
    assert (story.headline, story.is_hidden, story.theme, story.is_pinned) == ("What I typed", True, "people", True)


def test_split_and_move_from_the_page(desk: Client, two: tuple[Story, Story]) -> None:
    older, younger = two
    _, second, third = older.coverage.order_by("entry__seen_at").values_list("entry", flat=True)
    answer = desk.post(page_of(older), {"_split": "", "entry": [third], "edits": 0}, follow=True)
    assert "Split off 1 article as “Kelp and Brine in court”" in text_of(answer)
    answer = desk.post(
        page_of(older),
        {"_move": "", "entry": [second], "target": f"/story/{younger.public_id}/", "edits": 1},
        follow=True,
    )
    assert "Moved 1 article to “" in text_of(answer)
    assert Coverage.objects.get(entry=second).story == younger and older.coverage.count() == 1


def test_a_refused_split_or_move_keeps_the_ticks(desk: Client, two: tuple[Story, Story]) -> None:
    older, _ = two
    entries = list(older.coverage.order_by("entry__seen_at").values_list("entry", flat=True))
    answer = desk.post(page_of(older), {"_split": "", "entry": entries, "edits": 0})
    assert answer.status_code == 409 and "That is the whole story" in text_of(answer)
    assert text_of(answer).count(" checked ") == 3
    answer = desk.post(page_of(older), {"_move": "", "entry": entries[:1], "target": "nowhere", "edits": 0})
    assert "Say where to" in text_of(answer) and 'value="nowhere"' in text_of(answer)
    assert text_of(answer).count(" checked ") == 1


def test_headline_and_theme_are_left_to_the_line_by_a_button(desk: Client, two: tuple[Story, Story]) -> None:
    story = two[0]
    revise_story(story, hand=Hand(None, NOW), headline="Mine", theme="people")
    desk.post(page_of(story), {"_leave_headline": "", "edits": 1})
    desk.post(page_of(story), {"_leave_theme": "", "edits": 2})
    story.refresh_from_db()
    assert (story.headline, story.is_headline_edited, story.is_theme_edited) == ("Kelp sues Brine", False, False)


def test_a_merged_story_says_so_and_offers_nothing_to_change(desk: Client, two: tuple[Story, Story]) -> None:
    older, younger = two
    merge_stories(two, hand=Hand(None, NOW))
    text = text_of(desk.get(page_of(younger)))
    assert "It has been merged into" in text and page_of(older) in text
    assert 'name="headline"' not in text and 'name="_split"' not in text
    answer = desk.post(page_of(younger), {"_leave_theme": "", "edits": younger.edits})
    assert "has been merged into" in text_of(answer)


def test_who_may_only_look_sees_everything_and_changes_nothing(viewer: Client, two: tuple[Story, Story]) -> None:
    older, younger = two
    revise_story(older, hand=Hand(None, NOW), is_pinned=True)
    undo = reverse("admin:stories_story_undo", args=[last_change(older).pk])
    listing, page = text_of(viewer.get(LIST)), text_of(viewer.get(page_of(older)))
    assert "Kelp sues Brine" in listing and "Merge</button>" not in listing and "_selected_action" not in listing
    assert "Brine sued by Kelp" in page and "Pinned it" in page
    for button in ("_save", "_split", "_move", "_leave", "Undo", 'name="entry"', 'name="headline"'):
        assert button not in page, button
    assert viewer.post(page_of(older), form_of(older, headline="x")).status_code == 403
    assert viewer.post(page_of(older), {"_split": "", "entry": [1]}).status_code == 403
    assert viewer.post(undo).status_code == 403
    act(viewer, "merge", older, younger)
    act(viewer, "hide", older)
    assert Change.objects.count() == 1 and not Story.objects.exclude(merged_into=None).exists()


def test_strangers_and_staff_without_permission_get_nothing(two: tuple[Story, Story]) -> None:
    story = two[0]
    stranger, staff = Client(), client_of(User.objects.create_user("sam", is_staff=True))
    for url in (LIST, page_of(story)):
        assert stranger.get(url).status_code == 302
        assert staff.get(url).status_code == 403
    assert stranger.post(page_of(story), form_of(story, headline="x")).status_code == 302
    assert staff.post(page_of(story), form_of(story, headline="x")).status_code == 403
    assert not Change.objects.exists()


def test_nothing_is_added_deleted_or_changed_by_a_get_and_forms_need_a_token(two: tuple[Story, Story]) -> None:
    user = editor()
    desk, strict = client_of(user), Client(enforce_csrf_checks=True)
    strict.force_login(user)
    story = two[0]
    revise_story(story, hand=Hand(None, NOW), is_pinned=True)
    undo = reverse("admin:stories_story_undo", args=[last_change(story).pk])
    assert desk.get(f"{LIST}add/").status_code == 403
    assert desk.post(f"{LIST}{story.pk}/delete/").status_code == 403
    assert desk.get(undo).status_code == 405
    assert desk.get(f"{LIST}999/change/").status_code == 404
    assert desk.get(f"{LIST}x/change/").status_code == 404
    assert strict.post(undo).status_code == 403
    assert strict.post(page_of(story), form_of(story, headline="x")).status_code == 403
    assert Change.objects.count() == 1


@pytest.mark.parametrize("back", ["//evil.example/x", "/\\evil.example", "https://evil.example/", "/story/x/", ""])
def test_undo_leads_nowhere_else(desk: Client, two: tuple[Story, Story], back: str) -> None:
    revise_story(two[0], hand=Hand(None, NOW), is_pinned=True)
    undo = reverse("admin:stories_story_undo", args=[last_change(two[0]).pk])
    assert desk.post(undo, {"back": back}).headers["Location"] == LIST


def test_a_change_of_another_kind_is_not_undone_here(desk: Client) -> None:
    other = Change.objects.create(verb="digest.drop", subject="digest daily 2026-05-04", actor_name="x", made_at=NOW)
    assert desk.post(reverse("admin:stories_story_undo", args=[other.pk])).status_code == 404


def test_what_publishers_wrote_stays_text_and_leads_nowhere(desk: Client) -> None:
    entries = [entry_of(text, publisher=f"P{n}") for n, text in enumerate(TEXTS)]
    for n, entry in enumerate(entries):
        type(entry).objects.filter(pk=entry.pk).update(url=ADDRESSES[n % len(ADDRESSES)])
    story = story_of(*entries)
    Story.objects.filter(pk=story.pk).update(headline=TEXTS[0])
    revise_story(story, hand=Hand(None, NOW), headline=TEXTS[2])
    other = story_of(*reports("Port buys cranes", hours=5))
    for answer in (desk.get(LIST), desk.get(page_of(story)), act(desk, "merge", story, other)):
        page = answer.content.decode()
        for text in TEXTS:
            if "<" in text:
                assert text not in page
        assert not re.search(r'href="\s*(?:java|data|vb|file|jav)', page, re.IGNORECASE)
