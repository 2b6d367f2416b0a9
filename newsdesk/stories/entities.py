"""Which companies, labs, models, products, people and agencies a text names, by the curated `entities.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REGISTRY = Path(__file__).with_name("entities.toml")
DEFAULT_WEIGHT = 0.4
# What a text is about stands in its head; the rest of a long article names everybody in passing.
TEXT_LIMIT_CHARS = 2000

# Latin words, numbers, and single CJK characters: "Qwen3.5" holds the word "Qwen", "OpenAI发布" the word "OpenAI".
TOKEN = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|\d+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Any of these shows that a text speaks of artificial intelligence.
AI_WORDS = re.compile(
    r"\b(?:A\.?I\.?|AIs|AGI|LLMs?|VLMs?|GenAI)(?![\w-]*\d)\b"
    r"|(?i:\b(?:artificial intelligence|machine learning|deep learning|neural net\w*|generative|agentic|chatbots?"
    r"|language models?|foundation models?|frontier models?|reasoning models?|open[- ]weights?|superintelligence"
    r"|coding (?:agents?|assistants?)|world models?|open(?:[- ]source)? models?|sovereign models?"
    r"|reinforcement learning|fine-?tun(?:ed|ing)|train(?:s|ed|ing) (?:its|their|an?|the)?\s?models?|robotaxis?"
    r"|humanoids?|deepfakes?|vibe[- ]cod\w+|prompt injection|ai[- ]\w+)\b)"
    r"|人工智能|大模型|智能体|生成式"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """One line of the registry, as `entities.toml` explains them; `weight` is 0 to 1."""

    slug: str
    kind: str
    name: str
    weight: float
    is_cased: bool
    is_ambiguous: bool
    is_first_name: bool
    is_general: bool
    own_words: tuple[str, ...]
    other_sense_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntityHit:
    """An entity that a text names, `in_title` or not; `weight` is 0 to 1, a `general` one is not in itself AI news."""

    slug: str
    name: str
    kind: str
    in_title: bool
    weight: float
    is_general: bool


def find_entities(title: str, text: str = "") -> tuple[EntityHit, ...]:
    """The registry's entities named in the title or in the first 2,000 characters of the text.

    Each once, in the order of first mention. The longest name wins ("GitHub Copilot" is not "Copilot" too). An
    ambiguous name counts only where the text speaks of AI or holds one of the words registered `with` it.
    """
    in_title = dict.fromkeys(_mentions(title))
    head = text[:TEXT_LIMIT_CHARS]
    found = in_title | dict.fromkeys(_mentions(head)) if head else in_title
    if not found:
        return ()
    entities = [_registry()[slug] for slug in found]
    whole = f"{title}\n{head}"

    @cache
    def is_on_ai() -> bool:
        return any(not e.is_general and not e.is_ambiguous for e in entities) or speaks_of_ai(whole)

    return tuple(
        EntityHit(entity.slug, entity.name, entity.kind, entity.slug in in_title, entity.weight, entity.is_general)
        for entity in entities
        if _is_meant(entity, whole, is_on_ai)
    )


def speaks_of_ai(text: str) -> bool:
    """Whether the text holds a word that stands for artificial intelligence."""
    return AI_WORDS.search(text) is not None


def _is_meant(entity: Entity, whole: str, speaks_of_ai: Callable[[], bool]) -> bool:
    if entity.other_sense_words and _has_any(entity.other_sense_words, whole):
        return False
    if not entity.is_ambiguous or (entity.own_words and _has_any(entity.own_words, whole)):
        return True
    if entity.is_first_name and not re.search(rf"{re.escape(entity.name)} [A-Z]|\b(?:he|she|his|her)\b", whole):
        return True
    # A company or an agency with words of its own needs one of them: that a text speaks of AI does not make every
    # arm the chip designer.
    return (entity.kind in ("model", "product") or not entity.own_words) and speaks_of_ai()


def _has_any(words: Iterable[str], whole: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", whole) for word in words)


def _mentions(text: str) -> list[str]:
    """Slugs of names in the text, longest match first at each place."""
    starts = _starts()
    tokens = TOKEN.findall(text)
    lowered = [token.lower() for token in tokens]
    found: list[str] = []
    place = 0
    while place < len(tokens):
        step = 1
        for name, spelling, slug, is_cased in starts.get(lowered[place], ()):
            end = place + len(name)
            if tuple(lowered[place:end]) == name and not (is_cased and tuple(tokens[place:end]) != spelling):
                found.append(slug)
                step = len(name)
                break
        place += step
    return found


@cache
def _registry() -> dict[str, Entity]:
    return {entity.slug: entity for entity, _ in _lines()}


@cache
def _starts() -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...], str, bool]]]:
    """First word of a name -> the names that start so, longest first, as (lowered, spelling, slug, cased)."""
    starts: dict[str, list[tuple[tuple[str, ...], tuple[str, ...], str, bool]]] = {}
    for entity, names in _lines():
        for name in names:
            spelling = tuple(TOKEN.findall(name))
            lowered = tuple(token.lower() for token in spelling)
            starts.setdefault(lowered[0], []).append((lowered, spelling, entity.slug, entity.is_cased))
    for candidates in starts.values():
        candidates.sort(key=lambda candidate: (-len(candidate[0]), candidate[2]))
    return starts


@cache
def _lines() -> tuple[tuple[Entity, tuple[str, ...]], ...]:
    with REGISTRY.open("rb") as file:
        kinds = tomllib.load(file)
    return tuple(
        (
            Entity(
                slug=slug,
                kind=kind,
                name=line["name"],
                weight=line.get("weight", DEFAULT_WEIGHT),
                is_cased=line.get("cased", False) or line.get("ambiguous", False),
                is_ambiguous=line.get("ambiguous", False),
                is_first_name=line.get("is_first_name", False),
                is_general=line.get("general", kind == "agency"),
                own_words=tuple(line.get("with", ())),
                other_sense_words=tuple(line.get("unless", ())),
            ),
            (line["name"], *line.get("aliases", ())),
        )
        for kind, lines in kinds.items()
        for slug, line in lines.items()
    )
