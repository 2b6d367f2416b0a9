"""What readers see of what editors did to stories."""

from __future__ import annotations

import pytest
from django.test import Client

from newsdesk.digests.models import Summary
from newsdesk.stories.models import Story
from tests.site import rows

pytestmark = pytest.mark.django_db


def test_a_hidden_story_is_nowhere(client: Client) -> None:
    rows.make_story(headline="Shown zebra", theme="compute")
    hidden = rows.make_story(headline="Hidden zebra", theme="compute", is_hidden=True)
    assert client.get(f"/story/{hidden.public_id}/").status_code == 404
    for page in ("/theme/compute/", "/search/?q=zebra"):
        text = client.get(page).content.decode()
        assert "Shown" in text and "Hidden zebra" not in text


def test_a_merged_story_redirects_but_no_cache_may_keep_that_for_good(client: Client) -> None:
    target, merged = rows.make_story(), rows.make_story()
    Story.objects.filter(pk=merged.pk).update(merged_into=target)
    answer = client.get(f"/story/{merged.public_id}/")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/story/{target.public_id}/")
    assert "max-age=60" in answer.headers["Cache-Control"]


def test_an_editors_headline_is_shown_and_sentences_of_moved_articles_are_not(client: Client) -> None:
    stays, moved = rows.make_entry(), rows.make_entry()
    story = rows.make_story(stays, headline="The editor's own")
    Summary.objects.create(
        story=story,
        story_version=1,
        prompt_version="1",
        model="extract",
        cut_off=rows.CUT_OFF,
        headline="The line's own",
        sentences=[rows.sentence("Of what stays.", stays), rows.sentence("Of what was moved.", moved)],
        created_at=rows.CUT_OFF,
    )
    page = client.get(f"/story/{story.public_id}/").content.decode()
    assert "Of what stays." in page and "Of what was moved." not in page
    assert "The line&#x27;s own" in page
    Story.objects.filter(pk=story.pk).update(is_headline_edited=True)
    assert "The editor&#x27;s own" in client.get(f"/story/{story.public_id}/").content.decode()
