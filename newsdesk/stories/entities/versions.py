"""Which versions of models a text names ("GPT-5.4 mini" is GPT, 5.4, mini): they keep one release from the next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from newsdesk.stories.entities.find import TEXT_LIMIT_CHARS, EntityHit, current_registry, find_entities
from newsdesk.stories.entities.registry import Name, Registry

# What makers call the sizes and sorts of one release; "397B" is one too.
VARIANTS = (
    "flash-lite|flash|pro|ultra|nano|mini|lite|max|plus|turbo|large|medium|small|micro|super|heavy|fast|high|air|edge"
    "|maverick|scout|behemoth|coder|codex|code|next|omni|vl|vision|image|audio|live|tts|ocr|thinking|instant|reasoning"
    "|preview|exp|deep think|computer use|instruct|base|opus|sonnet|haiku|mythos"
    "|a\\d{1,6}b|\\d{1,6}(?:\\.\\d{1,6})?[bt]"
)
# So many of them are read after a number: "GPT-5.1-Codex-Max".
MOST_VARIANTS = 3
# A larger number is a year or a count.
HIGHEST_VERSION = 99

_VARIANT = re.compile(rf"[\s-]{{0,5}}({VARIANTS})(?![A-Za-z0-9])", re.IGNORECASE)
_NUMBER = re.compile(
    r"[\s-]{0,2}(?P<letter>[A-Za-z])?-?(?P<number>\d{1,3}(?:\.\d+){0,2})(?P<tail>[a-z])?(?![A-Za-z0-9%小时天年月倍万亿个時間]|[.,]\d)"
    r"(?!\s(?:million|billion|thousand|percent|per cent|times|years?|months?|weeks?|days|hours|minutes|seconds"
    r"|ways|things|tips|reasons|users|people|prompts|tools|of)\b)"
)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """One release of a model: the entity's slug, "5.4", "r1" or "4o", and its sort, "flash-lite", or ""."""

    slug: str
    number: str
    variant: str = ""


def find_versions(title: str, text: str = "") -> tuple[Version, ...]:
    """The versions named in a title and the first 2,000 characters of a text, each once, in order of first mention.

    Only of models that `find_entities` finds. A leading "v" is dropped ("DeepSeek V4" is 4), other letters are kept
    ("r1", "k2.5"); a sort that has a line of its own in the registry is that entity ("Claude 4.5 Sonnet" is Claude
    Sonnet, 4.5).
    """
    if not any(character.isdigit() for character in title) and not text:
        return ()
    return versions_of(find_entities(title, text), title, text)


def versions_of(hits: tuple[EntityHit, ...], title: str, text: str = "") -> tuple[Version, ...]:
    """As `find_versions`, where the entities of the two are known already."""
    found: dict[Version, None] = {}
    for part in (title, text[:TEXT_LIMIT_CHARS]):
        here = [place for hit in hits if hit.kind == "model" for place in _read(hit.slug, part)]
        found |= dict.fromkeys(version for _, version in sorted(here))
    return tuple(found)


def _read(slug: str, text: str) -> list[tuple[int, Version]]:
    """Versions of one entity with the places of their numbers."""
    found = []
    for match in _families(current_registry(), slug).finditer(text):
        before = _VARIANT.match(text, match.end())
        number = _NUMBER.match(text, before.end() if before else match.end())
        if number is None or int(number["number"].partition(".")[0]) > HIGHEST_VERSION:
            continue
        variants = [before[1].lower()] if before else []
        place = number.end()
        while len(variants) < MOST_VARIANTS and (after := _VARIANT.match(text, place)):
            variants.append(after[1].lower())
            place = after.end()
        letter = (number["letter"] or "").lower().removeprefix("v")
        version = letter + number["number"] + (number["tail"] or "")
        found.append((number.start("number"), _version(slug, version, variants)))
    return found


def _version(slug: str, number: str, variants: list[str]) -> Version:
    if variants and f"{slug}-{variants[0]}" in current_registry().entities:
        return Version(f"{slug}-{variants[0]}", number, "-".join(variants[1:]))
    return Version(slug, number, "-".join(variants))


@lru_cache(maxsize=1024)
def _families(registry: Registry, slug: str) -> re.Pattern[str]:
    """A pattern of what stands before the version in an entity's names: "DeepSeek" for "DeepSeek-R1"."""
    held = {_family(name) for name in registry.names_of(slug)}
    shortest = [one for one in held if not any(other != one and other[0] == one[0][: len(other[0])] for other in held)]
    return re.compile("|".join(_pattern(*family) for family in sorted(shortest)))


def _family(name: Name) -> tuple[tuple[str, ...], str, bool]:
    """The words of a name before its version, the version's letter where nothing else is left, and if case counts."""
    words = name.spelling or name.words
    digits = next((place for place, word in enumerate(words) if word.isdigit()), len(words))
    has_letter = len(words) > 1 and digits > 0 and len(words[digits - 1]) == 1
    family = words[: digits - has_letter]
    return family or (words[0],), "" if family else words[0], name.spelling is not None


def _pattern(words: tuple[str, ...], letter: str, is_cased: bool) -> str:
    pattern = rf"(?={re.escape(letter)}\d)" if letter else r"[\s-]{0,2}".join(map(re.escape, words))
    return rf"(?<![A-Za-z0-9])(?:{pattern})" if is_cased else rf"(?<![A-Za-z0-9])(?i:{pattern})"
