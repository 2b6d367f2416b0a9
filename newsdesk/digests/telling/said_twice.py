"""What an item has said already, in the same words or in others, and what it cannot say without more. Pure.

This is about the sentences of one item; when a story that an earlier digest told comes back is in
`choosing/told_before.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from newsdesk.digests.prose.printable import definite_subject
from newsdesk.digests.prose.terms import cosine, fold, share_covered
from newsdesk.digests.telling.passages import SIDE_ANGLE, Passage

# At this likeness, or this share of words already said, a sentence is a repetition.
REPETITION_COSINE = 0.36
REPETITION_SHARE = 0.7
# A second headline has to bring more news than a second sentence of a report.
TITLE_REPETITION_SHARE = 0.45
# A sentence whose figures are all said, and this share of its words in one sentence, says the same again.
SAME_FIGURE_SHARE = 0.35
# The first sentence of a further report says the news again, unless it brings so many figures that are new.
NEWS_FIGURES = 2
SAME_EVENT_TERMS = 2
MANY_EVENT_TERMS = 5
SUBJECT_TERMS = 2
# "Harrow will build ... Harrow will build ...": sentences that begin alike say the same or read as if they did.
SAME_BEGINNING = 3
# "The company" may be any of those named.
AMBIGUOUS_SUBJECTS = frozenset({"company", "firm", "startup", "group"})
# In AI news these words tie nothing to a story.
TOO_COMMON = frozenset({"ai", "model", "agent", "company", "tech", "tool"})


def is_new(passage: Passage, said: Sequence[Passage]) -> bool:
    """Whether a passage says something that none of those said says."""
    if any(
        passage is p
        or passage.terms[:SAME_BEGINNING] == p.terms[:SAME_BEGINNING]
        or cosine(passage.vector, p.vector) >= REPETITION_COSINE
        for p in said
    ):
        return False
    own, told = _figure_terms(passage), {term for p in said for term in _figure_terms(p)}
    if own and own <= told and any(share_covered(passage.terms, p.terms) >= SAME_FIGURE_SHARE for p in said):
        return False
    most = TITLE_REPETITION_SHARE if passage.is_title else REPETITION_SHARE
    return share_covered(passage.terms, {term for p in said for term in p.terms}) < most


def is_clear_alone(passage: Passage, said: Sequence[Passage]) -> bool:
    """Whether "the agent" that a sentence begins with is one that was spoken of; "the company" may be any of them."""
    definite = definite_subject(passage.text)
    known = {term for p in said for term in p.terms}
    return not definite or (AMBIGUOUS_SUBJECTS.isdisjoint(definite) and any(fold(word) in known for word in definite))


def tells_the_news_again(passage: Passage, said: Sequence[Passage], event: Collection[str]) -> bool:
    """Whether a further report's beginning has the event's subject and words, and hardly a figure of its own."""
    if passage.order > 2 or passage.entry.id == said[0].entry.id:
        return False
    telling = [term for term in passage.terms if term not in TOO_COMMON]
    in_common = {term for term in telling if term in event}
    known = {*event, *(term for p in said for term in p.terms)}
    figures_of = _figure_terms(passage)
    new_figures = figures_of - known
    if not new_figures and (len(in_common) >= MANY_EVENT_TERMS or (passage.order <= 0 and passage.names <= known)):
        return True
    subject = telling[:SUBJECT_TERMS]
    is_same_subject = passage.aside < SIDE_ANGLE and any(term in event for term in subject)
    is_same_event = len(in_common.difference(subject)) >= SAME_EVENT_TERMS or bool(figures_of & in_common)
    # A byline or a summary may stand before the first sentence; the same sum shows that it is the first.
    is_beginning = passage.order <= (1 if figures_of & in_common else 0)
    return is_beginning and is_same_subject and is_same_event and len(new_figures) < NEWS_FIGURES


def _figure_terms(passage: Passage) -> set[str]:
    return {term for term in passage.terms if term[0].isdigit() or term[0] in "$€£¥"}
