"""Times, outward links and themes, as every page writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django import template
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from feeds.urls import web_address
from newsdesk.digests.building.week_from_days import days_of
from newsdesk.digests.documents.reading import KIND_LABELS
from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.site.page import DigestPage
from newsdesk.stories.themes import Theme, theme_label

register = template.Library()

THEME_SCOPES = {
    "launches": "Products, features and model releases.",
    "shutdowns": "Products and services ended, pulled or paused.",
    "security": "Breaches, attacks, vulnerabilities, malware.",
    "funding": "Rounds, valuations, earnings, acquisitions.",
    "partnerships": "Commercial deals and integrations between companies.",
    "policy": "Law, regulation, and what governments decide and use.",
    "lawsuits": "Litigation, rulings, copyright and licensing disputes.",
    "research": "Papers, benchmarks, methods.",
    "open-models": "Open weights, open source, sovereign models.",
    "compute": "Chips, data centres, energy, cloud capacity.",
    "people": "Hires, departures, layoffs, organisation.",
    "society": "Safety, misuse, ethics, culture, use in the world.",
}
# In a window not longer than this (a day on which clocks go back), the hour alone is plain.
ONE_DAY = timedelta(hours=25)


@register.simple_tag
def outlink(url: str, text: str) -> SafeString:
    """The text as a link out of the site, or bare where the address is not one of the web."""
    if not web_address(url):
        return format_html("{}", text)
    return format_html('<a href="{}" rel="noopener nofollow">{}</a>', url, text)


def _time(moment: datetime, form: str) -> SafeString:
    local = moment.astimezone(settings.DIGEST_TIME_ZONE)
    zone = local.tzname() or ""
    day = form.replace("%-d", str(local.day))  # %-d is not known everywhere
    words = f"{local.strftime(day)} {'UTC' + zone if zone[:1] in '+-' else zone}"
    return format_html('<time datetime="{}">{}</time>', f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}", words.strip())


@register.simple_tag
def moment_in(page: DigestPage, moment: datetime) -> SafeString:
    """`18:05 UTC` within the page's day, where the date is plain; `12 Mar, 18:05 UTC` outside of it and in a week."""
    is_plain = page.window_from < moment <= page.window_to and page.window_to - page.window_from <= ONE_DAY
    return hour(moment) if is_plain else clock(moment)


@register.filter
def hour(moment: datetime) -> SafeString:
    """`18:05 UTC`: under a heading that gives the day."""
    return _time(moment, "%H:%M")


@register.filter
def clock(moment: datetime) -> SafeString:
    """`24 Mar, 18:05 UTC`: where the year is plain from the page."""
    return _time(moment, "%-d %b, %H:%M")


@register.filter
def full_clock(moment: datetime) -> SafeString:
    """`24 March 2026, 18:05 UTC`."""
    return _time(moment, "%-d %B %Y, %H:%M")


@register.filter
def long_day(day: date) -> str:
    """`Wednesday 25 March 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


@register.filter
def short_day(day: date) -> str:
    """`25 March`."""
    return f"{day.day} {day:%B}"


@register.filter
def week(day: date) -> str:
    """`Week of 28 February to 6 March 2026`: the week that the weekly digest of a date covers."""
    first, last = days_of(day)
    month = "" if (first.year, first.month) == (last.year, last.month) else f" {first:%B}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"Week of {first.day}{month}{year} to {last.day} {last:%B %Y}"


@register.simple_tag
def digest_url(name: str, edition: str, day: date) -> str:
    """The address of a digest's page (`digest`) or twin (`json`, `text`)."""
    prefix = "weekly-" if edition == WEEKLY_EDITION else ""
    return reverse(f"site:{prefix}{name}", args=[f"{day:%Y}", f"{day:%m}", f"{day:%d}"])


@register.filter(name="theme_label")
def theme_label_filter(slug: str) -> str:
    """The name of a theme by its slug."""
    return theme_label(slug)


@register.filter
def theme_scope(slug: str) -> str:
    """What belongs to a theme, in one line."""
    return THEME_SCOPES.get(slug, "")


@register.filter
def language_name(code: str) -> str:
    """The English name of a language by its code, or the code where we do not know it."""
    return str(LANG_INFO.get(code.lower(), {}).get("name", code))


@register.filter
def kind_label(kind: str) -> str:
    """The name of a publisher's kind."""
    return KIND_LABELS.get(kind, kind)


@register.simple_tag
def all_themes() -> list[str]:
    """Every theme's slug, in their order."""
    return list(Theme.values)


@register.simple_tag
def sample_is_on() -> bool:
    """Whether everything on this site is invented."""
    return bool(settings.SAMPLE)
