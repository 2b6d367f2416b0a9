"""Decide theme, relevance and thread of stories whose coverage has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from feeds.models import Entry
from newsdesk.stories.classifying.guess_theme import classify_theme, story_theme
from newsdesk.stories.classifying.relevance import judge_relevance, story_relevance
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.read import EntryView, StoryView, read_stories
from newsdesk.stories.threads.follow_up import (
    THREAD_WINDOW,
    Threader,
    ToldStory,
    core_terms,
    is_development,
    story_terms,
)

# Stories to a transaction: short enough that other writers wait for a fraction of a second.
BATCH_STORIES = 200
# The first reports of a story say what it is about; later ones repeat them.
JUDGED_REPORTS = 8


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a version of a story is about; `relevance` and the themes' probabilities are 0 to 1."""

    theme: str
    second_theme: str
    theme_probability: float
    second_theme_probability: float
    relevance: float
    is_relevant: bool


def classify_pending(*, now: datetime, limit: int | None = None) -> int:
    """Classify stories that changed since they were last classified, oldest first, and return how many.

    A story that changes meanwhile is left pending. Reads five times a batch; writes one conditional UPDATE a story.
    """
    pending = Story.objects.unclassified().filter(first_seen_at__lte=now).order_by("first_seen_at", "id")
    ids = list(pending.values_list("pk", flat=True)[:limit])
    return sum(_classify_batch(ids[start : start + BATCH_STORIES]) for start in range(0, len(ids), BATCH_STORIES))


def judge_story(entries: Sequence[EntryView], vouched_for: Iterable[int] = ()) -> Verdict:
    """Judge a story by its first reports; round-ups and copies count only where there is nothing else.

    `vouched_for` are the ids of entries from feeds that carry nothing but AI news.
    """
    reports = [entry for entry in entries if entry.role == Coverage.Role.REPORT] or list(entries)
    judged = reports[:JUDGED_REPORTS]
    trusted = frozenset(vouched_for)
    guess = story_theme([classify_theme(entry.title, entry.text) for entry in judged])
    judgements = [judge_relevance(entry.title, entry.text, covers_only_ai=entry.id in trusted) for entry in judged]
    relevance = story_relevance(
        [judgement.probability for judgement in judgements], publishers=len({entry.owner for entry in judged})
    )
    return Verdict(
        guess.theme,
        guess.second,
        guess.probability,
        guess.second_probability,
        relevance.probability,
        relevance.is_relevant,
    )


def judge_stories(views: Sequence[StoryView]) -> dict[int, Verdict]:
    """The verdict on each story by its entries as given. One query."""
    told = [view.id for view in views]
    trusted = Entry.objects.filter(coverage__story__in=told, feed__covers_only_ai=True).values_list("pk", flat=True)
    vouched_for = frozenset(trusted)
    return {view.id: judge_story(view.entries, vouched_for) for view in views}


def _classify_batch(ids: Sequence[int]) -> int:
    views = read_stories(ids)
    if not views:
        return 0
    verdicts = judge_stories(list(views.values()))
    roots = _roots([view for view in views.values() if verdicts[view.id].is_relevant])
    with transaction.atomic():
        # Locked in one order, so that no root is merged into another story between this look and the commit.
        rows = Story.objects.select_for_update().filter(pk__in={*views, *roots.values()}).order_by("pk")
        standing = {story.pk for story in rows.only("pk", "merged_into") if story.merged_into_id is None}
        return sum(
            _keep(view, verdicts[view.id], root if (root := roots.get(view.id)) in standing else None)
            for view in views.values()
        )


def _keep(view: StoryView, verdict: Verdict, root: int | None) -> int:
    """Write the verdict, if the story is still at the version that was judged: every edit makes a new one."""
    theme = {
        "theme": verdict.theme,
        "second_theme": verdict.second_theme,
        "theme_probability": verdict.theme_probability,
        "second_theme_probability": verdict.second_theme_probability,
    }
    return Story.objects.filter(pk=view.id, version=view.version).update(
        **({} if view.is_theme_edited else theme),
        relevance=verdict.relevance,
        is_relevant=verdict.is_relevant,
        thread=root,
        judged_by="",
        classified_version=view.version,
    )


def thread_roots(views: Sequence[StoryView]) -> dict[int, int]:
    """Story -> first story of its thread, of those that have one; relevant in their rows, they follow up others."""
    return _roots(views)


def _roots(views: Sequence[StoryView]) -> dict[int, int]:
    """Story -> first story of its thread. A thread once found stays; a story that others follow begins its own."""
    if not views:
        return {}
    since = min(view.first_seen_at for view in views) - THREAD_WINDOW
    until = max(view.first_seen_at for view in views)
    rows = Story.objects.standing().filter(last_seen_at__gte=since, first_seen_at__lte=until)
    titles: dict[int, list[str]] = {}
    covered = Coverage.objects.of_the_event().filter(story__in=rows, role=Coverage.Role.REPORT)
    reports = covered.order_by("entry__seen_at", "entry_id")
    for story, title in reports.values_list("story", "entry__title"):
        titles.setdefault(story, []).append(title)
    thread_of: dict[int, int | None] = {}
    told: dict[int, ToldStory] = {}
    for pk, thread, first, last, is_relevant in rows.values_list(
        "pk", "thread", "first_seen_at", "last_seen_at", "is_relevant"
    ):
        thread_of[pk] = thread
        if pk in titles and is_relevant is not False:
            judged = titles[pk][:JUDGED_REPORTS]
            told[pk] = ToldStory(
                pk,
                thread or pk,
                first,
                last,
                len(titles[pk]),
                story_terms(judged),
                is_development(judged),
                core_terms(judged),
            )
    return _threaded([view.id for view in views], told, thread_of)


def _threaded(ids: Sequence[int], told: dict[int, ToldStory], thread_of: dict[int, int | None]) -> dict[int, int]:
    threader = Threader(list(told.values()))
    followed = set(thread_of.values())
    roots: dict[int, int] = {}
    for pk in sorted((pk for pk in ids if pk in told), key=lambda pk: (told[pk].first_seen_at, pk)):
        root = thread_of[pk] or (None if pk in followed else threader.root_for(told[pk]))
        if root is not None:
            # A root found a moment ago for the story that this one follows counts already.
            roots[pk] = roots.get(root, root)
            followed.add(roots[pk])
    return roots
