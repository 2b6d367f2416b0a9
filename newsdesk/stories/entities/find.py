"""Which companies, labs, models, products, benchmarks, people and agencies a text names, by the curated registry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from newsdesk.stories.entities.mentions import EAST_ASIAN, Mention, read_mentions
from newsdesk.stories.entities.registry import Entity, Registry, read_registry

# What a text is about stands in its head; the rest of a long article names everybody in passing.
TEXT_LIMIT_CHARS = 2000
# Any of these shows that a text speaks of artificial intelligence; letters of other scripts may stand beside "AI".
AI_WORDS = re.compile(
    r"(?<![A-Za-z\d_])(?:A\.?I\.?|AIs|AGI|LLMs?|VLMs?|GenAI)(?![A-Za-z_-]*\d)(?![A-Za-z_])"
    r"|(?i:\b(?:artificial intelligence|machine learning|deep learning|neural net\w*|generative|agentic|chatbots?"
    r"|language models?|foundation models?|frontier models?|reasoning models?|open[- ]weights?|superintelligence"
    r"|coding (?:agents?|assistants?)|world models?|open(?:[- ]source)? models?|sovereign models?"
    r"|reinforcement learning|fine-?tun(?:ed|ing)|train(?:s|ed|ing) (?:its|their|an?|the)?\s?models?|robotaxis?"
    r"|humanoids?|deepfakes?|vibe[- ]cod\w+|prompt injection|ai[- ]\w+)\b)"
    r"|人工智[能慧]|人工知能|大模型|语言模型|語言模型|言語モデル|智能体|智能體|生成式|機械学習|机器学习|인공지능"
)
_PRONOUN = re.compile(r"\b(?:he|she|his|her)\b")
# The site's own file, where there is one.
_own: Path | None = None


@dataclass(frozen=True, slots=True)
class EntityHit:
    """An entity that a text names, `in_title` or not; `weight` is 0 to 1, a `general` one is not in itself AI news.

    `maker` is the slug of who makes it, owns it or employs the person; "" where nobody does or it is not known.
    """

    slug: str
    name: str
    kind: str
    in_title: bool
    weight: float
    is_general: bool
    maker: str = ""


def find_entities(title: str, text: str = "") -> tuple[EntityHit, ...]:
    """The registry's entities named in the title or in the first 2,000 characters of the text.

    Each once, in the order of first mention. The longest name wins ("GitHub Copilot" is not "Copilot" too), but one
    that begins with that of a maker of more weight names both ("Google Gemini"). An ambiguous name counts only where
    the text speaks of AI, names its maker or holds a word registered `with` it.
    """
    registry = current_registry()
    mentions: dict[str, Mention] = {}
    read_mentions(registry, title, mentions)
    in_title = len(mentions)
    head = text[:TEXT_LIMIT_CHARS]
    if head:
        read_mentions(registry, head, mentions)
    if not mentions:
        return ()
    whole = f"{title}\n{head}" if head else title
    entities = [registry.entities[slug] for slug in mentions]

    @cache
    def is_on_ai() -> bool:
        known = (entity for entity in entities if mentions[entity.slug].is_sure and not entity.is_general)
        return any(not _has_any(entity.other_sense_words, whole) for entity in known) or speaks_of_ai(whole)

    return tuple(
        EntityHit(
            entity.slug, entity.name, entity.kind, place < in_title, entity.weight, entity.is_general, entity.maker
        )
        for place, entity in enumerate(entities)
        if _is_meant(entity, mentions, whole, is_on_ai)
    )


def speaks_of_ai(text: str) -> bool:
    """Whether the text holds a word that stands for artificial intelligence."""
    return AI_WORDS.search(text) is not None


def read_also(own: Path | None) -> None:
    """Take a site's own file of entities into the registry; it is read, and may be refused, at the next search."""
    global _own
    _own = own
    current_registry.cache_clear()


@cache
def current_registry() -> Registry:
    """The registry in use, read once.

    Raises: BadRegistry when the site's own file has faults.
    """
    return read_registry(_own)


def _is_meant(entity: Entity, mentions: Mapping[str, Mention], whole: str, is_on_ai: Callable[[], bool]) -> bool:
    if _has_any(entity.other_sense_words, whole):
        return False
    mention = mentions[entity.slug]
    if mention.is_sure:
        return True
    if not mention.is_plain:
        return False
    if _has_any(entity.own_words, whole) or _names_owner(entity, mentions):
        return True
    if not entity.is_strict:
        if mention.stands_out and entity.kind in ("company", "product"):
            return True
        if entity.is_first_name and not _PRONOUN.search(whole):
            return True
    # That a text speaks of AI does not make every arm the chip designer.
    return not entity.needs_words and is_on_ai()


def _names_owner(entity: Entity, mentions: Mapping[str, Mention]) -> bool:
    entities, owner = current_registry().entities, entity.maker
    while owner:
        if owner in mentions and mentions[owner].is_sure:
            return True
        owner = entities[owner].maker
    return False


def _has_any(words: Iterable[str], whole: str) -> bool:
    return any(word in whole and _stands_alone(word, whole) for word in words)


def _stands_alone(word: str, whole: str) -> bool:
    place = whole.find(word)
    while place >= 0:
        end = place + len(word)
        if not (_joins(whole[place - 1 : place], word[0]) or _joins(word[-1], whole[end : end + 1])):
            return True
        place = whole.find(word, place + 1)
    return False


def _joins(one: str, other: str) -> bool:
    """Whether two neighbouring characters belong to one word; those of East Asian scripts never do."""
    return one.isalnum() and other.isalnum() and max(one, other) < EAST_ASIAN
