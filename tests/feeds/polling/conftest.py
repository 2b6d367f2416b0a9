"""A publisher that polls may reach."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.publisher import Publisher


@pytest.fixture
def site(publisher: Publisher, settings: Any) -> Publisher:
    """A publisher that polls may reach."""
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    return publisher
