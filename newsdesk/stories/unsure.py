"""When a machine's verdict wants a look: the probabilities below which a theme or relevance is unsure. Pure."""

from __future__ import annotations

# Below this probability a guess wants a look: of 1,199 labelled reports, each file left out, 18 % were guessed so,
# under half of them rightly; of the others 78 % were right.
SURE_THEME_PROBABILITY = 0.5
# Between these a verdict wants a look: of 1,562 labelled reports, each file left out, 18 % were given such a
# probability, and of those 64 % were judged rightly; of the others 94 %.
UNSURE_RELEVANCE_FROM, UNSURE_RELEVANCE_UNTIL = 0.4, 0.8


def is_theme_unsure(probability: float) -> bool:
    """Whether a theme of this probability wants a look."""
    return probability < SURE_THEME_PROBABILITY


def is_relevance_unsure(probability: float) -> bool:
    """Whether a verdict on relevance at this probability wants a look."""
    return UNSURE_RELEVANCE_FROM <= probability < UNSURE_RELEVANCE_UNTIL
