"""A title as its publisher meant it, without what aggregators and forums put around it. Pure."""

from __future__ import annotations

import re

from newsdesk.stories.text import clean_title

# "(Ada Berg/The Fjord Times)": an aggregator's credit at the end of a title.
_CREDIT = re.compile(r"\s*\([^()]{3,60}/[^()]{2,40}\)\s*:?\s*$")
# "Launch HN: ", "@lab: RT by @lab: ", "(YC W26)": what a forum or a feed of posts puts around a title.
_LABEL = re.compile(r"^(?:(?:Launch|Show|Ask|Tell) HN\b:?\s*|@\w+:\s*(?:RT by @\w+:\s*)?)|\s*\(YC [A-Z]\d\d\)")


def without_credit(title: str) -> str:
    """The title normalised, without an aggregator's credit at its end."""
    return _CREDIT.sub("", clean_title(title))


def bare_title(title: str) -> str:
    """The title normalised, without an aggregator's credit at its end or a forum's label before it."""
    return _LABEL.sub("", without_credit(title))
