"""Two pages of their own: rewriting an item, and the stories that may be added."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.contrib import admin, messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from feeds.urls import web_address
from newsdesk.digests.actions.add import add_story
from newsdesk.digests.actions.editing import NotInDigest, find_row, known_until, rows_of
from newsdesk.digests.actions.rewrite import BadWording, rewrite_item
from newsdesk.digests.admin.doubts import Doubts, find_doubts
from newsdesk.digests.admin.forms import (
    AddForm,
    HeadlineForm,
    SentenceForm,
    SentencesForm,
    initial_of,
    shown_receipts,
    typed_sentences,
)
from newsdesk.digests.admin.views import (
    UNSAVED_STATUS,
    allowed,
    find_digest,
    heading_of,
    to_desk,
)
from newsdesk.digests.models import Digest, DigestItem
from newsdesk.digests.telling.receipts import Receipt
from newsdesk.digests.telling.source_texts import SourceText, read_source_texts
from newsdesk.journal.hand import ActRefused
from newsdesk.stories.models import Story
from newsdesk.stories.ranking.rank import rank_stories
from newsdesk.stories.ranking.score import Ranked
from newsdesk.stories.themes import theme_label

CANDIDATES_ON_A_PAGE = 25
# An editor is done with the list within this time.
RANKING_S = 600
# What a page shows of each source to copy from; a longer article is a link away.
MOST_TEXT_CHARACTERS = 12_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A receipt on the page."""

    publisher: str
    title: str
    link: str
    quote: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence's part of the form with what it rests on and what is doubted about it."""

    form: SentenceForm
    receipts: tuple[Shown, ...]
    doubts: tuple[str, ...]


@allowed("change_digest", methods=("GET", "HEAD", "POST"))
def rewrite(request: HttpRequest, digest_id: int, story: str) -> HttpResponse:
    """Rewrite an item: its headline and its sentences."""
    digest = find_digest(digest_id)
    try:
        row = find_row(rows_of(digest), story)
    except NotInDigest as error:
        messages.error(request, str(error))
        return _show_typed(request, digest) if request.method == "POST" else to_desk(digest_id)
    sources = _sources(row)
    kwargs: dict[str, Any] = {"form_kwargs": {"sources": tuple(sources.values())}, "prefix": "sentence"}
    if request.method != "POST":
        head = HeadlineForm(initial={"headline": row.headline, "edits": digest.edits})
        body = SentencesForm(initial=initial_of(row), **kwargs)
        return _show_rewriting(request, digest, row, head, body, sources)
    head = HeadlineForm(request.POST)
    body = SentencesForm(request.POST, initial=initial_of(row), **kwargs)
    if head.is_valid() and body.is_valid():
        try:
            rewrite_item(
                digest_id,
                story,
                **head.typed(),
                sentences=typed_sentences(body, row, sources),
                hand=head.hand(request),
            )
        except ActRefused as error:
            messages.error(request, str(error))
            if not isinstance(error, BadWording):
                digest = find_digest(digest_id)
                head = head.as_of(digest.edits)
        else:
            return _saved(request, digest_id, story)
    return _show_rewriting(request, digest, row, head, body, sources, status=UNSAVED_STATUS)


def _saved(request: HttpRequest, digest_id: int, story: str) -> HttpResponse:
    """To the desk page, or back to the words where their sources do not hold them."""
    messages.success(request, "Saved.")
    saved = [row for row in rows_of(find_digest(digest_id)) if row.story.public_id == story]
    if not find_doubts(saved):
        return to_desk(digest_id)
    messages.warning(request, "Something here is not in its sources: it is marked below. It is saved as you wrote it.")
    return HttpResponseRedirect(reverse("admin:digests_digest_rewrite", args=(digest_id, story)))


def _sources(row: DigestItem) -> dict[str, SourceText]:
    """The item's sources with their texts, addresses as the item has them."""
    found = read_source_texts(source["entry"] for source in row.sources)
    return {s["entry"]: replace(found[s["entry"]], url=s["url"]) for s in row.sources if s["entry"] in found}


