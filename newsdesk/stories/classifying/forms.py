"""How a headline and its lead are built: who acts, what kind of piece it is, and how near AI stands to the top."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from newsdesk.stories.entities.find import EntityHit
from newsdesk.stories.stems import stem
from newsdesk.stories.titles.kinds import opening_of

# The verb of a headline stands among so many first words.
VERB_WITHIN_WORDS = 9
# A headline with more than this share of capitalised words is set in title case, as essays and companies' posts are.
TITLE_CASE_SHARE = 0.75
# A lead that says "I" or "my" so often is told by the writer.
FIRST_PERSON_WORDS = 3

_VERBS = frozenset(
    stem(verb)
    for verb in """
    say said told tell warn sue raise hire pull launch release unveil introduce acquire buy bought add cut lay plan want
    is are will to has have can get use make bring join open name partner sign file face ban block halt stop end shut
    kill drop leave step expand announce debut roll test invest secure land find show found
    """.split()
)
_QUOTED = re.compile(r"[\"'].{8,}[\"']")
_PRICE = re.compile(r"\d% off|£\d|\$\d[\d.,]*+(?!\s?(?:[bmkt]\b|million|billion|trillion|bn|tn))")
_TEACHING = (
    "in this post", "in this article", "in this blog", "in this guide", "in this tutorial", "in this video",
    "we show", "we walk", "we explore", "we explain", "this post", "learn how", "you can", "you'll", "let's",
)  # fmt: skip
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_REPORTING = frozenset("announced said reported told".split())
_WRITER = ("i", "my", "i'm", "i've")
_AI_WORDS = ("ai", "llm", "llms", "chatbot", "chatbots")


def forms_of(
    title: str, title_lowered: str, lead_lowered: str, hits: Sequence[EntityHit], ai_in_title: bool
) -> Iterator[str]:
    """Names of the forms that a title and the lead after it take; `hits` are the entities of both."""
    yield from _whom(hits)
    yield from _what(title_lowered)
    yield from _how(title_lowered)
    if lead_lowered.strip():
        yield from _lead_forms(lead_lowered)
    words = title.split()
    yield f"length {min(len(words) // 5, 5)}"
    if sum(word[0].isupper() for word in words) > TITLE_CASE_SHARE * len(words):
        yield "title case"
    yield _nearness_of_ai(ai_in_title, lead_lowered, hits)


def _whom(hits: Sequence[EntityHit]) -> Iterator[str]:
    kinds = Counter(hit.kind for hit in hits if hit.in_title)
    if not kinds:
        yield "nobody"
    if kinds["company"] >= 2:
        yield "two companies"
    if kinds["company"]:
        if kinds["model"] or kinds["product"]:
            yield "company and product"
        if kinds["person"]:
            yield "company and person"
        if kinds["agency"]:
            yield "company and agency"


def _what(lowered: str) -> Iterator[str]:
    for place, word in enumerate(lowered.split()[:VERB_WITHIN_WORDS]):
        if stem(word) in _VERBS:
            yield f"verb {stem(word)}"
            yield f"verb at {min(place, 4)}"
            break
    else:
        yield "no verb"
    if opening := opening_of(lowered):
        kind, words = opening
        yield kind.replace("_", " ")
        if kind in ("asks", "label"):
            yield f"starts {words}"


def _how(lowered: str) -> Iterator[str]:
    words = lowered.split()
    if "i" in words or "my" in words:
        yield "says i"
    if any(word in ("ai", "ai's") for word in words[:4]):
        yield "ai early"
    if any(word.startswith("ai-") for word in words):
        yield "ai-powered"
    if "paper" in words or "arxiv" in lowered:
        yield "a paper"
    if ": " in lowered:
        yield "has a colon"
    if "'s " in lowered[:40]:
        yield "possessive"
    if lowered.endswith((".", "!")):
        yield "ends as a sentence"
    if "%" in lowered:
        yield "percent"
    if ("$" in lowered or "£" in lowered or "%" in lowered) and _PRICE.search(lowered):
        yield "price"
    if ("'" in lowered or '"' in lowered) and _QUOTED.search(lowered):
        yield "quotes"


def _lead_forms(lowered: str) -> Iterator[str]:
    words = lowered.split()
    if any(phrase in lowered for phrase in _TEACHING):
        yield "lead teaches"
    if not _DAYS.isdisjoint(words):
        yield "lead names a day"
    if not _REPORTING.isdisjoint(words):
        yield "lead reports"
    if words[0] in _WRITER or words.count("i") + words.count("my") >= FIRST_PERSON_WORDS:
        yield "lead in first person"


def _nearness_of_ai(ai_in_title: bool, lead_lowered: str, hits: Sequence[EntityHit]) -> str:
    """Whether the title names AI, where someone known for it is named, and how often the lead speaks of AI."""
    named = "title" if ai_in_title else "no"
    known = [hit for hit in hits if not hit.is_general]
    maker = "title" if any(hit.in_title for hit in known) else "lead" if known else "no"
    words = lead_lowered.split()
    said = sum(words.count(word) for word in _AI_WORDS)
    return f"ai in {named}, maker in {maker}, lead {min(said, 2)}"
