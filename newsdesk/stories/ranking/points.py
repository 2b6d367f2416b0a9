"""What each measure of a story is worth, in points."""

from __future__ import annotations

from newsdesk.stories.themes import Theme

# Points for one unit of each measure of `measures.py`. One doubling of the outlets that tell a story is about three.
# The learned ones are those of a pairwise logistic model (Joachims 2002) over what human editors put on top of twelve
# days, each day left out in turn to choose the measures and the ridge (docs/evaluation.md).
LEARNED: dict[str, float] = {
    "origins": 2.3,
    "outlets": 3.4,
    "first_rank": 3.6,
    "scoop": 2.1,
    "standing": 2.3,
    "subjects": 6.6,
    "person": 1.5,
    "ending": 5.1,
    "state": 2.8,
    "law": 2.5,
    "money": 1.8,
    "launch": 1.9,
    "attack": 1.6,
    "model": 2.9,
    "talk": -0.7,
    "weighty": 1.9,
    "carried_over": -3.9,
    "repeats": -3.2,
    "teaser": -1.0,
    "comment": -2.5,
    "personal": -1.8,
}
THEMES: dict[Theme, float] = {
    Theme.OPEN_MODELS: 3.3,
    Theme.COMPUTE: 1.7,
    Theme.POLICY: 1.5,
    Theme.SOCIETY: -0.8,
    Theme.FUNDING: -2.9,
    Theme.RESEARCH: -2.7,
}
# Chosen by hand: too rare in those days to be learned.
CHOSEN: dict[str, float] = {
    # More than all others together: an editor's choice ranks before everything.
    "pinned": 100.0,
    "development": 2.0,
    "first_hand": 0.3,
    "anybodys": -2.0,
    "old_news": -6.0,
    "language": -8.0,
    "depth": -0.5,
    "chatter": -3.0,
    "forecast": -4.0,
    "no_news": -12.0,
}
POINTS = {**LEARNED, **CHOSEN}
# What a story has before any measure: relevance, 0 to 1, multiplies it and all that is learned.
BASE_POINTS = 5.0
