"""One story's page, the lists of stories, and where they come from."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from feeds.catalogue.state import publisher_state
from feeds.models import Publisher
from newsdesk.digests.models import Summary
from newsdesk.site.charts import coverage_figure
from newsdesk.site.middleware import MAX_AGE_S
from newsdesk.site.search import MAX_QUERY_CHARACTERS, find_stories, query_words
from newsdesk.site.shelf import published
from newsdesk.site.stories import listed, theme_page
from newsdesk.site.timeline import timeline, told
from newsdesk.stories.models import Story
from newsdesk.stories.read import read_stories
from newsdesk.stories.themes import Theme

MAX_THREAD_STORIES = 20
SEARCH_PAGE_STORIES = 30
# Deep pages of a search are read by machines only, and each costs a scan.
MAX_SEARCH_PAGES = 20
SOURCES_PAGE_PUBLISHERS = 100


@require_safe
def story(request: HttpRequest, public_id: str) -> HttpResponse:
    """A story: what we say of it, and who reported it when."""
    row = get_object_or_404(Story.objects.select_related("merged_into", "thread"), public_id=public_id)
    if row.merged_into is not None:
        moved = redirect("site:story", public_id=row.merged_into.public_id, permanent=True)
        # An editor may part the two again: no cache may keep this for good.
        patch_cache_control(moved, public=True, max_age=MAX_AGE_S)
        return moved
    if row.is_hidden:
        raise Http404("That story is not shown.")
    view = read_stories([row.pk]).get(row.pk)
    if view is None:
        raise Http404("Nothing covers that story any more.")
    summary = Summary.objects.filter(story=row).order_by("-cut_off", "-created_at").first()
    # A sentence about an article that an editor has moved elsewhere goes with it.
    here = {entry.public_id for entry in view.entries}
    sentences = [
        sentence
        for sentence in (summary.sentences if summary else [])
        if all(receipt["entry"] in here for receipt in sentence["receipts"])
    ]
    origins = view.origins
    shown = timeline(view.entries, sentences, settings.DIGEST_TIME_ZONE, origins.by)
    root = row.thread_id or row.pk
    thread = listed(Story.objects.filter(Q(pk=root) | Q(thread=root))).exclude(pk=row.pk)
    context = {
        "story": view,
        "origins": origins,
        "headline": summary.headline if summary and not view.is_headline_edited else view.headline,
        "told": told(sentences, shown),
        "timeline": shown,
        "figure": coverage_figure([(entry.seen_at, entry.role == "report") for entry in view.entries]),
        "thread": thread.order_by("first_seen_at", "id")[:MAX_THREAD_STORIES],
        "digests": published().filter(items__story=row)[:MAX_THREAD_STORIES],
    }
    return render(request, "site/story.html", context)


@require_safe
def theme(request: HttpRequest, slug: str) -> HttpResponse:
    """A theme's stories, some days at a time."""
    if slug not in Theme.values:
        raise Http404("No such theme.")
    until = _day(request.GET["until"]) if "until" in request.GET else None
    page = theme_page(slug, until, settings.DIGEST_TIME_ZONE)
    return render(request, "site/theme.html", {"slug": slug, "page": page, "until": until})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Stories by words in headlines and titles."""
    query = request.GET.get("q", "")[:MAX_QUERY_CHARACTERS]
    words = query_words(query)
    paginator = Paginator(find_stories(words)[: SEARCH_PAGE_STORIES * MAX_SEARCH_PAGES], SEARCH_PAGE_STORIES)
    found = paginator.get_page(request.GET.get("page"))
    context = {
        "query": " ".join(words),
        "words": words,
        "found": found,
        "limit": SEARCH_PAGE_STORIES * MAX_SEARCH_PAGES,
    }
    return render(request, "site/search.html", context)


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every publisher with its kind, owner and the health of its feeds."""
    publishers = Publisher.objects.prefetch_related("feeds").order_by("name", "id")
    found = Paginator(publishers, SOURCES_PAGE_PUBLISHERS).get_page(request.GET.get("page"))
    rows = [(publisher, publisher_state(publisher.feeds.all())) for publisher in found]
    return render(request, "site/sources.html", {"rows": rows, "found": found})


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404("There is no such date.") from error
    if not 1990 <= day.year <= 2200:
        raise Http404("There is nothing that far away.")
    return day
