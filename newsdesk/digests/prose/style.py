"""Whether a sentence from a source can stand in a digest: what it may not do, what it needs before it."""

from __future__ import annotations

import re

from newsdesk.digests.prose.terms import is_english, words
from newsdesk.stories.text import shown

# Shorter ones say too little, longer ones cannot be read in a digest.
LENGTH_CHARACTERS = (40, 380)
FEWEST_WORDS = 7
# A table that lost its lines is mostly numbers.
MOST_NUMBERS_SHARE = 0.3
# CJK text says in 15 characters what English says in 40.
CJK_LENGTH_CHARACTERS = (15, 160)

_QUOTED = re.compile(r"[“\"][^”\"]*[”\"]")
_PERSONAL = re.compile(
    r"\b(?:I|I[’'](?:m|ve|d|ll)|me|my|mine|myself|we|we[’'](?:re|ve|d|ll)|our|ours|ourselves|us|you|you[’'](?:re|ve|"
    r"d|ll)|your|yours|let[’']s)\b"
)
_PERSONAL_ANY_CASE = re.compile(
    _PERSONAL.pattern.replace(r"\b(?:I|", r"\b(?:").replace("|us|", "|").replace("|mine|", "|"), re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://|www\.|\bt\.co/|@\w{2,}|#\w{2,}|\S+\.(?:com|org|net|io)/\S")
_ODD = re.compile("~/|[|→•©\U0001f000-\U0001faff\u2600-\u27bf]|\\$\\\\|\\\\[a-z]+\\{|</?\\w+>|```|\\{\\{")
_CALL = re.compile(
    r"^(?:try|check|see|read|join|get|grab|save|shop|learn|find out|discover|meet|say hello|imagine|note that|"
    r"remember|here(?:[’']s| is| are)|take a|let us|look|want|ready|"
    r"review|rotate|delete|remove|install|upgrade|update|avoid|make sure|download|welcome|stop|start|use|build|buy|"
    r"watch|listen|hear|picture|consider|think|thank)\b",
    re.IGNORECASE,
)
_PROMOTION = re.compile(
    r"\b(?:click|subscribe|sign[- ]up|free trial|discount|coupon|promo code|% off|limited[- ]time|don[’']t miss|"
    r"podcast|webinar|live q&a|tune in|this (?:post|article|episode|video|tutorial|guide|blog|newsletter))\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"^[\"“‘']?(?:he|she|it|its|they|his|her|their|them|him|this|these|those|such|both|neither|but|and|so|yet|or|nor|"
    r"however|instead|meanwhile|also|still|then|thus|therefore|hence|"
    r"moreover|furthermore|additionally|in addition|besides|nevertheless|nonetheless|that said|that[’']s|that is|"
    r"that\b(?! the\b)|as such|for (?:example|instance)|"
    r"in other words|in fact|indeed|of course|on the other hand|by contrast|in contrast|conversely|similarly|"
    r"likewise|rather|otherwise|to be (?:clear|sure)|"
    r"as a result|because of (?:this|that)|after (?:that|this)|since then|at (?:that|the same) time|there(?:fore)?|"
    r"here|another|others|the (?:former|latter|other|two|three|pair|duo|same|move|result|change|difference|problem|"
    r"answer)|"
    r"one of (?:them|those|these)|some of (?:them|those|these)|all of (?:them|this|these)|the first|the second|"
    r"the (?:third|fourth|fifth|last)|\w+er ones|"
    r"first,|second,|third,|finally|not (?:only|just)|even so|again|more than that|plus|elsewhere|earlier|later|now,|"
    r"now\b|"
    r"in (?:this|that|these|those) |to (?:do|that end|address|combat|solve) (?:so|this|that)?|with (?:this|that|"
    r"these)|under (?:this|that|the (?:deal|terms|agreement))|according to (?:him|her|them)|"
    r"no\b|yes\b|well,|okay|ok,|why|because|which|who|where|when asked|asked)\b",
    re.IGNORECASE,
)
# "On Wednesday, it launched ...": the subject comes late and is still a pronoun.
_LATE_PRONOUN = re.compile(
    r"^[A-Z][^,“”\"]{1,40},\s+(?:it|he|she|they|the company|the firm|the startup)\b|"
    # "Moss closes Ferry, its booking agent" is another matter: there "its" has its name before it.
    r"^(?:On|In|At|After|Before|During|While|With|As|When|Since|For|Last|By|Under|If|Although|Despite|From|To|Following|"
    r"Once|Until|Though|Over)\b[^,“”\"]{1,40},\s+(?:its|his|her|their|this|these)\b"
)
_INNER_PRONOUN = re.compile(r"^(?:[\"“][^”\"]+[,.]?[\"”],?\s+(?:he|she|they|it)\b)", re.IGNORECASE)
_BARE_SPEAKER = re.compile(
    r"[”\"],?\s+(?:he|she|they)\s+(?:said|says|told|added|wrote|noted|explained)|\b(?:he|she) (?:said|says|told|"
    r"added|wrote|noted|explained)\b",
    re.IGNORECASE,
)
_BROAD_SUBJECT = re.compile(
    r"^the (?:company|firm|startup|group|agency|model|tool|feature|product|platform|system|deal|round|ruling|attack|"
    r"flaw|bug|lawsuit|suit|order|report|study|paper|team|researchers?|update|release|app|service|"
    r"announcement|decision|project|complaint|filing|judge|court|bill|law|investment|funding|acquisition|partnership|"
    r"chatbot|researchers|authors)\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(r"^The (?P<subject>[a-z-]+(?: [a-z-]+)?)\b")
# A heading that lost its line break runs into the sentence after it: "... drives quality gains According to ...".
_RUN_TOGETHER = re.compile(
    r"\b(?!(?:by|at|from|of|to|told|in|and|with|via|for|on|as|a|an|the|both|like|per|or|against|called|named|is|says|"
    r"that)\b)"
    r"[a-z][a-z’'-]+ (?:The|It|This|According|However|But|While|Although|They|There|Its|As|When|If) [a-z]|"
    r"[a-z][a-z’'-]+ (?:The|This) [A-Z]\w+ (?:is|are|was|were|has|have|had|plans|says|said|will)\b"
)
_ELSEWHEN = re.compile(
    r"\b(?:back then|as mentioned|mentioned above|(?:see|shown|listed) (?:above|below)|(?:defines?|calls?|"
    r"describes?|sees?) (?:that|this) as|the big news|this morning|on the same day|(?:of )?these (?:two|three|"
    r"four)|the scale described)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|will|would|can|could|may|might|must|should|does|did|do|says?|said|told|"
    r"[a-z]{2,}ed|gave|made|took|went|came|saw|found|got|won|lost|sold|bought|built|led|left|cut|fell|rose|grew|"
    r"hit|met|put|ran|set|shut|spent|sued|sues|thinks?|wants?|needs?|makes?|takes?|gives?|gets?|goes|comes?|"
    r"becomes?|remains?|means?|shows?|finds?|plans?|aims?|seeks?|lets?|helps?|allows?|offers?|adds?|brings?|runs?|"
    r"works?|"
    r"uses?|costs?|starts?|begins?|ends?|scores?|supports?|includes?|requires?|raises?|launches|releases|announces|"
    r"introduces|unveils|expands|faces|reports|warns|argues|claims|believes|expects|threatens|marks|sets|puts|rolls|"
    r"pays|sells|buys|builds|creates|provides|lacks|leads|keeps|turns|holds|calls|cites|describes|agrees|acquires|"
    r"leaves|matters|equals|rests|follows|falls|rises|grows|stands|threatens|depends|relies|serves|drops|cuts|closes|"
    r"opens|enters|signals|reaches|wins|loses|files|orders|bans|blocks|stops|moves|covers|affects|applies|exists?|"
    r"seems?|appears?|tells|asks)\b"
)
_STUTTER = re.compile(r"\b(?!(?:that|had)\b)([a-z]{2,}) \1\b")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def is_publishable(quote: str) -> bool:
    """Whether a whole sentence may be printed at all: a statement about the world, of readable length, not about us."""
    sentence = shown(quote)
    bare = _QUOTED.sub("“”", sentence)
    if _CJK.search(sentence):
        low, high = CJK_LENGTH_CHARACTERS
        return low <= len(sentence) <= high and not sentence.endswith(("？", "?")) and not _ADDRESS.search(sentence)
    low, high = LENGTH_CHARACTERS
    return (
        low <= len(sentence) <= high
        and len(words(sentence)) >= FEWEST_WORDS
        and (sentence[0].isupper() or not sentence[0].isalpha())
        and not bare.rstrip('"”’)').endswith(("?", "!"))
        and not _PERSONAL.search(bare)
        and not _PERSONAL_ANY_CASE.search(bare)
        and not _ADDRESS.search(sentence)
        and not _ODD.search(sentence)
        and not _CALL.search(sentence)
        and not _PROMOTION.search(sentence)
        and not _RUN_TOGETHER.search(bare)
        and not _STUTTER.search(bare)
        and sum(word[0].isdigit() for word in words(sentence)) <= MOST_NUMBERS_SHARE * len(words(sentence))
        and bool(_VERB.search(sentence))
        and sum(word.isupper() and len(word) > 3 for word in words(sentence)) <= len(words(sentence)) // 3
        and is_english(sentence)
    )


def is_dangling(quote: str) -> bool:
    """Whether a sentence leans on the one before it: a pronoun or connective stands where a name should."""
    sentence = shown(quote)
    patterns = (_DANGLING, _ELSEWHEN, _LATE_PRONOUN, _INNER_PRONOUN)
    return any(pattern.search(sentence) for pattern in patterns) or bool(
        _BARE_SPEAKER.search(_QUOTED.sub("“”", sentence))
    )


def has_broad_subject(quote: str) -> bool:
    """Whether a sentence begins with "the company" and its like: clear after the story's first sentence, not before."""
    return bool(_BROAD_SUBJECT.search(shown(quote)))


def definite_subject(quote: str) -> tuple[str, ...]:
    """The words of such a beginning in lower case: ("shopping", "agent") of "The shopping agent takes ...", or none."""
    match = _DEFINITE.match(shown(quote))
    if not match:
        return ()
    found = match["subject"].split()
    verb = next((n for n, word in enumerate(found) if n and _VERB.fullmatch(word)), len(found))
    return tuple(found[:verb])


def is_mostly_quotation(quote: str) -> bool:
    """Whether more than half of a sentence stands in quotation marks."""
    sentence = shown(quote)
    return sum(len(match) for match in _QUOTED.findall(sentence)) > len(sentence) / 2
