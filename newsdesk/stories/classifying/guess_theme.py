"""Which of the twelve themes a text belongs to, by its own words alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsdesk.stories.classifying.linear import features, load_model


@dataclass(frozen=True, slots=True)
class ThemeGuess:
    """The likeliest theme and the next (slugs of `Theme`), with the probability of the first, 0 to 1.

    `shares` has the probability of every theme; they add up to 1.
    """

    theme: str
    second: str
    probability: float
    shares: tuple[tuple[str, float], ...]

    @property
    def second_probability(self) -> float:
        """The probability of the second theme, 0 to 1."""
        return dict(self.shares)[self.second]


def classify_theme(title: str, text: str) -> ThemeGuess:
    """Guess the theme of an entry from its title and the head of its text."""
    return _best_of(load_model("themes").probabilities(features(title, text)))


def story_theme(guesses: Sequence[ThemeGuess]) -> ThemeGuess:
    """The theme of a story from the guesses for its entries, of which there is at least one: their mean.

    The mean, not the product: copies and rewrites of one text are no independent witnesses.
    """
    total: dict[str, float] = {}
    for guess in guesses:
        for theme, share in guess.shares:
            total[theme] = total.get(theme, 0.0) + share
    return _best_of({theme: share / len(guesses) for theme, share in total.items()})


def _best_of(shares: dict[str, float]) -> ThemeGuess:
    ordered = sorted(shares, key=lambda theme: (-shares[theme], theme))
    return ThemeGuess(ordered[0], ordered[1], shares[ordered[0]], tuple(shares.items()))