def _show_rewriting(
    request: HttpRequest,
    digest: Digest,
    row: DigestItem,
    head: HeadlineForm,
    body: Any,
    sources: dict[str, SourceText],
    *,
    status: int = 200,
) -> HttpResponse:
    doubts = find_doubts([row]).get(row.pk, Doubts()) if not body.is_bound else Doubts()
    wordings = [
        Wording(form, tuple(_shown(receipt, sources) for receipt in shown_receipts(form, row, sources)), faults or ())
        for form, faults in zip_longest(body.forms, doubts.sentences)
    ]
    texts = [
        {"source": source, "link": web_address(source.url), "text": source.text[:MOST_TEXT_CHARACTERS]}
        for source in sources.values()
        if source.text
    ]
    context = {
        **admin.site.each_context(request),
        "title": "Rewrite",
        "subtitle": None,
        "heading": heading_of(digest),
        "opts": Digest._meta,
        "digest": digest,
        "row": row,
        "head": head,
        "body": body,
        "wordings": wordings,
        "headline_doubts": doubts.headline,
        "texts": texts,
    }
    return TemplateResponse(request, "admin/digests/digest/rewrite.html", context, status=status)


def _shown(receipt: Receipt, sources: dict[str, SourceText]) -> Shown:
    source = sources.get(receipt.entry)
    publisher, title = (source.publisher, source.title) if source else (receipt.entry, receipt.url)
    return Shown(publisher, title, web_address(receipt.url), receipt.quote)


def _show_typed(request: HttpRequest, digest: Digest) -> HttpResponse:
    """What was typed for an item that left the digest meanwhile, to copy."""
    typed = [value for name, value in request.POST.items() if name == "headline" or name.endswith(("-text", "-quote"))]
    context = {
        **admin.site.each_context(request),
        "title": "What you typed",
        "heading": heading_of(digest),
        "opts": Digest._meta,
        "digest": digest,
        "typed": [text for text in typed if isinstance(text, str) and text.strip()],
    }
    return TemplateResponse(request, "admin/digests/digest/typed.html", context, status=UNSAVED_STATUS)


@dataclass(frozen=True, slots=True)
class Addable:
    """A story that may be added."""

    story: str
    headline: str
    theme: str
    score: float
    words: tuple[str, ...]
    held_back: str = ""


@allowed("change_digest", methods=("GET", "HEAD", "POST"))
def add(request: HttpRequest, digest_id: int) -> HttpResponse:
    """Stories of the digest's window that are not in it, best first, and any by its id."""
    digest = find_digest(digest_id)
    form = AddForm(request.POST or None, initial={"edits": digest.edits})
    if request.method == "POST" and form.is_valid():
        try:
            add_story(digest_id, **form.typed(), hand=form.hand(request))
        except ActRefused as error:
            messages.error(request, str(error))
            digest = find_digest(digest_id)
            form = form.as_of(digest.edits)
        else:
            messages.success(request, "Added, in its sources' words.")
            return to_desk(digest_id)
    found = Paginator(_candidates(digest, until=known_until(digest)), CANDIDATES_ON_A_PAGE)
    context = {
        **admin.site.each_context(request),
        "title": "Add a story",
        "heading": heading_of(digest),
        "opts": Digest._meta,
        "digest": digest,
        "form": form,
        "candidates": found.get_page(request.GET.get("page")),
    }
    status = UNSAVED_STATUS if request.method == "POST" else 200
    return TemplateResponse(request, "admin/digests/digest/add.html", context, status=status)


def _candidates(digest: Digest, *, until: datetime) -> list[Addable]:
    held = set(digest.items.values_list("story__public_id", flat=True))
    why = {one["story"]: one["words"] for one in digest.held_back}
    return [replace(one, held_back=why.get(one.story, "")) for one in _ranked(digest, until) if one.story not in held]


def _ranked(digest: Digest, until: datetime) -> list[Addable]:
    """What may be added, best first; paging through it does not rank the whole window again.

    The key holds all that changes the list: new coverage and verdicts bump a story's version, an editor its edits.
    """
    stories = Story.objects.filter(last_seen_at__gt=digest.window_from)
    counted = stories.aggregate(Count("pk"), Max("pk"), Sum("version"), Sum("classified_version"), Sum("edits"))
    state = ":".join(str(value) for value in counted.values())
    key = f"add:{digest.window_from.timestamp()}:{until.timestamp()}:{state}"
    known: list[dict[str, Any]] | None = cache.get(key)
    if known is not None:
        return [Addable(**{**one, "words": tuple(one["words"])}) for one in known]
    found = [_candidate(one) for one in rank_stories(after=digest.window_from, until=until) if one.story.theme]
    cache.set(key, [asdict(one) for one in found], RANKING_S)
    return found


def _candidate(one: Ranked) -> Addable:
    words = tuple(reason.words for reason in one.reasons if reason.words)
    return Addable(one.story.public_id, one.story.headline, theme_label(one.story.theme), one.score, words)
