"""A page's tree as a reader sees it: without hidden elements and comments, and of bounded size."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import lxml.html
from lxml import etree

from feeds.scrub import is_hidden

# A page of more elements is no article; the worst pages found with 20,000 take about 1.5 s to read.
MAX_ELEMENTS = 20_000
# Deeper elements are read as part of those around them: later readers of the tree use recursion.
MAX_DEPTH = 200
# libxml2's time to build an element grows with the square of its attributes: 10^5 of them took 11 s.
MAX_ATTRIBUTES = 50


def visible_tree(markup: str) -> lxml.html.HtmlElement | None:
    """The `html` element of a page; None if it is empty or has more elements than an article may have."""
    parser = etree.HTMLParser(target=_TreeOfVisible(), huge_tree=True, encoding="utf-8")
    try:
        return etree.fromstring(markup.replace("\x00", "").encode("utf-8", "ignore"), parser)
    except (etree.LxmlError, _TooManyElements):
        return None


class _TooManyElements(Exception):
    pass


class _TreeOfVisible:
    """Builds a tree from parser events, so that what is left out is never built at all."""

    def __init__(self) -> None:
        self._builder = etree.TreeBuilder(parser=lxml.html.html_parser)
        self._elements = 0
        self._depth = 0
        self._hidden_depth = 0
        # Whether each open element was built.
        self._is_built: list[bool] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._hidden_depth or is_hidden(tag, attributes):
            self._hidden_depth += 1
            return
        is_built = self._depth < MAX_DEPTH and self._build(tag, attributes)
        self._depth += is_built
        self._is_built.append(is_built)

    def end(self, tag: str) -> None:
        if self._hidden_depth:
            self._hidden_depth -= 1
        elif self._is_built.pop():
            self._depth -= 1
            self._builder.end(tag)

    def data(self, data: str) -> None:
        if not self._hidden_depth and self._depth:
            self._builder.data(data)

    def comment(self, text: str) -> None:
        """Comments are not seen."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Nor are processing instructions."""

    def close(self) -> lxml.html.HtmlElement | None:
        return self._builder.close() if self._elements else None

    def _build(self, tag: str, attributes: Mapping[str, str]) -> bool:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise _TooManyElements
        try:
            self._builder.start(tag, dict(islice(attributes.items(), MAX_ATTRIBUTES)))
        except ValueError:  # a name that no element can have
            return False
        return True
