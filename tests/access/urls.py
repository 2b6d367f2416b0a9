"""Every address that the resolver knows, filled in with rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
OF_MODEL = re.compile(r"admin/([a-z_]+)/([a-z_]+)/")
# Parameters that name the row of the model whose page it is.
OWN_ROW = ("object_id", "id", "pk")


@dataclass(frozen=True)
class Url:
    """A pattern: its namespace, its name ("" where it has none) and its route from the root."""

    space: str
    name: str
    route: str
    is_plain: bool

    @property
    def model(self) -> str:
        """The label of the model whose page of the admin it is, or nothing."""
        found = OF_MODEL.match(self.route)
        return f"{found[1]}.{found[2]}" if found else ""

    @property
    def act(self) -> str:
        """What comes behind app and model in its name: changelist, add, merge; `plain` where it has no name."""
        return self.name.removeprefix(self.model.replace(".", "_") + "_") or "plain"

    def path(self, rows: Mapping[str, Model], others: Mapping[str, str]) -> str:
        """The address for these rows; `others` fills parameters that are no row of the page's own model.

        Raises: KeyError, with the parameter that nobody has said how to fill.
        """

        def fill(match: re.Match[str]) -> str:
            if match[1] in OWN_ROW or match[1] == f"{self.model.partition('.')[2]}_id":
                return str(rows[self.model].pk)
            return others[match[1]]

        return "/" + PARAMETER.sub(fill, self.route)


def every_url() -> Iterator[Url]:
    yield from _walk(get_resolver().url_patterns, "", "", True)


def _walk(patterns: list[URLPattern | URLResolver], route: str, space: str, is_plain: bool) -> Iterator[Url]:
    for pattern in patterns:
        here, plain = route + str(pattern.pattern), is_plain and isinstance(pattern.pattern, RoutePattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here, pattern.namespace or space, plain)
        else:
            yield Url(space, pattern.name or "", here, plain)
