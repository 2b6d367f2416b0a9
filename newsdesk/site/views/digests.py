"""The digest's pages and its twins."""

from __future__ import annotations

import math
from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from newsdesk.digests.documents.document import as_document, canonical_json
from newsdesk.digests.documents.text import as_text
from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.digests.gaps import gap_of
from newsdesk.digests.models import Digest, Preview
from newsdesk.digests.window import window_of
from newsdesk.site.atom import atom
from newsdesk.site.reader import read_page
from newsdesk.site.shelf import neighbours, published, schedule, sequels_of, shelved, weekly_schedule, with_gaps

# Whole digests in the Atom feed; more would make every poll of it heavy.
FEED_DIGESTS = 7


@require_safe
def front(request: HttpRequest, edition: str = "") -> HttpResponse:
    """The newest published digest of the edition (none: the settings'), or what to expect before there is one."""
    newest = _published(edition).first()
    if newest is None:
        now = timezone.now()
        expected = weekly_schedule(now) if edition == WEEKLY_EDITION else schedule(None, now)
        return render(request, "site/empty.html", {"schedule": expected})
    return _digest_page(request, newest)


@require_safe
def dated(request: HttpRequest, year: str, month: str, day: str, edition: str = "") -> HttpResponse:
    """The published digest of a date; of one that nobody watched, that it is missing and why."""
    wanted = _read_date(year, month, day)
    digest = _published(edition).filter(date=wanted).first()
    if digest is not None:
        return _digest_page(request, digest)
    gap = gap_of(edition or settings.EDITION, wanted)
    if gap is None:
        raise Http404("There is no digest of that date.")
    after, until = window_of(wanted)
    return render(request, "site/gap.html", {"gap": gap, "after": after, "until": until})


@require_safe
def json_twin(_: HttpRequest, year: str, month: str, day: str, edition: str = "") -> HttpResponse:
    """The digest's canonical JSON, byte for byte."""
    document = as_document(_published_on(year, month, day, edition))
    return HttpResponse(canonical_json(document), content_type="application/json")


@require_safe
def text_twin(_: HttpRequest, year: str, month: str, day: str, edition: str = "") -> HttpResponse:
    """The digest as plain text."""
    document = as_document(_published_on(year, month, day, edition))
    return HttpResponse(as_text(document), content_type="text/plain; charset=utf-8")


@require_safe
def feed(_: HttpRequest) -> HttpResponse:
    """The newest digests as Atom."""
    pages = [read_page(as_document(digest)) for digest in published()[:FEED_DIGESTS]]
    edition = "Newsdesk sample edition" if settings.SAMPLE else "Newsdesk"
    subtitle = "The day in the AI industry, every sentence with its source."
    if settings.SAMPLE:
        subtitle = "SAMPLE: the outlets and the news are invented."
    content = atom(pages, title=edition, subtitle=subtitle, site_url=settings.SITE_URL)
    response = HttpResponse(content, content_type="application/atom+xml; charset=utf-8")
    updated = [page.updated_at for page in pages if page.updated_at]
    if updated:
        response.headers["Last-Modified"] = http_date(math.ceil(max(updated).timestamp()))
    return response


@require_safe
def archive(request: HttpRequest, year: str = "") -> HttpResponse:
    """A year's digests by month; without a year, the newest one's."""
    years = [moment.year for moment in shelved().order_by().dates("date", "year", order="DESC")]
    if year and int(year) not in years:
        raise Http404("No digest of that year.")
    shown = int(year) if year else (years[0] if years else 0)
    named = ("date", "number", "title", "coverage", "edition__slug")
    rows = with_gaps(shelved().filter(date__year=shown).values(*named), shown) if shown else []
    return render(request, "site/archive.html", {"rows": rows, "years": years, "shown": shown})


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """What is in so far for the next digest, marked as such: as the line put it together last."""
    kept = Preview.objects.filter(edition__slug=settings.EDITION).first()
    if kept is None or datetime.fromisoformat(kept.document["window"]["to"]) <= timezone.now():
        # None was made yet, or it is of a digest whose cut-off has passed.
        return render(request, "site/no_preview.html", {"schedule": schedule(None, timezone.now())})
    context = {"page": read_page(kept.document), "is_preview": True, "made_at": kept.made_at}
    return render(request, "site/digest.html", context)


def _published(edition: str) -> QuerySet[Digest]:
    if edition == WEEKLY_EDITION and settings.SAMPLE:
        raise Http404("The sample has no weekly edition.")
    return published(edition)


def _published_on(year: str, month: str, day: str, edition: str) -> Digest:
    return get_object_or_404(_published(edition), date=_read_date(year, month, day))


def _read_date(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise Http404("There is no such date.") from error


def _digest_page(request: HttpRequest, digest: Digest) -> HttpResponse:
    now = timezone.now()
    before, after = neighbours(digest)
    page = read_page(as_document(digest), sequels_of(digest))
    expected = (weekly_schedule(now) if page.is_weekly else schedule(digest.date, now)) if after is None else None
    missing = expected.missing if expected else None
    context = {
        "page": page,
        "before": before,
        "after": after,
        "schedule": expected,
        "gap": gap_of(digest.edition.slug, missing) if missing else None,
    }
    return render(request, "site/digest.html", context)
