"""The registry of entities: our `entities.toml`, and a site's own file that adds lines to it or changes some."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

OURS = Path(__file__).with_name("entities.toml")
KINDS = ("company", "lab", "model", "product", "benchmark", "person", "agency")
# Kinds of things that somebody makes; the others belong to somebody.
MADE = ("model", "product", "benchmark")
DEFAULT_WEIGHT = 0.4

_TEXT, _TEXTS, _SWITCH, _SHARE = "a text", "a list of texts", "true or false", "a number from 0 to 1"
KEYS = {
    "name": _TEXT,
    "maker": _TEXT,
    "of": _TEXT,
    "weight": _SHARE,
    "general": _SWITCH,
    "cased": _SWITCH,
    "ambiguous": _SWITCH,
    "strict": _SWITCH,
    "is_first_name": _SWITCH,
    "aliases": _TEXTS,
    "doubtful": _TEXTS,
    "sure": _TEXTS,
    "with": _TEXTS,
    "unless": _TEXTS,
}
_SPELLINGS = ("aliases", "doubtful", "sure")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

# Latin words, numbers, single CJK characters, and marks that no name goes across: "Qwen3.5" holds the word "Qwen",
# "OpenAI发布" the word "OpenAI", and "Meta, AI labs" no "Meta AI".
TOKEN = re.compile(
    r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|\d+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
    r"|[,;:!?.](?=\s|$)|[()\[\]\"“”«»—–|，。：；！？、《》「」]"
)

# A table of lines by slug, for each kind, as TOML has it.
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entity:
    """One line of the registry, as `entities.toml` explains them; `weight` is 0 to 1, `maker` a slug or "".

    `needs_words` says that for its doubtful names a text that speaks of AI is not evidence enough.
    """

    slug: str
    kind: str
    name: str
    weight: float
    maker: str
    is_first_name: bool
    is_general: bool
    is_strict: bool
    needs_words: bool
    own_words: tuple[str, ...]
    other_sense_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling: its words in lower case, and as written where case counts; a doubtful one needs evidence.

    `maker` is the slug of a maker of more weight whose name it begins with: "Google Gemini" names Google too. Without a
    slug it is somebody else's name that holds one of ours: "Kimbal Musk" is not Musk.
    """

    words: tuple[str, ...]
    spelling: tuple[str, ...] | None
    slug: str
    is_doubtful: bool
    maker: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """Entities by slug, and their names by first word, longest first."""

    entities: Mapping[str, Entity]
    names: Mapping[str, Sequence[Name]]

    def names_of(self, slug: str) -> tuple[Name, ...]:
        """Every spelling of one entity."""
        return tuple(name for names in self.names.values() for name in names if name.slug == slug)


class BadRegistry(Exception):
    """A site's own file of entities is wrong; says where and how."""


def read_registry(own: Path | None = None) -> Registry:
    """Our registry, with the lines of a site's own file over it.

    Raises: BadRegistry when that file has faults.
    """
    if own is not None and (faults := faults_in(own)):
        raise BadRegistry(" ".join(faults))
    lines = _lines(_tables(OURS), _tables(own) if own else {})
    spelled = {slug: _names(slug, line) for slug, (_, line) in lines.items()}
    others = {slug: _others(line, spelled[slug]) for slug, (_, line) in lines.items() if "unless" in line}
    entities = {slug: _entity(slug, kind, line, others.get(slug, {})) for slug, (kind, line) in lines.items()}
    names: dict[str, list[Name]] = {}
    for slug, held in spelled.items():
        maker = entities[slug].maker
        if maker and entities[maker].weight > entities[slug].weight:
            held = _with_maker(held, maker, {name.words for name in spelled[maker]})
        for name in (*held, *others.get(slug, {}).values()):
            names.setdefault(name.words[0], []).append(name)
    for held in names.values():
        held.sort(key=lambda name: (-len(name.words), not name.slug, name.slug))
    return Registry(entities, names)


def faults_in(own: Path) -> list[str]:
    """What is wrong with a site's own file, a sentence each: the file, the table, the slug and the fault."""
    try:
        tables = _tables(own)
    except OSError as error:
        return [f"{own.name}: cannot be read: {error.strerror}."]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return [f"{own.name}: is not TOML: {error}."]
    faults = list(_faults_of_form(tables)) or list(_faults_of_sense(tables))
    return [f"{own.name}, {fault}." for fault in faults]


def _faults_of_form(tables: Mapping[str, Any]) -> Iterator[str]:
    """Unknown kinds, keys and slugs, and values of the wrong sort."""
    seen: dict[str, str] = {}
    for kind, lines in tables.items():
        if kind not in KINDS or not isinstance(lines, dict):
            yield f"[{kind}]: no kind of entity; there are {', '.join(KINDS)}"
            continue
        for slug, line in lines.items():
            place = f"[{kind}] {slug}"
            if not _SLUG.fullmatch(slug):
                yield f"{place}: a slug is made of small letters, digits and hyphens"
            if slug in seen:
                yield f"{place}: stands in [{seen[slug]}] too"
            seen[slug] = kind
            if isinstance(line, dict):
                yield from (f"{place}: {fault}" for fault in _faults_of_line(line))
            else:
                yield f'{place}: not a line like {{ name = "…" }}'


