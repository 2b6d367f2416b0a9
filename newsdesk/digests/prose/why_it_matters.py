"""Whether a sentence says why its story matters: who is affected, what changes, what is without precedent. Pure."""

from __future__ import annotations

import re
from pathlib import Path

from newsdesk.stories.word_lists import WordLists

# One hint alone ("rivals", "analysts said") is no reason; two are, or one that says it outright.
LEAST_WEIGHT = 2

LISTS = WordLists(Path(__file__).with_name("why_it_matters.toml"))
_any_of = LISTS.any_of

_EXPERT = re.compile(
    rf"\b{_any_of('expert')}\b.{{0,80}}\b{_any_of('expert_says')}\b|\b{_any_of('said')}\b.{{0,80}}\b{_any_of('said_by')}\b",
    re.IGNORECASE,
)
_PRECEDENT = re.compile(
    r"\b(?:the|a) first (?:[\w’'-]+ ){0,4}?to\b(?! be\b)|\b(?:the|a) first (?:[\w’'-]+ ){0,8}?(?:in which|since|"
    r"of its kind|time|after|on record|ever|against|under)\b|"
    r"\bfirst time\b|\bprecedent|\bnever before\b|"
    r"\b(?:largest|biggest|highest|lowest|worst|steepest|most \w+|fewest|longest) (?:[\w’'$.,-]+ ){0,9}?(?:ever|since|"
    r"so far|yet|to date|on record|in (?:its|their|the [\w’' -]{0,20})?history|in (?:\w+ )?(?:decades|years))\b|"
    r"\b\w+er than any\b|\bmore than any\b|\b(?:twice|double|triple|three times|four times|ten times) (?:what|the)\b",
    re.IGNORECASE,
)
_EFFECT = re.compile(rf"\b{_any_of('effect')}\b", re.IGNORECASE)
_SUBJECT = re.compile(rf"^(?:the|this|that) (?:[\w’'-]+ ){{0,2}}?{_any_of('subject')}s?\b", re.IGNORECASE)
_SCALE = re.compile(
    r"\b(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|dozens of|hundreds of|thousands of|millions of|"
    r"billions of|"
    r"half of|most|all|every|[\d,.]{1,20}(?:m|bn| million| billion)?) (?:[\w’'-]+ ){0,3}?"
    r"(?:people|users?|patients?|customers?|companies|firms|hospitals?|countries|developers?|workers?|jobs|employees|"
    r"students|publishers|cases|businesses|households|schools|systems|machines))\b.{0,120}\b(?:affect\w*|lose|loses|"
    r"rel(?:y|ies)|depend\w*|expos\w+|face|would|will|could|must|pending)\b|"
    r"\b(?:affect\w*|guide|expos\w+|hit)\b.{0,60}\b(?:dozens|hundreds|thousands|millions|[\d,.]{1,20} ?(?:m|"
    r"million)?) (?:of )?"
    r"(?:[\w’'-]+ ){0,3}?(?:people|users|patients|customers|companies|countries|developers|workers|cases|businesses|"
    r"systems|machines)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(rf"\b{_any_of('compared')}\b", re.IGNORECASE)
_RIVALRY = re.compile(rf"\b{_any_of('rivalry')}\b", re.IGNORECASE)
_VOID = re.compile(rf"\b{_any_of('void')}\b", re.IGNORECASE)
_TELLING_QUOTE = re.compile(r"[“\"](?:this|it) (?:is|was|shows|means|will|could|sets)\b", re.IGNORECASE)


def weight_of_reason(sentence: str) -> int:
    """How strongly a sentence states consequence or significance, 0 upwards; it is a reason from LEAST_WEIGHT on.

    Precedent counts double, for it needs no second hint; an expert's name counts only beside what the expert says.

    >>> weight_of_reason("The ruling would force rivals to pay, analysts said."), weight_of_reason("Analysts said so.")
    (4, 0)
    """
    if _VOID.search(sentence):
        return 0
    weight = 2 * bool(_PRECEDENT.search(sentence))
    weight += sum(bool(pattern.search(sentence)) for pattern in (_EFFECT, _SCALE, _COMPARED, _RIVALRY))
    if weight:
        weight += bool(_EXPERT.search(sentence)) + bool(_SUBJECT.search(sentence))
    return weight


def is_telling_quote(sentence: str) -> bool:
    """Whether an expert's quotation speaks of the news as "this" and so stands without the sentence before it."""
    return bool(_TELLING_QUOTE.match(sentence)) and weight_of_reason(sentence) > LEAST_WEIGHT


def is_void(sentence: str) -> bool:
    """Whether a sentence says only that nothing happened, was said or changes, or who reported it first."""
    return bool(_VOID.search(sentence))
