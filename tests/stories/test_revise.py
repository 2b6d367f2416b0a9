from __future__ import annotations

import pytest

from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change
from newsdesk.stories.actions.merge import merge_stories
from newsdesk.stories.actions.revise import revise_story
from newsdesk.stories.changes_in_words import tell_deed
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.models import Story
from tests.stories.desk import NOW, editor, reports, story_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return story_of(*reports("Kelp sues Brine over stolen model weights"), theme="security", theme_probability=0.4)


def test_only_what_changes_is_noted_and_one_call_counts_once(story: Story) -> None:
    changes = revise_story(
        story, hand=Hand(editor(), NOW), headline="  Kelp  v Brine ", theme="lawsuits", is_pinned=True, is_hidden=False
    )
    story.refresh_from_db()
    assert [change.verb for change in changes] == ["story.rename", "story.theme", "story.pin"]
    assert (story.headline, story.theme, story.is_pinned, story.is_hidden) == ("Kelp v Brine", "lawsuits", True, False)
    assert (story.is_headline_edited, story.is_theme_edited, story.edits, story.version) == (True, True, 1, 2)
    assert [tell_deed(change) for change in changes] == [
        "renamed it: “Kelp sues Brine over stolen model weights” → “Kelp v Brine”",
        "changed the theme: Security → Lawsuits",
        "pinned it",
    ]
    assert revise_story(story, hand=Hand(None, NOW), headline="Kelp v Brine", is_pinned=True) == []
    story.refresh_from_db()
    assert (story.edits, Change.objects.count()) == (1, 3)


def test_headline_and_theme_can_be_left_to_the_line_again(story: Story) -> None:
    revise_story(story, hand=Hand(None, NOW), headline="Mine", theme="people", second_theme="policy")
    revise_story(story, hand=Hand(None, NOW), headline="", theme="")
    story.refresh_from_db()
    assert story.headline == "Kelp sues Brine over stolen model weights"
    assert (story.is_headline_edited, story.is_theme_edited, story.theme) == (False, False, "people")
    classify_pending(now=NOW)
    story.refresh_from_db()
    assert story.theme != "people"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"theme": "gossip"}, "none of our themes"),
        ({"second_theme": "gossip"}, "none of our themes"),
        ({"second_theme": "security"}, "must be another"),
        ({"headline": "x" * 201}, "at most 200 characters; this one has 201"),
    ],
)
def test_what_will_not_do_is_refused(story: Story, fields: dict[str, str], sentence: str) -> None:
    with pytest.raises(ActRefused, match=sentence):
        revise_story(story, hand=Hand(None, NOW), **fields)
    story.refresh_from_db()
    assert (story.edits, Change.objects.count()) == (0, 0)


def test_a_merged_story_is_not_revised(story: Story) -> None:
    later = story_of(*reports("Port buys cranes", hours=4))
    merge_stories([story, later], hand=Hand(None, NOW))
    with pytest.raises(ActRefused, match="has been merged into"):
        revise_story(later, hand=Hand(None, NOW), is_pinned=True)


def test_control_characters_do_not_get_into_a_headline(story: Story) -> None:
    revise_story(story, hand=Hand(None, NOW), headline="Kelp\x00 v\r\nBrine\x1b")
    story.refresh_from_db()
    assert story.headline == "Kelp v Brine"
