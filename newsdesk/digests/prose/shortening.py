"""A headline that is too long cut to fit: where a clause ends, and what is left still says what happened. Pure."""

from __future__ import annotations

import re
from pathlib import Path

from newsdesk.stories.titles.cleaning import kept_label
from newsdesk.stories.titles.kinds import has_news_verb
from newsdesk.stories.word_lists import WordLists

LONGEST_CHARACTERS = 90
# A title cut at a clause keeps at least this much; a shorter rest would say too little.
SHORTEST_CLAUSE_CHARACTERS = 35
# A title that must not be cut is printed whole up to this; a row holds 200.
LONGEST_WHOLE_CHARACTERS = 180
# "... puts on hold an earlier ruling | that had blocked ...": short, it would keep the point back.
SHORTEST_BEFORE_RELATIVE = 50
ELLIPSIS = "…"

LISTS = WordLists(Path(__file__).with_name("shortening.toml"))
_any_of = LISTS.any_of

_SAYS_WHO = re.compile(r"(?:sources?|filing|memo|opinion|report|letter|analysis):\s", re.IGNORECASE)
# What turns what stands before it, or makes it hang on something: cut off, the opposite would be said.
_QUALIFIES = re.compile(rf"\b{_any_of('qualifies')}\b", re.IGNORECASE)
# Not that of an abbreviation: "with A.I." keeps its own.
_FULL_STOP = re.compile(r"(?<![A-Z.])\.$")
# Where a title may end early and still be a whole statement: never inside a list, never before its object.
_CLAUSE = re.compile(
    rf";\s|\s?[–—]\s?|\s-\s|\.\s|,\s(?={_any_of('clause')}\b)"
    # "opens inquiry into Mendry, orders register": the second of two things that somebody does.
    r"|,\s(?=(?:and )?(?:\w{3,}(?<!s)s|will|to)\s(?:an?|the|its|\$|\w+))"
)
# What stands between two commas may come between a subject and its verb.
_INSERTION = re.compile(r",\s(?:which|who|whose|including|led|an?|the|based|\w+ing|[\w\u2010\u2011-]+ed)\b")
_OPEN_INSERTION = re.compile(r"^[^,]{2,40},\s(?:which|who|whose|an?|the|led|based|\w+ing)\b[^,]*$")
_LATE_CLAUSE = re.compile(
    rf"(?<![,;:])\s(?={_any_of('late_clause')}\s)"
    # A relative clause and a purpose: "... an earlier ruling | that had blocked ...", "... | to fund its data centres".
    r"|(?<!say)(?<!says)(?<!said)(?<!told)\s(?=(?:that|which|who) (?!it\b|they\b|the\b|he\b|she\b)\w+)"
    rf"|\s(?=to {_any_of('purpose')}\s)"
)
# After these "to" and "that" say what is planned or said: cut there, the statement would lose its point.
_WANTS_INFINITIVE = re.compile(rf"\b{_any_of('wants_infinitive')}(?:s|es|d|ed|ing)?$", re.IGNORECASE)
_ASKS = re.compile(rf"\b{_any_of('asks')}\b", re.IGNORECASE)
_SAYS = re.compile(rf"\b{_any_of('says')}\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\s(?:that|which|who)\s")
_DANGLES = re.compile(rf"(?:^|\s){_any_of('dangles')}$", re.IGNORECASE)
# At a comma or dash a statement may end in more: "... is effectively over, after ...".
_DANGLES_AT_STOP = re.compile(rf"(?:^|\s){_any_of('dangles_at_stop')}$", re.IGNORECASE)
_DURATION = re.compile(r"\b(?:hour|day|week|month|year|quarter)s?$", re.IGNORECASE)
_SECOND_VERB = re.compile(r",\s\w+s\s")
_SPAN_OF_TIME = re.compile(r"\s(?:after|before)\b")


def fit(title: str) -> str:
    """A cleaned title in at most 90 characters: cut at a clause, and only as a last resort at a word.

    One whose rest takes back or conditions what stands before it stays whole, up to 180 characters; a label at its end
    that says that it is not so stays too.

    >>> fit("Kelp Labs opens the weights of its Harbour model, citing pressure from ports that feared to be locked in")
    'Kelp Labs opens the weights of its Harbour model'
    >>> fit("Kelp Labs, which opened the weights of its Harbour model under pressure from the ports, sues Brine")
    'Kelp Labs, which opened the weights of its Harbour model under pressure from the ports…'
    """
    if len(title) <= LONGEST_CHARACTERS:
        return _FULL_STOP.sub("", title)
    if label := kept_label(title):
        return f"{fit(title.removesuffix(label).rstrip())} {label}"
    head = _clause(title)
    if len(title) <= LONGEST_WHOLE_CHARACTERS and _QUALIFIES.search(title, len(head)):
        return _FULL_STOP.sub("", title)
    if head:
        return head
    head = title[: LONGEST_CHARACTERS - 1]
    head = head[: head.rfind(" ")] if " " in head else head
    while _DANGLES.search(head) and " " in head:
        head = head[: head.rfind(" ")]
    return head.rstrip(" ,;:–—-") + ELLIPSIS


def _clause(title: str) -> str:
    """The longest head of a long title that is a statement of its own, or an empty text."""
    label = _SAYS_WHO.match(title)
    least = (label.end() if label else 0) + SHORTEST_CLAUSE_CHARACTERS
    for pattern in (_CLAUSE, _LATE_CLAUSE):
        for cut in reversed([match.start() for match in pattern.finditer(title, least)]):
            head = title[:cut].rstrip(" ,;:–—-")
            if cut <= LONGEST_CHARACTERS and _stands_alone(head, title[cut:]):
                return head
    return ""


def _stands_alone(head: str, rest: str) -> bool:
    """Whether a title's head is a statement without its rest: not the subject of a verb that the rest still owes."""
    if (_INSERTION.match(rest) and "," in rest[1:]) or _OPEN_INSERTION.match(head):
        return False
    if rest.startswith(" to ") and (_WANTS_INFINITIVE.search(head) or _ASKS.search(head)):
        return False
    if _RELATIVE.match(rest) and (_SAYS.search(head) or len(head) < SHORTEST_BEFORE_RELATIVE):
        return False
    if ("," in head and _SECOND_VERB.match(rest)) or (_DURATION.search(head) and _SPAN_OF_TIME.match(rest)):
        return False
    is_closed = head.count("“") == head.count("”") and head.count("(") == head.count(")") and head.count('"') % 2 == 0
    dangles = _DANGLES_AT_STOP if rest.lstrip()[:1] in ",;–—-." else _DANGLES
    return is_closed and not dangles.search(head) and has_news_verb(head)
