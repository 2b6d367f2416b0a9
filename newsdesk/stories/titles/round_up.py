"""Round-ups, told by their titles: entries that list many stories, which never glue stories together. Pure."""

from __future__ import annotations

import re

from newsdesk.stories.text import content_words
from newsdesk.stories.titles.cleaning import clean_title
from newsdesk.stories.titles.kinds import LISTS

# Searched in lower-cased titles.
_TITLE = re.compile(
    rf"\b{LISTS.any_of('round_up')}\b"
    r"|^(?:top |the )?(?:\d{1,2}|five|six|seven|eight|nine|ten) (?:big )?"
    r"(?:things|stories|links|takeaways|headlines|news)\b"
    r"|\bthe week's \d{1,2}\b|\bbiggest (?:\w+ )?stories\b|^the download:|^\[ainews\]"
    rf"|{LISTS.any_of('round_up_east_asian')}"
)
# A title that is nothing but a date or an issue number is a newsletter's.
_ISSUE = re.compile(
    r"^(?:[\w ']{0,30}\s)?(?:#\d{1,4}|issue \d{1,4}|vol\.? ?\d+|\d{4}-\d{2}-\d{2}"
    r"|(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}(?:,? \d{4})?)$"
)
# Several headlines in one title, parted by these; by bars, pluses and commas only where each starts like a headline.
_PARTS = re.compile(r"(?:(?<!\s)\s+)?(?:;|；|·|•)\s*")
_HEADLINES = re.compile(r"(?:(?<!\s)\s+)?\|\s*|(?<!\s)\s+\+\s+")
_COMMA_PARTS = re.compile(r",\s+(?:and |plus )?")
MIN_PARTS, MIN_PART_WORDS = 3, 3
# Instructions and names of repositories are none, whatever they list.
_NO_LIST = re.compile(r"^how (?:to|i)\b|^[\w.-]+/[\w.-]+(?::|$)")
# Someone's own account of a thing or a newsletter's issue, not a report of an event: of 84 such titles of labelled days
# 2 told the event of another publisher's report.
_OWN_ACCOUNT = re.compile(
    r"(?:I(?:'(?:m|ve|d|ll))?|My|Hands[- ]on(?: with)?|[\U0001F300-\U0001FAFF\u2600-\u27BF]\ufe0f?) "
)


def is_round_up(title: str, publisher: str) -> bool:
    """Whether an entry tells many stories, as its title shows: a newsletter, a list of links, a daily brief.

    >>> is_round_up("AI this week: Kelp sues; Brine buys Marram; Oslo bans drones", "Fjord Times")
    True
    >>> is_round_up("Kelp, Brine and Marram sign a pact", "Fjord Times")
    False
    """
    title = clean_title(title, publisher)
    lowered = title.lower()
    if _NO_LIST.match(lowered):
        return False
    if _TITLE.search(lowered) or _ISSUE.match(lowered) or len(_long_parts(_PARTS, title)) >= MIN_PARTS:
        return True
    parts = _long_parts(_HEADLINES, title)
    if len(parts) >= MIN_PARTS and all(part[0].isupper() for part in parts) and not _repeats_itself(parts):
        return True
    parts = [] if " - " in title else _COMMA_PARTS.split(title)
    return len(parts) >= MIN_PARTS and all(len(part.split()) >= MIN_PART_WORDS and part[0].isupper() for part in parts)


def _long_parts(between: re.Pattern[str], title: str) -> list[str]:
    return [part for part in between.split(title) if len(part.split()) >= MIN_PART_WORDS]


def _repeats_itself(parts: list[str]) -> bool:
    """Whether half of the parts share a word with an earlier one: a title written for search engines."""
    seen: set[str] = set()
    repeating = 0
    for part in parts:
        words = set(content_words(part))
        repeating += not words.isdisjoint(seen)
        seen |= words
    return 2 * repeating >= len(parts)


def is_own_account(title: str, publisher: str) -> bool:
    """Whether a title speaks as a person of their own doings: "I tried ...", "Hands-on with ...".

    >>> is_own_account("I tried Kelp for a week", "Fjord Times"), is_own_account("I.O.C. bans Kelp", "Fjord Times")
    (True, False)
    """
    return _OWN_ACCOUNT.match(clean_title(title, publisher)) is not None
