"""Whom a report names as its source: an agency, another outlet, or its own people. Touches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from newsdesk.stories.origins.outlets import Outlet, folded, is_written_as_name, may_name_outlet, outlet_named
from newsdesk.stories.text import normalise

# The source is named where a report begins; further down stands background.
READ_CHARACTERS = 1_000
# An agency signs at the end, or says so there.
READ_TAIL_CHARACTERS = 300

_NAME = (
    r"(?P<name>(?:[Tt]he )?(?:[A-Z0-9](?![\w.&'+-]{41})[\w.&'+-]*|dpa|heise)"
    r"(?: (?:[A-Z0-9](?![\w.&'+-]{41})[\w.&'+-]*|of|and|della|de|24)){0,5})"
)
_WHAT = (
    r"(?:report|story|article|investigation|scoop|piece|interview|exclusive|analysis|newsletter|reporting|reporter)s?"
)
_VERB = (
    r"(?:(?:has |had |have |was |were |is |later |also |exclusively |previously |already |separately )?(?:the )?"
    r"(?:first (?:to report|reported|revealed)|report(?:s|ed|ing)|reveal(?:s|ed)|broke|wrote|writes|learn(?:s|ed)"
    r"|said|says|noted|notes|claims|claimed|found|uncovered))\b"
)
_DONE = (
    r"(?:first |earlier |originally |previously )?"
    r"(?:reported|revealed|published|obtained|seen|reviewed|viewed|spotted|covered|written) "
    r"(?:earlier |first |on \w+ )?(?:by|in|on|at)"
)
# What stands before the name of an outlet that is the source.
_BEFORE = re.compile(
    rf"(?:\b(?i:via|citing|reports|reported|cited by|according to|{_DONE}|reports? (?:from|by|in|at|on)|shared with"
    rf"|{_WHAT} (?:published )?(?:by|from|in|at|on)|quotes? (?:a report )?from|writes|writing (?:for|in|at)|per|h/t"
    r"|hat tip(?: to)?|laut|selon|según|secondo|volgens|segundo)|\b(?i:source|sources|source link|quelle|via):)"
    rf"[\s:]+(?:(?:a|an|this|the(?= [a-z])|new|recent|exclusive|earlier) )*(?:{_WHAT} (?:by|from|in|at) )?"
    r"(?:sources (?:cited|quoted) by )?[\"'‘“(]?" + _NAME
)
# The same, where it tells no more than who was spoken to: only in the first sentences is that the source of the news.
_TOLD = re.compile(
    r"\b(?:told|tells?|in an interview (?:with|on|published in)|interview with|(?:statement|email|memo|comments?) to"
    r"|speaking (?:to|with)|spoke (?:to|with)) " + _NAME
)
TOLD_SENTENCES = 2
# What stands after it; "Bloomberg's Mark Gurman reports" and "a Bloomberg report" among them.
_AFTER = re.compile(
    r"(?<![A-Za-z0-9])"
    + _NAME
    + rf"(?:(?:'s?)?(?: [A-Z][\w.'-]{{1,40}}){{0,3}}\b)?(?:, [^,.]{{3,80}},)? (?=[a-z])(?:{_VERB}|{_WHAT}\b)"
)
_CHINESE = re.compile(
    r"(?:[据據]|^|[，。、( ])《?(?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)》?"
    r"(?:、[^，。]{1,14}|[网網]站)?(?:(?:\d+月)?\d+日)?(?:消息|报道|報[導道]|援引|引述|获悉|指出)"
)
_JAPANESE = re.compile(
    r"(?:米|英|独|仏|中国|韓国)?(?P<name>[A-Za-z][A-Za-z. ]{1,30}?|[\u30a0-\u30ff・]{3,24}|[\u4e00-\u9fff]{2,8}?)"
    r"(?:紙|通信|電子版|ニュース)?(?:[(（][^)）]{0,14}[)）])?(?:が|は|の報道|の記事|によると|によれば)"
)
_JAPANESE_CREDIT = re.compile("報じ|報道|伝え|によると|によれば")
# A link blog's quotation: "Mona Dahl, writing for The Fjord Times (gift link):".
_QUOTED = re.compile(
    r"^[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){1,3}, (?:writing )?(?:for |at |in )?(?:the )?"
    + _NAME
    + r"(?:,? [(\w][^:]{0,60})?:"
)
# An agency's text under another's name.
_WIRES = (
    r"Reuters|AP|Associated Press|The Associated Press|AFP|Bloomberg|Bloomberg News|Bernama|dpa|Kyodo|PTI|Xinhua"
    r"|Yonhap|新华社"
)
_DATELINE = re.compile(
    rf"^[^a-z]{{0,3}}[A-Z][\w.,' /-]{{1,50}}:? ?\((?P<name>{_WIRES})(?:-\w+)?\)(?:\s?[-:]"
    rf"|\s[A-Z])"
)
_SIGNED = re.compile(
    rf"(?:^by [\w.' -]{{3,60}}, |[-–—(] ?(?=(?:{_WIRES})\)?$)|© ?(?:\d{{4}} )?)(?P<name>{_WIRES})\b",
    re.IGNORECASE | re.MULTILINE,
)
_REPORTING_BY = re.compile(r"\bReporting by [A-Z][\w.' -].{0,250}?[;.] ?(?:Additional|Writing|Editing)", re.DOTALL)
# The report's own finding, whoever else is named: asked, confirmed, seen, told to its writers.
_OWN = re.compile(
    r"\b(?:told us|tell us|confirmed to us|(?<!not )(?<!not been )independently (?:confirmed|verified)"
    r"|has seen (?:a|the) (?:copy|document|memo)|we (?:asked|spoke|have (?:learned|seen|reviewed))"
    r"|in an interview with us|shared with us)\b",
    re.IGNORECASE,
)
# What is found of one's own, with one's name in it.
_OWN_NAMED = (
    r"(?:told|tells|confirmed(?: \w+){0,5} to|statement to|e-?mail to|interview with|comments? to|spoke (?:to|with)"
    r"|speaking (?:to|with)|shared with|seen by|obtained by|reviewed by|viewed by) (?:the )?{name}"
    r"|{name} (?:has |had )?(?:independently )?(?:learned|confirmed|verified|reviewed|seen|obtained|understands"
    r"|spoke)"
    r"\b"
)
# A sentence with one of these tells what was known before.
_BACKGROUND = re.compile(
    r"\b(?:last (?:year|month|summer|fall|autumn|spring|winter)|(?:earlier|previously) (?:this (?:year|month)|in)"
    r"|in (?:19|20)\d\d"
    r"|(?:back|reported|said|revealed|wrote|learned) in (?:january|february|march|april|may|june|july|august"
    r"|september"
    r"|october|november|december)"
    r"|(?:months|years|weeks) ago)\b",
    re.IGNORECASE,
)
# A forum, called almost like an outlet.
_NO_OUTLETS = frozenset({"Hacker News"})
_HAN = re.compile("[据據导導道指援引報报]|によ|伝え")
_SENTENCE_END = re.compile(r"(?<=[.!?。])[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9\u4e00-\u9fff])|\n+")
_IN_BRACKETS = re.compile(r"\((?:(?P<who>[^()/]{2,60})/)?\s*(?P<name>[^()/]{2,40})\)\s*$")
_AT_END = re.compile(
    r"(?:[,;]|\s[-–—|:]|[.!?]) ?(?:(?:via|according to|citing|per|says|reports?(?: (?:by|from))?|report:) )"
    + _NAME
    + r"(?: (?:reports?|reported|says?|said))?\s*$"
)
_SAID_AT_END = re.compile(
    r"(?:,|\s[-–—:|]) ?" + _NAME + r" (?:reports?|reported|says?|said|writes|finds"
    r"|reveals)\s*$"
)
_AT_START = re.compile(r"^" + _NAME + r"(?:: |(?: report)?:? (?=['\"‘“])| (?:reports|says|reported|report)[: ])")


def named_outlet(title: str) -> Outlet | None:
    """The outlet that a title names as its source, None where it names none.

    In brackets after an author's name, as aggregators write it, it may be any; elsewhere it must be a known one.

    >>> named_outlet("Sources: a lab plans an office in Oslo (Ada Berg/The Fjord Times)").name
    'The Fjord Times'
    """
    title = normalise(title)
    if match := _IN_BRACKETS.search(title):
        name = match["name"].strip()
        if outlet := _known(name):
            return outlet
        if " " in (match["who"] or "").strip():
            return Outlet(name, folded(name))
    for pattern in (_AT_END, _SAID_AT_END, _AT_START):
        if (match := pattern.search(title)) and (outlet := _known(match["name"])):
            return outlet
    return None


def cited_outlets(text: str) -> tuple[Outlet, ...]:
    """The outlets that the beginning of a text names as sources of its news, in the text's order, each once.

    >>> [outlet.name for outlet in cited_outlets("Kelp will open an office, Bloomberg reported on Tuesday.")]
    ['Bloomberg']
    >>> cited_outlets("Kelp sued Bloomberg. Time will tell. Last year Reuters reported losses.")
    ()
    """
    return _cited_in(text[:READ_CHARACTERS])


@lru_cache(maxsize=8_192)
def _cited_in(head: str) -> tuple[Outlet, ...]:
    found: dict[Outlet, None] = {}
    for number, sentence in enumerate(_SENTENCE_END.split(_normalised_lines(head))):
        found |= dict.fromkeys(cited_in_sentence(sentence, told=number < TOLD_SENTENCES))
    return tuple(found)


def cited_in_sentence(sentence: str, *, told: bool) -> tuple[Outlet, ...]:
    """The outlets that a normalised sentence names as sources, in its order; with `told`, whom somebody told too."""
    if not (_HAN.search(sentence) or may_name_outlet(sentence)) or _BACKGROUND.search(sentence):
        return ()
    cited = sorted(_cited(sentence, told=told), key=lambda pair: pair[0])
    return tuple(dict.fromkeys(outlet for _, outlet in cited))


def agency_of(text: str) -> Outlet | None:
    """The agency whose text this is, as its dateline or signature says.

    >>> agency_of("OSLO (Reuters) - Kelp sued Brine.").name, agency_of("Kelp sued Reuters.")
    ('Reuters', None)
    """
    head = normalise(text[:200])
    match = _DATELINE.match(head) or _SIGNED.search(_normalised_lines(text[:120]))
    if match:
        return _known(match["name"])
    tail = text[-READ_TAIL_CHARACTERS:].strip()
    if _REPORTING_BY.search(tail):
        return outlet_named("Reuters")
    match = _SIGNED.search(tail[-60:])
    return _known(match["name"]) if match else None


def is_own_finding(text: str, publisher: str) -> bool:
    """Whether the beginning of a text says that its publisher found or confirmed the news itself.

    >>> is_own_finding("Kelp confirmed to the Fjord Times that it will close.", "The Fjord Times")
    True
    >>> is_own_finding("Kelp confirmed to Bloomberg that it will close.", "The Fjord Times")
    False
    """
    head = normalise(text[:READ_CHARACTERS])
    if _OWN.search(head):
        return True
    return bool(publisher) and _own_named(publisher).search(head) is not None


@lru_cache(maxsize=1_024)
def _own_named(publisher: str) -> re.Pattern[str]:
    name = re.escape(publisher.removeprefix("The "))
    return re.compile(_OWN_NAMED.replace("{name}", name), re.IGNORECASE)


def _normalised_lines(text: str) -> str:
    return "\n".join(filter(None, map(normalise, text.split("\n"))))


def _cited(sentence: str, *, told: bool) -> Iterator[tuple[int, Outlet]]:
    japanese = [_JAPANESE] if _JAPANESE_CREDIT.search(sentence) else []
    for pattern in (_BEFORE, _AFTER, _CHINESE, _QUOTED, *japanese, *[_TOLD] * told):
        position = 0
        while match := pattern.search(sentence, position):
            position = match.end("name")
            if outlet := _known_within(match["name"], from_start=pattern is not _AFTER):
                yield match.start("name"), outlet


def _known_within(name: str, *, from_start: bool) -> Outlet | None:
    """The outlet with whose name a run of capitalised words begins, or (before a verb) ends."""
    words = name.split()
    parts = (
        [words[:size] for size in range(len(words), 0, -1)] if from_start else [words[n:] for n in range(len(words))]
    )
    if not from_start and "'s " in name:
        parts.insert(0, name.partition("'s ")[0].split())
    return next((outlet for part in parts if (outlet := _known(" ".join(part)))), None)


def _known(name: str) -> Outlet | None:
    name = name.strip(" .'\"").removesuffix("'s")
    if name.startswith("the "):
        name = "T" + name[1:]
    return outlet_named(name) if is_written_as_name(name) and name not in _NO_OUTLETS else None
