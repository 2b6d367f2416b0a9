"""Is it AI-industry news that an editor of AI news could include?"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsdesk.stories.classifying.linear import features, load_model
from newsdesk.stories.entities.find import TEXT_LIMIT_CHARS, find_entities, speaks_of_ai

RELEVANT = "relevant"
# Even odds would let a third of what is irrelevant pass; here a fifth does (bench/train_classifiers.py, left out).
THRESHOLD = 0.66
# What several publishers report is news to somebody: of 160 labelled stories told by two or more, each file left out,
# all were relevant, against two thirds of those that one told and whose texts had .66 to .82 said of them. It gets less
# credit than that would bear out: the labelled days come from feeds that are mostly on AI.
SEVERAL_PUBLISHERS_ODDS = 3.0
# What is said of a text with nothing of AI in it: of 1,562 labelled ones, one in seven hundred was news all the same.
WITHOUT_EVIDENCE = 0.02
# A feed that carries nothing but AI news may still carry a tutorial or an advertisement; it gets this much credit.
AI_FEED_ODDS = 6.0

_AI_HARDWARE = re.compile(
    r"\b(?:data ?cent(?:er|re)s?|gpus?|semiconductors?|chip ?makers?|humanoids?|robotaxis?|hyperscal\w+)\b",
    re.IGNORECASE,
)
# What editors of AI news tell beside it: machines that drive and work by themselves, what memory and chips come from,
# and attacks on what software is made of. Of 24 stories of twelve days that have no other evidence nine were among what
# an editor would print.
_NEIGHBOURS = re.compile(
    r"\b(?:robotics|self-driving|driverless|autonomous (?:weapons?|vehicles?|driving|trucks?|drones?)|DRAM|HBM\d?"
    r"|supply[- ]chain (?:attack|worm|compromise)s?|chip (?:fab|plant|factory)|cloud (?:revenue|unit|growth))\b",
    re.IGNORECASE,
)
# "owner/name": a repository in a list of repositories, not news of it.
_REPOSITORY = re.compile(r"(?<![\w.-])[\w.-]+\s?/\s?[\w.-]+")


@dataclass(frozen=True, slots=True)
class Relevance:
    """How probable it is, 0 to 1, and whether that is enough."""

    probability: float
    is_relevant: bool


def judge_relevance(title: str, text: str, *, covers_only_ai: bool = False) -> Relevance:
    """Judge an entry by its own words; `covers_only_ai` when its feed carries nothing but AI news.

    Tutorials, deals, gadgets, advertisements and news of other fields are irrelevant. A text that names neither AI nor
    one of its makers, models or machines is judged irrelevant without more ado, unless its feed vouches for it.
    """
    if _REPOSITORY.fullmatch(title.strip()):
        return Relevance(WITHOUT_EVIDENCE, False)
    if covers_only_ai or has_ai_evidence(title, text):
        probability = load_model("relevance").probabilities(features(title, text))[RELEVANT]
    else:
        probability = WITHOUT_EVIDENCE
    if covers_only_ai:
        probability = _with_odds(probability, AI_FEED_ODDS)
    return Relevance(probability, probability >= THRESHOLD)


def story_relevance(probabilities: Sequence[float], *, publishers: int) -> Relevance:
    """Judge a story by the probabilities of its reports, of which there is at least one, told by so many publishers.

    Their mean, and more than that where several publishers thought it worth telling.
    """
    probability = math.fsum(probabilities) / len(probabilities)
    if publishers > 1:
        probability = _with_odds(probability, SEVERAL_PUBLISHERS_ODDS)
    return Relevance(probability, probability >= THRESHOLD)


def has_ai_evidence(title: str, text: str) -> bool:
    """Whether title or text name AI, something or someone known for AI alone, or the hardware it runs on."""
    whole = f"{title}\n{text[:TEXT_LIMIT_CHARS]}"
    return (
        speaks_of_ai(whole)
        or _AI_HARDWARE.search(whole) is not None
        or _NEIGHBOURS.search(whole) is not None
        or any(not hit.is_general for hit in find_entities(title, text))
    )


def _with_odds(probability: float, factor: float) -> float:
    odds = factor * probability / (1 - probability + 1e-9)
    return odds / (1 + odds)
