"""The newsletter for staff: mailings with their progress, deliveries, subscribers and suppressions; all to read.

What may be done to them are buttons of `views.py`. Lists are made for 100,000 rows: indexed filters, no full counts.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from newsdesk.newsletter.admin.page import StaffPage
from newsdesk.newsletter.admin.views import RESOLVE, SUPPRESS, staff_urls
from newsdesk.newsletter.models import Delivery, Letter, Mail, MailEvent, Mailing, Subscriber, Suppression
from newsdesk.newsletter.people.tokens import email_hashes
from newsdesk.stories.themes import theme_label

State = Mail.State
SHORT = {
    State.QUEUED: "waiting",
    State.INFLIGHT: "being sent",
    State.SENT: "sent",
    State.SKIPPED: "skipped",
    State.FAILED: "failed",
    State.UNKNOWN: "unknown",
}


class Mailings(ChangeList):
    """Mailings with how many deliveries are in which state, by one query for the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        add_counts(self.result_list)


def add_counts(mailings: list[Any]) -> None:
    """Set `counts` on each: deliveries by state."""
    rows = Delivery.objects.filter(digest__in=[mailing.digest_id for mailing in mailings])
    counts: dict[int, Counter[str]] = {}
    for row in rows.values("digest", "state").annotate(number=Count("pk")):
        counts.setdefault(row["digest"], Counter())[row["state"]] = row["number"]
    for mailing in mailings:
        mailing.counts = counts.get(mailing.digest_id, Counter())


