from __future__ import annotations

import pytest

from newsdesk.stories.clustering.comparing.learned import LIKENESS_WITH_VECTORS
from newsdesk.stories.clustering.comparing.likeness import FEATURES
from newsdesk.stories.clustering.comparing.meaning import MEANING_FEATURES, meaning_features
from newsdesk.stories.embedding.embedded_text import embedded_text


def test_title_and_first_words_are_embedded() -> None:
    text = embedded_text("Kelp&nbsp;Labs opens Harbour 3", "<p>It plans cranes.</p> " + "word " * 100)
    title, body = text.split("\n")
    assert title == "Kelp Labs opens Harbour 3"
    assert body.startswith("It plans cranes.") and len(body.split()) == 40
    assert embedded_text("Kelp Labs opens Harbour 3", "") == "Kelp Labs opens Harbour 3"


def test_nearness_by_hand() -> None:
    best, mean, centre = meaning_features((1.0, 0.0), [(0.6, 0.8), (1.0, 0.0)])
    assert (best, mean) == (1.0, pytest.approx(0.8))
    assert centre == pytest.approx(1.6 / (1.6**2 + 0.8**2) ** 0.5)
    assert meaning_features((1.0, 0.0), [(0.6, 0.8)]) == pytest.approx((0.6, 0.6, 0.6))


def test_members_without_a_comparable_vector_are_left_out() -> None:
    known = meaning_features((1.0, 0.0), [(0.6, 0.8)])
    assert meaning_features((1.0, 0.0), [(), (0.6, 0.8), (1.0, 0.0, 0.0)]) == known
    assert meaning_features((1.0, 0.0), [(), (1.0, 0.0, 0.0)]) == ()
    assert meaning_features((), [(1.0, 0.0), ()]) == ()


def test_the_weights_fit_the_features() -> None:
    assert len(LIKENESS_WITH_VECTORS.coefficients) == len(FEATURES) + len(MEANING_FEATURES)
