"""The headline that a digest prints: the best of a story's titles, cleaned and cut to fit, never written anew. Pure.

The desk's headline of a story (`stories/titles/headline.py`) is another: it is chosen by less and may be long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsdesk.digests.prose.terms import fold, is_latin, terms, words
from newsdesk.stories.text import shown
from newsdesk.stories.titles.cleaning import is_cut_off, printed_title
from newsdesk.stories.titles.kinds import BAIT, PERSONAL, SALES, TEASE, is_teaser

LONGEST_CHARACTERS = 90
GOOD_LENGTH_CHARACTERS = (38, 90)
# A title cut at a clause keeps at least this much; a shorter rest would say too little.
SHORTEST_CLAUSE_CHARACTERS = 35
ELLIPSIS = "…"
# Headlines of this length in sentence case ("X says Y; Z will follow") read as sentences.
SHORTEST_SENTENCE_CHARACTERS = 60
MOST_CAPITALISED_SHARE = 0.55

_SAYS_WHO = re.compile(r"(?:sources?|filing|memo|opinion|report|letter|analysis):\s", re.IGNORECASE)
# Not that of an abbreviation: "with A.I." keeps its own.
_FULL_STOP = re.compile(r"(?<![A-Z.])\.$")
# Where a title may end early and still be a whole statement: never inside a list, never before its object.
_CLAUSE = re.compile(
    r";\s|\s?[–—]\s?|\s-\s|\.\s|,\s(?=(?:with|after|as|while|but|which|who|whose|citing|saying|including|amid|"
    r"according|says|per|despite|ahead|following|led|up|down|below|above|or|so|\w+ing|[\w\u2010\u2011-]+ed|an?|the)\b)"
    # "opens inquiry into Mendry, orders register": the second of two things that somebody does.
    r"|,\s(?=(?:and )?(?:\w{3,}(?<!s)s|will|to)\s(?:an?|the|its|\$|\w+))"
)
# What stands between two commas may come between a subject and its verb.
_INSERTION = re.compile(r",\s(?:which|who|whose|including|led|an?|the|based|\w+ing|[\w\u2010\u2011-]+ed)\b")
_OPEN_INSERTION = re.compile(r"^[^,]{2,40},\s(?:which|who|whose|an?|the|led|based|\w+ing)\b[^,]*$")
_LATE_CLAUSE = re.compile(
    r"(?<![,;:])\s(?=(?:as|after|while|amid|following|because|before|across|through|despite|alongside|and \w+(?:ed|"
    r"s)|covering|"
    r"using|making|seeking|citing|letting|giving|allowing|adding|targeting|when|unless|over (?:whether|how|claims?|"
    r"its)|"
    r"(?:built|backed|designed|powered|aimed|trained|made|meant) (?:around|on|at|by|for|with|to)|for the first time)\s)"
    # A relative clause and a purpose: "... an earlier ruling | that had blocked ...", "... | to fund its data centres".
    r"|(?<!say)(?<!says)(?<!said)(?<!told)\s(?=(?:that|which|who) (?!it\b|they\b|the\b|he\b|she\b)\w+)"
    r"|\s(?=to (?:fund|finance|build|boost|power|help|support|chase|let|make|cut|fight|expand|train|run|create|develop|"
    r"serve|bring|speed|accelerate|improve|protect|stop|avoid|keep|offer|deploy|address|tackle|track|detect|curate|"
    r"become|compete|catch|reduce|counter|secure|challenge|sell|give|turn|handle|automate|find|rein|curb|replace)\s)"
)
# After these "to" and "that" say what is planned or said: cut there, the statement would lose its point.
_WANTS_INFINITIVE = re.compile(
    r"\b(?:plan|agree|aim|seek|want|set|due|move|fail|hope|need|vow|begin|start|continue|ready|able|expect|expected|"
    r"look|try|trying|rush|race|bid|push|pledge|offer|decide|refuse|prepare|preparing|talks|poised|likely|about|"
    r"threaten|urge|urged|ask|asked|order|ordered|tell|told|allow|force|forced|help|required|nearing|close|access|"
    r"committed|response|way|plans|right|deal|according|up|down|back|next|due|how|use|used|begins|wants?)(?:s|es|d|"
    r"ed|ing)?$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:expects?|wants?|asks?|urges?|orders?|tells?|told|forces?|allows?|lets?|helps?|requires?)\b", re.IGNORECASE
)
_SAYS = re.compile(
    r"\b(?:tells?|told|says?|said|finds?|found|shows?|warns?|claims?|argues?|believes?|thinks?|reports?|confirms?|"
    r"admits?|reveals?)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\s(?:that|which|who)\s")
# "... puts on hold an earlier ruling | that had blocked ...": short, it would keep the point back.
SHORTEST_BEFORE_RELATIVE = 50
_DANGLES = re.compile(
    r"(?:^|\s)(?:a|an|the|of|to|in|on|at|by|for|from|with|and|or|but|as|its|their|his|her|is|are|that|which|who|says|"
    r"after|amid|over|about|into|than|will|not|it|this|has|have|new|more)$",
    re.IGNORECASE,
)
# At a comma or dash a statement may end in one of these: "... is effectively over, after ...".
_DANGLES_AT_STOP = re.compile(
    r"(?:^|\s)(?:a|an|the|of|and|or|but|as|its|their|his|her|is|are|that|which|who|than|will|not|vs)$", re.IGNORECASE
)
_DURATION = re.compile(r"\b(?:hour|day|week|month|year|quarter)s?$", re.IGNORECASE)

# Verbs of news, in the present and past forms that headlines use.
_NEWS_VERB = re.compile(
    r"\b(?:launch|release|unveil|announce|introduce|raise|acquire|buy|sue|ban|block|shut|cut|lay|fire|hire|join|"
    r"leave|quit|warn|fine|rule|order|approve|reject|sign|partner|invest|plan|delay|pull|pause|end|drop|"
    r"open|add|bring|roll|ship|hit|reach|top|fall|rise|surge|beat|miss|report|disclose|leak|breach|hack|exploit|"
    r"patch|fix|steal|charge|accuse|seek|seize|demand|agree|back|expand|build|test|find|show|say|tell|file|win|"
    r"lose|name|appoint|replace|move|merge|spin|sell|offer|cancel|halt|scrap|face|probe|investigate|urge|propose|"
    r"pass|vote|adopt|publish|unlock|outperform|overtake|target|threaten|secure|close|land|expose|discover|kill|"
    r"push|get|make|take|give|let|use|turn|become|set|put|go|come|train|double|triple|slash|boost|limit|restrict|"
    r"allow|require|deny|confirm|admit|claim|reveal|debut|detail|cost|value|spend|pay|lead|draw|resign|step|retire|"
    r"die|update|restructure|reshuffle|hold|start|begin|plan|weigh|mull|consider|help|work|run|settle|suspend|pay|"
    r"outline|teach|treat|exclude|charge|close|deliver|upgrade|overhaul|integrate|name|near|accelerate|commit|extend)"
    r"(?:s|es|ed|d|t|ing)?\b|\b(?:bought|sold|cut|shut|laid|left|quit|rose|fell|hit|beat|found|said|told|won|lost|"
    r"built|made|took|gave|became|went|came|paid|led|drew|stole|sought|is|are|was|were|to|will|has|gets)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Title:
    """A candidate: a source's title with the outlet's standing, 0 to 1."""

    text: str
    publisher: str
    standing: float


def fit(title: str) -> str:
    """A cleaned title in at most 90 characters: cut at a clause, and only as a last resort at a word."""
    if len(title) <= LONGEST_CHARACTERS:
        return _FULL_STOP.sub("", title)
    if head := _clause(title):
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


def choose(titles: Sequence[Title], shared: Mapping[str, float]) -> str:
    """The best headline among the titles, at most 90 characters; `shared`: how much each term is the story's, 0 to 1.

    Prefers an actor, a verb and a specific; an earlier title wins among equals. Empty only if every title is.
    """
    candidates = [
        (_merit(title, fitted, shared), -n, fitted)
        for n, title in enumerate(titles)
        if (fitted := fit(printed_title(title.text, title.publisher)))
    ]
    return max(candidates)[2] if candidates else ""


def reads_as_sentence(cleaned: str) -> bool:
    """Whether a cleaned title could stand in running text: long, in sentence case, with a verb, and no teaser."""
    found = [word for word in words(cleaned) if word[0].isalpha()]
    capitalised = sum(word[0].isupper() for word in found)
    return (
        len(cleaned) >= SHORTEST_SENTENCE_CHARACTERS
        and capitalised <= MOST_CAPITALISED_SHARE * len(found)
        and bool(_NEWS_VERB.search(cleaned))
        and not is_teaser(cleaned)
        and not cleaned.endswith((ELLIPSIS, "...", "!"))
    )


def _merit(title: Title, cleaned: str, shared: Mapping[str, float]) -> float:
    distinct = set(terms(cleaned))
    centrality = sum(shared.get(term, 0.0) for term in distinct) / (4 + len(distinct) / 2)
    low, high = GOOD_LENGTH_CHARACTERS
    merit = 2.0 * centrality + 0.6 * title.standing
    merit += (
        0.5 if low <= len(cleaned) <= high else -0.8 * abs(len(cleaned) - (low if len(cleaned) < low else high)) / high
    )
    merit += 0.4 if _NEWS_VERB.search(cleaned) else -0.3
    merit += 0.3 if _has_actor(cleaned) else -0.2
    merit += 0.15 if re.search(r"\d", cleaned) else 0.0
    merit -= 1.2 if "?" in cleaned else 0.0
    merit -= 0.8 if BAIT.search(cleaned) else 0.0
    merit -= 0.6 if TEASE.search(cleaned) else 0.0
    merit -= 0.6 if PERSONAL.search(cleaned) else 0.0
    merit -= 0.3 if SALES.search(cleaned) else 0.0
    merit -= 1.5 if cleaned.endswith(ELLIPSIS) else 0.0
    # A title that was short enough says what its author wanted; one that we cut says less.
    merit -= 0.4 if len(printed_title(title.text, title.publisher)) > LONGEST_CHARACTERS else 0.0
    merit -= 0.8 if cleaned.endswith("!") else 0.0
    merit -= 0.8 if is_cut_off(shown(title.text)) else 0.0
    merit -= 3.0 if not is_latin(cleaned) else 0.0
    merit -= 0.8 if cleaned.isupper() else 0.0
    return merit


def _has_actor(cleaned: str) -> bool:
    return any(word[0].isupper() for word in words(cleaned)[:4] if fold(word) in set(terms(cleaned)))


def _stands_alone(head: str, rest: str) -> bool:
    """Whether a title's head is a statement without its rest: not the subject of a verb that the rest still owes."""
    if (_INSERTION.match(rest) and "," in rest[1:]) or _OPEN_INSERTION.match(head):
        return False
    if rest.startswith(" to ") and (_WANTS_INFINITIVE.search(head) or _ASKS.search(head)):
        return False
    if _RELATIVE.match(rest) and (_SAYS.search(head) or len(head) < SHORTEST_BEFORE_RELATIVE):
        return False
    if ("," in head and re.match(r",\s\w+s\s", rest)) or (
        _DURATION.search(head) and re.match(r"\s(?:after|before)\b", rest)
    ):
        return False
    is_closed = head.count("“") == head.count("”") and head.count("(") == head.count(")") and head.count('"') % 2 == 0
    dangles = _DANGLES_AT_STOP if rest.lstrip()[:1] in ",;–—-." else _DANGLES
    return is_closed and not dangles.search(head) and bool(_NEWS_VERB.search(head))
