from __future__ import annotations

from datetime import timedelta

import pytest

from newsdesk.lease import LeaseLost, release_lease, renew_lease, take_lease
from tests.stories.rows import at

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_one_holder_at_a_time_until_it_expires() -> None:
    assert take_lease("x", "a", now=at(0), duration=HOUR)
    assert take_lease("x", "a", now=at(0.5), duration=HOUR)
    assert not take_lease("x", "b", now=at(1), duration=HOUR)
    assert take_lease("y", "b", now=at(1), duration=HOUR)
    assert take_lease("x", "b", now=at(1.5), duration=HOUR)


def test_a_lost_lease_cannot_be_renewed_nor_released() -> None:
    take_lease("x", "a", now=at(0), duration=HOUR)
    renew_lease("x", "a", now=at(0.9), duration=HOUR)
    assert not take_lease("x", "b", now=at(1.5), duration=HOUR)
    take_lease("x", "b", now=at(2), duration=HOUR)

    with pytest.raises(LeaseLost):
        renew_lease("x", "a", now=at(2), duration=HOUR)
    release_lease("x", "a", now=at(2))
    assert not take_lease("x", "c", now=at(2), duration=HOUR)
    release_lease("x", "b", now=at(2))
    assert take_lease("x", "c", now=at(2), duration=HOUR)