@admin.register(Mailing)
class MailingAdmin(StaffPage):
    list_display = ("day", "title", "state", "progress", "started_at")
    list_filter = ("state",)
    list_per_page = 20
    fields = ("day", "title", "state", "progress", "started_at", "finished_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mailing]:
        return super().get_queryset(request).select_related("digest__edition")

    def get_urls(self) -> list[URLPattern]:
        return [*staff_urls(self.admin_site), *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Mailings

    @admin.display(description="digest")
    def day(self, mailing: Mailing) -> str:
        return f"{mailing.digest.date:%d %B %Y}, {mailing.digest.edition.slug}"

    @admin.display
    def title(self, mailing: Mailing) -> str:
        return mailing.digest.title

    @admin.display(description="mails")
    def progress(self, mailing: Any) -> SafeString | str:
        if not hasattr(mailing, "counts"):
            add_counts([mailing])
        address = f"{reverse('admin:newsletter_delivery_changelist')}?digest__id__exact={mailing.digest_id}"
        counted = [
            (f"{address}&state__exact={state}", f"{mailing.counts[state]:,}", SHORT[state])
            for state in State
            if mailing.counts[state]
        ]
        listed = format_html_join(", ", '<a href="{}">{} {}</a>', counted) or "none"
        return listed if mailing.is_queued else format_html("{} so far; not everyone is queued yet", listed)


class MailAdmin(StaffPage):
    """Deliveries and letters: what was sent to whom, and what nobody knows."""

    list_filter = ("state",)
    search_help_text = "A subscriber's whole address."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("subscriber")

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if term:
            queryset = queryset.filter(subscriber__in=list(Subscriber.objects.at(term).values_list("pk", flat=True)))
        return queryset, False

    def get_list_display(self, request: HttpRequest) -> list[Any] | tuple[Any, ...]:
        return (*self.list_display, "answer") if request.user.has_perm(RESOLVE) else self.list_display

    @admin.display(description="state", ordering="state")
    def how(self, mail: Any) -> str:
        """The state, and since or until when."""
        match mail.state:
            case State.SENT if mail.sent_at:
                return f"Sent on {mail.sent_at:%d %b, %H:%M}"
            case State.QUEUED if mail.attempts:
                return f"Tried {mail.attempts} times, again on {mail.next_attempt_at:%d %b, %H:%M}"
        return SHORT[mail.state].capitalize()

    @admin.display(description="what became of it")
    def answer(self, mail: Any) -> SafeString | str:
        """Buttons of the form that stands around the whole list; they post elsewhere."""
        if mail.state != State.UNKNOWN:
            return ""
        address = reverse(f"admin:newsletter_resolve_{self.opts.model_name}", args=[mail.pk])
        button = '<button type="submit" class="button" name="answer" value="{}" formaction="{}">{}</button>'
        return format_html_join(" ", button, (("arrived", address, "It arrived"), ("again", address, "Send again")))


@admin.register(Delivery)
class DeliveryAdmin(MailAdmin):
    list_display = ("subscriber", "day", "how", "reply")
    fields = ("subscriber", "day", "how", "attempts", "next_attempt_at", "claimed_at", "sent_at", "reply", "message_id")
    readonly_fields = ("day", "how")
    search_fields = ("subscriber__email",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return super().get_queryset(request).select_related("digest__edition")

    @admin.display(description="digest")
    def day(self, delivery: Delivery) -> str:
        return f"{delivery.digest.date:%d %B %Y}, {delivery.digest.edition.slug}"


@admin.register(Letter)
class LetterAdmin(MailAdmin):
    list_display = ("subscriber", "kind", "how", "reply")
    fields = (
        "subscriber",
        "kind",
        "how",
        "attempts",
        "next_attempt_at",
        "claimed_at",
        "sent_at",
        "reply",
        "message_id",
    )
    readonly_fields = ("how",)
    search_fields = ("subscriber__email",)


@admin.register(Subscriber)
class SubscriberAdmin(StaffPage):
    """Found by the beginning of an address; addresses are the subscribers' own to enter and to erase."""

    list_display = ("email", "state", "frequency", "themes_in_words", "confirmed_at", "soft_bounces")
    list_filter = ("state", "frequency")
    search_fields = ("email",)
    search_help_text = "An address or its beginning."
    fields = (
        "email",
        "state",
        "frequency",
        "themes_in_words",
        "asked_at",
        "confirmed_at",
        "unsubscribed_at",
        "consent_version",
        "consent_source",
        "soft_bounces",
        "mails",
    )
    readonly_fields = ("themes_in_words", "mails")

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Subscriber],
        search_term: str,
    ) -> tuple[QuerySet[Subscriber], bool]:
        term = search_term.strip().lower()
        if term:
            queryset = queryset.alias(lower_email=Lower("email")).filter(lower_email__startswith=term)
        return queryset, False

    @admin.display(description="themes")
    def themes_in_words(self, subscriber: Subscriber) -> str:
        return ", ".join(theme_label(slug) for slug in subscriber.themes) or "All"

    @admin.display
    def mails(self, subscriber: Subscriber) -> SafeString:
        address = f"{reverse('admin:newsletter_delivery_changelist')}?subscriber__id__exact={subscriber.pk}"
        return format_html('<a href="{}">What was sent to them</a>', address)


@admin.register(Suppression)
class SuppressionAdmin(StaffPage):
    """Addresses that are never mailed, known by their keyed hashes alone; found by the whole address."""

    list_display = ("made_at", "reason", "detail", "hash")
    list_filter = ("reason",)
    search_fields = ("email_hash",)
    search_help_text = "A whole address: only its hash is kept, so that nobody can read who is in this list."

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Suppression],
        search_term: str,
    ) -> tuple[QuerySet[Suppression], bool]:
        term = search_term.strip()
        return (queryset.filter(email_hash__in=email_hashes(term)) if term else queryset), False

    def get_list_display(self, request: HttpRequest) -> list[Any] | tuple[Any, ...]:
        return (*self.list_display, "lift") if request.user.has_perm(SUPPRESS) else self.list_display

    @admin.display
    def hash(self, suppression: Suppression) -> str:
        return suppression.email_hash[:12]

    @admin.display(description="")
    def lift(self, suppression: Suppression) -> SafeString | str:
        if suppression.reason == Suppression.Reason.ERASED:
            return ""
        address = reverse("admin:newsletter_lift", args=[suppression.pk])
        return format_html('<button type="submit" class="button" formaction="{}">Lift</button>', address)


@admin.register(MailEvent)
class MailEventAdmin(StaffPage):
    """What the mail service reported."""

    list_display = ("made_at", "service", "kind", "effect")
    list_filter = ("kind",)