def _faults_of_line(line: Line) -> Iterator[str]:
    for key, value in line.items():
        if key not in KEYS:
            yield f"unknown key {key!r}"
        elif not _is_of_sort(value, KEYS[key]):
            yield f"{key!r} must be {KEYS[key]}"
        elif key == "name" or key in _SPELLINGS:
            names = [value] if isinstance(value, str) else value
            yield from (f"{name!r} holds no word to look for" for name in names if not TOKEN.search(name))


def _is_of_sort(value: object, sort: str) -> bool:
    if sort == _TEXTS:
        return isinstance(value, list) and all(isinstance(text, str) and text for text in value)
    if sort == _SHARE:
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return isinstance(value, bool) if sort == _SWITCH else isinstance(value, str) and bool(value)


def _faults_of_sense(own: Mapping[str, Mapping[str, Line]]) -> Iterator[str]:
    """Lines that do not fit together with the rest: names missing or claimed twice, makers that are not there."""
    lines = _lines(_tables(OURS), own)
    claimed: dict[tuple[str, ...], str] = {}
    mine = {slug for kind in own.values() for slug in kind}
    for slug in (*(slug for slug in lines if slug not in mine), *(slug for slug in lines if slug in mine)):
        kind, line = lines[slug]
        place = f"[{kind}] {slug}"
        if "name" not in line:
            yield f"{place}: has no name"
            continue
        yield from (f"{place}: {fault}" for fault in _faults_of_owner(slug, lines))
        for text, name in zip(_spellings(line), _names(slug, line), strict=True):
            if claimed.setdefault(name.words, slug) != slug:
                yield f"{place}: {text!r} is a name of {claimed[name.words]} already"


def _faults_of_owner(slug: str, lines: Mapping[str, tuple[str, Line]]) -> Iterator[str]:
    kind, line = lines[slug]
    wrong, right = ("of", "maker") if kind in MADE else ("maker", "of")
    if wrong in line:
        yield f"{wrong!r} is not for a {kind}, {right!r} is"
    elif right in line and line[right] not in lines:
        yield f"{right!r}: there is no {line[right]!r}"
    passed = [slug]
    while (owner := _owner(lines[passed[-1]][1])) in lines:
        if owner in passed:
            yield f"{right!r} leads back to {owner!r}"
            break
        passed.append(owner)


def _tables(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _lines(
    ours: Mapping[str, Mapping[str, Line]], own: Mapping[str, Mapping[str, Line]]
) -> dict[str, tuple[str, Line]]:
    """Kind and line by slug; a key that the site's own line gives stands for ours."""
    lines: dict[str, tuple[str, Line]] = {
        slug: (kind, line) for kind, held in ours.items() for slug, line in held.items()
    }
    for kind, held in own.items():
        for slug, line in held.items():
            lines[slug] = (kind, {**lines.get(slug, ("", {}))[1], **line})
    return lines


def _with_maker(names: list[Name], maker: str, its_names: Collection[tuple[str, ...]]) -> list[Name]:
    return [
        replace(name, maker=maker)
        if any(name.words[:count] in its_names for count in range(1, len(name.words)))
        else name
        for name in names
    ]


def _owner(line: Line) -> str:
    return str(line.get("maker", line.get("of", "")))


def _spellings(line: Line) -> list[str]:
    return [line["name"], *(text for key in _SPELLINGS for text in line.get(key, ()))]


def _names(slug: str, line: Line) -> list[Name]:
    is_ambiguous = line.get("ambiguous", False)
    is_cased = is_ambiguous or line.get("cased", False)
    sure, doubtful = line.get("sure", ()), line.get("doubtful", ())
    names = []
    for text in _spellings(line):
        spelling = tuple(TOKEN.findall(text))
        is_doubtful = text in doubtful or (is_ambiguous and text not in sure)
        words = tuple(map(str.lower, spelling))
        names.append(Name(words, spelling if is_cased or is_doubtful else None, slug, is_doubtful))
    return names


def _others(line: Line, names: Iterable[Name]) -> dict[str, Name]:
    """What stands in `unless` and holds one of the names: it stands for itself, and the rest of the text for ours."""
    firsts = {name.words[0] for name in names}
    spelled = {text: tuple(TOKEN.findall(text)) for text in line["unless"]}
    return {
        text: Name(tuple(map(str.lower, spelling)), spelling, "", False)
        for text, spelling in spelled.items()
        if len(spelling) > 1 and not firsts.isdisjoint(map(str.lower, spelling))
    }


def _entity(slug: str, kind: str, line: Line, others: Collection[str]) -> Entity:
    return Entity(
        slug=slug,
        kind=kind,
        name=line["name"],
        weight=float(line.get("weight", DEFAULT_WEIGHT)),
        maker=_owner(line),
        is_first_name=line.get("is_first_name", False),
        is_general=line.get("general", kind == "agency"),
        is_strict=line.get("strict", False),
        needs_words=line.get("strict", False) or (kind not in MADE and bool(line.get("with"))),
        own_words=tuple(line.get("with", ())),
        other_sense_words=tuple(text for text in line.get("unless", ()) if text not in others),
    )
