"""The types of a digest's document and its JSON schema say the same, field by field."""

from __future__ import annotations

import enum
import json
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from newsdesk.digests.documents.document import SCHEMA_FILE
from newsdesk.digests.shape import Document

SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
NAMES = {str: "string", int: "integer", float: "number", bool: "boolean"}
# The schema lets a manifest hold more than it names; this is what a weekly one has more.
ONLY_IN_THE_TYPES = {"manifest.digests"}


def described(path: str, hint: Any) -> Iterator[tuple[str, str]]:
    """Every field of a type by its path, and what it may hold in words."""
    if get_origin(hint) is NotRequired:
        yield path, "may be missing"
        (hint,) = get_args(hint)
    if get_origin(hint) is Annotated:
        base, words = get_args(hint)
        assert base is str
        yield path, f"one of {sorted(_values(words))}"
    elif get_origin(hint) is Literal:
        yield path, f"one of {sorted(get_args(hint))}"
    elif get_origin(hint) in (Union, types.UnionType):
        inner, nothing = get_args(hint)
        assert nothing is type(None)
        yield path, f"{'object' if is_typeddict(inner) else NAMES[inner]} or null"
        if is_typeddict(inner):
            yield from described(path, inner)
    elif get_origin(hint) is list:
        yield from described(f"{path}[]", get_args(hint)[0])
    elif is_typeddict(hint):
        for name, field in get_type_hints(hint, include_extras=True).items():
            place = f"{path}.{name}".lstrip(".")
            if name in hint.__optional_keys__ and get_origin(field) is not NotRequired:
                yield place, "may be missing"
            yield from described(place, field)
    else:
        yield path, "object" if get_origin(hint) is dict else NAMES[hint]


def _values(words: Any) -> list[str]:
    if isinstance(words, enum.EnumMeta):
        return [member.value for member in words]
    return [words.value] if isinstance(words, enum.Enum) else list(words)


def described_by_schema(path: str, value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The same of a JSON schema."""
    if "$ref" in value:
        value = SCHEMA["$defs"][value["$ref"].rpartition("/")[2]]
    if "anyOf" in value:
        inner, nothing = value["anyOf"]
        assert nothing == {"type": "null"}
        inner = SCHEMA["$defs"][inner["$ref"].rpartition("/")[2]] if "$ref" in inner else inner
        yield path, f"{inner['type']} or null"
        if "properties" in inner:
            yield from described_by_schema(path, inner)
    elif "enum" in value or "const" in value:
        yield path, f"one of {sorted(value.get('enum', [value.get('const')]))}"
    elif value["type"] == "array":
        yield from described_by_schema(f"{path}[]", value["items"])
    elif "properties" in value:
        for name, field in value["properties"].items():
            place = f"{path}.{name}".lstrip(".")
            if name not in value["required"]:
                yield place, "may be missing"
            yield from described_by_schema(place, field)
    else:
        yield path, value["type"]


def test_the_types_and_the_schema_agree() -> None:
    types_ = {row for row in described("", Document) if not row[0].startswith(tuple(ONLY_IN_THE_TYPES))}
    assert types_ == set(described_by_schema("", SCHEMA))
    assert len(types_) > 60


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("items[].section", "one of ['big', 'lead', 'short']"),
        ("items[].sentences[].receipts[].start", "integer"),
        ("items[].headline_by", "may be missing"),
        ("watch[].date", "string or null"),
        ("items[].origins.by[].receipt", "object or null"),
        ("items[].origins.by[].receipt.start", "integer"),
        ("manifest.models", "may be missing"),
    ],
)
def test_what_the_comparison_sees(path: str, words: str) -> None:
    assert (path, words) in set(described("", Document))
    assert (path, words) in set(described_by_schema("", SCHEMA))
