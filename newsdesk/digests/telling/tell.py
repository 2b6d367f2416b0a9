"""Drafts for placed stories: a model's for the larger ones where there is one, else in their sources' own words."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from feeds.bounded.run import CutOff
from feeds.bounded.run import call as bounded
from newsdesk.digests.models import Summary
from newsdesk.digests.shape import Section
from newsdesk.digests.telling import by_model, extractive
from newsdesk.digests.telling.plainly import tell_plainly
from newsdesk.digests.telling.receipts import Draft, sentences_from_json, sentences_to_json
from newsdesk.llm.complete import model_name
from newsdesk.llm.deadline import Deadline
from newsdesk.stories.read import StoryView

logger = logging.getLogger(__name__)

MOST_SENTENCES: dict[str, int] = {
    Section.LEAD: extractive.MOST_SENTENCES_LEAD,
    Section.BIG: extractive.MOST_SENTENCES,
    Section.SHORT: 1,
}
# Whether a model may be asked, only what it wrote before be used, or nothing of a model's at all.
Model = Literal["ask", "known", "none"]


def tell(
    story: StoryView,
    section: str,
    *,
    until: datetime,
    now: datetime,
    model: Model,
    within: Deadline | None = None,
) -> Draft:
    """What a digest says of a story in a section; `until` is the moment after which nothing was read.

    `within` is the time that a model may take, for this and other stories together.
    """
    draft = None if model == "none" or section == Section.SHORT else _known(story, until)
    if draft is None and model == "ask" and section != Section.SHORT:
        draft = by_model.write_summary(story, now=now, within=within)
    return draft or tell_in_sources_words(story, section)


def tell_in_sources_words(story: StoryView, section: str) -> Draft:
    """What a digest says of a story in a section without any model."""
    return tell_at_most(story, MOST_SENTENCES[section])


def tell_at_most(story: StoryView, sentences: int) -> Draft:
    """The story in its sources' own sentences; where that is cut off, headline and first sentence, said in the log."""
    try:
        return bounded(extractive.summarize, story, most=sentences)
    except CutOff as error:
        logger.warning("story %s is printed with one sentence, for telling it was cut off: %s", story.public_id, error)
        return tell_plainly(story)


def _known(story: StoryView, until: datetime) -> Draft | None:
    """The model's draft that we have, made from all that is known of this version by `until`."""
    rows = Summary.objects.filter(
        story=story.id,
        story_version=story.version,
        prompt_version=by_model.PROMPT_VERSION,
        model=model_name(),
        cut_off__gte=story.last_seen_at,
        cut_off__lte=until,
    )
    row = rows.order_by("-cut_off").first()
    if row is None:
        return None
    return Draft(row.headline, sentences_from_json(row.sentences), row.model, row.prompt_version)


def keep_drafts(told: Sequence[tuple[StoryView, Draft]], *, until: datetime, now: datetime) -> None:
    """Store drafts; a repeated one replaces its row."""
    Summary.objects.bulk_create(
        [
            Summary(
                story_id=story.id,
                story_version=story.version,
                prompt_version=draft.prompt_version,
                model=draft.model,
                cut_off=until,
                headline=draft.headline[:200],
                sentences=sentences_to_json(draft.sentences),
                created_at=now,
            )
            for story, draft in told
        ],
        update_conflicts=True,
        unique_fields=["story", "story_version", "prompt_version", "model", "cut_off"],
        update_fields=["headline", "sentences", "created_at"],
    )
