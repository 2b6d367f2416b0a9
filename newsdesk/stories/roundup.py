"""Telling round-ups: entries that list many stories, which never glue stories together."""

from __future__ import annotations

import re

from newsdesk.stories.text import clean_title

_TITLE = re.compile(
    r"\b(?:round-?up|recap|digest|newsletter|briefing|week in review|(?:this|the|last) week in|week(?:ly)? in ai"
    r"|weekly (?:news|review|update|links|reads?|brief)|daily (?:news|brief|links)|(?:morning|evening) brief"
    r"|top (?:stories|news|headlines)|(?:news|stories|headlines) (?:of|from) the (?:day|week|month)"
    r"|links for|in brief|in other news|live (?:updates|blog)|everything you missed"
    r"|everything (?:[\w'.-]+ ){0,4}(?:announced|revealed|unveiled)|(?:you )?may have missed|what you missed)\b"
    r"|^(?:top |the )?(?:\d{1,2}|five|six|seven|eight|nine|ten) (?:big )?"
    r"(?:things|stories|links|takeaways|headlines|news)\b"
    r"|\bthe week's \d{1,2}\b|\bbiggest (?:\w+ )?stories\b|^the download:|^\[ainews\]"
    r"|早报|晚报|日报|周报|周刊|8点1氪",
    re.IGNORECASE,
)
# A title that is nothing but a date or an issue number is a newsletter's.
_ISSUE = re.compile(
    r"^(?:[\w ']{0,30}\s)?(?:#\d{1,4}|issue \d{1,4}|vol\.? ?\d+|\d{4}-\d{2}-\d{2}"
    r"|(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}(?:,? \d{4})?)$",
    re.IGNORECASE,
)
# Newsletters open with a pictogram, all 8 such titles of labelled days; news hardly ever does.
_PICTOGRAM = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
# Someone's own account of a thing, no report of an event: of 78 such titles of labelled days 2 told the event of
# another publisher's report.
_OWN_ACCOUNT = re.compile(r"(?:I(?:'(?:m|ve|d|ll))?|My|Hands[- ]on(?: with)?) ")
# Several headlines in one title, parted by these; by commas only where each part starts like a headline.
_PARTS = re.compile(r"\s*(?:;|；|\||·|•|\s\+\s)\s*")
_COMMA_PARTS = re.compile(r",\s+(?:and |plus )?")
MIN_PARTS, MIN_PART_WORDS = 3, 3


def is_round_up(title: str, publisher: str) -> bool:
    """Whether an entry tells many stories, as its title shows: a newsletter, a list of links, a daily brief."""
    title = clean_title(title, publisher)
    if _TITLE.search(title) or _ISSUE.match(title) or _PICTOGRAM.match(title):
        return True
    parts = [part for part in _PARTS.split(title) if len(part.split()) >= MIN_PART_WORDS]
    if len(parts) >= MIN_PARTS:
        return True
    parts = [] if " - " in title else _COMMA_PARTS.split(title)
    return len(parts) >= MIN_PARTS and all(len(part.split()) >= MIN_PART_WORDS and part[0].isupper() for part in parts)


def is_own_account(title: str, publisher: str) -> bool:
    """Whether a title speaks as a person of their own doings: "I tried ...", "Hands-on with ..."."""
    return _OWN_ACCOUNT.match(clean_title(title, publisher)) is not None
