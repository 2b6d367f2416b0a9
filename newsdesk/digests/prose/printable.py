"""Whether a sentence from a source can stand in a digest: what it may not do, what it needs before it."""

from __future__ import annotations

import re
from pathlib import Path

from newsdesk.digests.prose.terms import is_english, words
from newsdesk.stories.text import shown
from newsdesk.stories.word_lists import WordLists

# Shorter ones say too little, longer ones cannot be read in a digest.
LENGTH_CHARACTERS = (40, 380)
FEWEST_WORDS = 7
# A table that lost its lines is mostly numbers.
MOST_NUMBERS_SHARE = 0.3
# CJK text says in 15 characters what English says in 40.
CJK_LENGTH_CHARACTERS = (15, 160)

LISTS = WordLists(Path(__file__).with_name("printable.toml"))
_any_of = LISTS.any_of

# Longer than any sentence that can stand in a digest.
_QUOTED = re.compile(r"[“\"][^”\"]{0,400}+[”\"]")
_PERSONAL = re.compile(rf"\b{_any_of('personal')}\b", re.IGNORECASE)
_PERSONAL_AS_WRITTEN = re.compile(rf"\b{_any_of('personal_as_written')}\b")
_ADDRESS = re.compile(r"https?://|www\.|\bt\.co/|@\w{2,}|#\w{2,}|\S\.(?:com|org|net|io)/\S")
_ODD = re.compile("~/|[|→•©\U0001f000-\U0001faff\u2600-\u27bf]|\\$\\\\|\\\\[a-z]+\\{|</?\\w+>|```|\\{\\{")
_CALL = re.compile(rf"^{_any_of('call')}\b", re.IGNORECASE)
_PROMOTION = re.compile(rf"\b{_any_of('promotion')}\b", re.IGNORECASE)
_DANGLING = re.compile(rf"^[\"“‘']?{_any_of('dangling')}\b", re.IGNORECASE)
# "On Wednesday, it launched ...": the subject comes late and is still a pronoun.
_LATE_PRONOUN = re.compile(
    r"^[A-Z][^,“”\"]{1,40},\s+(?:it|he|she|they|the company|the firm|the startup)\b|"
    # "Moss closes Ferry, its booking agent" is another matter: there "its" has its name before it.
    rf"^{_any_of('late_pronoun')}\b[^,“”\"]{{1,40}},\s+(?:its|his|her|their|this|these)\b"
)
_INNER_PRONOUN = re.compile(r"^(?:[\"“][^”\"]+[,.]?[\"”],?\s+(?:he|she|they|it)\b)", re.IGNORECASE)
_BARE_SPEAKER = re.compile(
    r"[”\"],?\s+(?:he|she|they)\s+(?:said|says|told|added|wrote|noted|explained)|\b(?:he|she) (?:said|says|told|"
    r"added|wrote|noted|explained)\b",
    re.IGNORECASE,
)
_BROAD_SUBJECT = re.compile(rf"^the {_any_of('broad_subject')}\b", re.IGNORECASE)
_DEFINITE = re.compile(r"^The (?P<subject>[a-z-]+(?: [a-z-]+)?)\b")
# A heading that lost its line break runs into the sentence after it: "... drives quality gains According to ...".
_RUN_TOGETHER = re.compile(
    r"\b(?!(?:by|at|from|of|to|told|in|and|with|via|for|on|as|a|an|the|both|like|per|or|against|called|named|is|says|"
    r"that)\b)"
    r"[a-z][a-z’'-]{1,40} (?:The|It|This|According|However|But|While|Although|They|There|Its|As|When|If) [a-z]|"
    r"[a-z][a-z’'-]{1,40} (?:The|This) [A-Z]\w+ (?:is|are|was|were|has|have|had|plans|says|said|will)\b"
)
_POINTS_ELSEWHERE = re.compile(rf"\b{_any_of('points_elsewhere')}\b", re.IGNORECASE)
_VERB = re.compile(rf"\b{_any_of('verb')}\b")
_STUTTER = re.compile(r"\b(?!(?:that|had)\b)([a-z]{2,}) \1\b")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def is_publishable(quote: str) -> bool:
    """Whether a whole sentence may be printed at all: a statement about the world, of readable length, not about us.

    >>> is_publishable("Kelp Labs opened the weights of its Harbour model on Tuesday.")
    True
    >>> is_publishable("We are excited to open the weights of our Harbour model today.")
    False
    """
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
        and not _PERSONAL_AS_WRITTEN.search(bare)
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
    """Whether a sentence leans on the one before it: a pronoun or connective stands where a name should.

    >>> is_dangling("On Tuesday, it opened the weights."), is_dangling("Kelp opened the weights on Tuesday.")
    (True, False)
    """
    sentence = shown(quote)
    patterns = (_DANGLING, _POINTS_ELSEWHERE, _LATE_PRONOUN, _INNER_PRONOUN)
    return any(pattern.search(sentence) for pattern in patterns) or bool(
        _BARE_SPEAKER.search(_QUOTED.sub("“”", sentence))
    )


def has_broad_subject(quote: str) -> bool:
    """Whether a sentence begins with "the company" and its like: clear after the story's first sentence, not before.

    >>> has_broad_subject("The company sued Brine."), has_broad_subject("The company town of Kelp burned.")
    (True, True)
    >>> has_broad_subject("The Harbour model is open.")
    False
    """
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
