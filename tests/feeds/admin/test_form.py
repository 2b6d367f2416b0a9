"""The form that carries a trial to the save."""

from __future__ import annotations

import pytest
from django.test import Client

from feeds.models import Feed
from feeds.models import Publisher as PublisherRow
from tests.feeds.desk import ADD, form
from tests.servers.publisher import Publisher

pytestmark = pytest.mark.django_db


def test_the_word_of_a_trial_counts_for_its_own_address_and_not_when_forged(
    desk: Client, site: Publisher, owner: PublisherRow
) -> None:
    page = desk.post(ADD, form(owner, site.url("/feed"), _test="1"))
    token = page.context["adminform"].form["tried"].value()
    for tried in (token, "forged:token"):
        page = desk.post(ADD, form(owner, site.url("/"), tried=tried, _save="Save"))
        assert page.status_code == 200
    assert not Feed.objects.exists()
