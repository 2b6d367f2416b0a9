"""Whether a sentence says why its story matters: who is affected, what changes, what is without precedent. Pure."""

from __future__ import annotations

import re

# One hint alone ("rivals", "analysts said") is no reason; two are, or one that says it outright.
LEAST_WEIGHT = 2

_EXPERT = re.compile(
    r"\b(?:analysts?|economists?|experts?|professors?|lawyers?|critics?|campaigners?|scientists?|researchers?|"
    r"consumer groups?|trade group|bankers?|brokers?|watchdogs?)\b.{0,80}\b(?:say|says|said|warn\w*|expect\w*|"
    r"estimat\w+|argu\w+|doubt\w*|fear\w*|note\w*)\b|"
    r"\b(?:said|says|according to|warned|wrote|argued|estimated)\b.{0,80}\b(?:analysts?|economists?|experts?|"
    r"professors?|"
    r"lawyers?|lecturers?|institute|university|college|research|securities|analysis by|think tank)\b",
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
_EFFECT = re.compile(
    r"\b(?:means? that|which means|meaning that|would (?:force|mean|allow|require|make|cost|lead|hand|be (?:affected|"
    r"limited|forced))|"
    r"will (?:force|mean|cost|no longer|be (?:outdated|affected|forced))|"
    r"could (?:lead|force|guide|hit|cost|expose|become|lose|affect|set|slow|undermine|reshape|spread|be (?:recovered|"
    r"forced|affected))|"
    r"may have to|indicates?|leaves? (?:[\w’'-]+ ){1,4}without|puts? (?:more |new )?pressure|raises? (?:questions|"
    r"concerns|doubts|the cost|the stakes)|threatens?|at risk|shows? (?:how|that|who|what)|at stake|"
    r"depends? on|rel(?:y|ies|iant) on|rests? on|paves? the way|opens? the door|likely to|sets? a|marks? an?|signals?|"
    r"highlights?|underscor\w+|strengthen\w*|weaken\w*|closes? the door|strategic|shift(?:s|ed)?|puts? a price)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^(?:the|this|that) (?:[\w’'-]+ ){0,2}?(?:case|deal|ruling|verdict|rule|decision|incident|exit|departure|move|"
    r"launch|"
    r"attack|breach|order|law|bill|round|closure|shutdown|suspension|failure|merger|acquisition|partnership|outage|"
    r"announcement|release|price|change|distinction|formula|lesson|partnership|settlement|fine|lawsuit|agreement|cap|"
    r"limit|exemption|news|tie-up|investment)s?\b",
    re.IGNORECASE,
)
_SCALE = re.compile(
    r"\b(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|dozens of|hundreds of|thousands of|millions of|"
    r"billions of|"
    r"half of|most|all|every|[\d,.]+(?:m|bn| million| billion)?) (?:[\w’'-]+ ){0,3}?"
    r"(?:people|users?|patients?|customers?|companies|firms|hospitals?|countries|developers?|workers?|jobs|employees|"
    r"students|publishers|cases|businesses|households|schools|systems|machines))\b.{0,120}\b(?:affect\w*|lose|loses|"
    r"rel(?:y|ies)|depend\w*|expos\w+|face|would|will|could|must|pending)\b|"
    r"\b(?:affect\w*|guide|expos\w+|hit)\b.{0,60}\b(?:dozens|hundreds|thousands|millions|[\d,.]+ ?(?:m|"
    r"million)?) (?:of )?"
    r"(?:[\w’'-]+ ){0,3}?(?:people|users|patients|customers|companies|countries|developers|workers|cases|businesses|"
    r"systems|machines)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:compared with|up from|down from|(?:a|one) (?:third|quarter|fifth|half|tenth) of|times (?:more|less|as)|"
    r"twice as|doubled?|tripled?|matters? more|richer than|dearer than|faster than the)\b",
    re.IGNORECASE,
)
_RIVALRY = re.compile(
    r"\b(?:compet(?:e|es|ing|ition|itors?)|rivals?|dependen(?:ce|t)|market share|independence|sovereignty|"
    r"challengers?|monopol\w+|catch up)\b",
    re.IGNORECASE,
)
# These say that nothing follows, or that nobody says so.
_VOID = re.compile(
    r"\b(?:not affected|unaffected|declin(?:ed|es) to|did not (?:immediately )?(?:respond|reply|comment)|reviewing|"
    r"no comment|ha(?:s|ve) not (?:said|decided|commented)|first reported|first to report|is aware of|kept (?:her|his|"
    r"their|its) forecast|"
    r"unchanged|would be small)\b",
    re.IGNORECASE,
)
_TELLING_QUOTE = re.compile(r"[“\"](?:this|it) (?:is|was|shows|means|will|could|sets)\b", re.IGNORECASE)


def weight_of_reason(sentence: str) -> int:
    """How strongly a sentence states consequence or significance, 0 upwards; it is a reason from LEAST_WEIGHT on.

    Precedent counts double, for it needs no second hint; an expert's name counts only beside what the expert says.
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
