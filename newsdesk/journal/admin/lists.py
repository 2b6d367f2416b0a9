"""The journal in the admin, to read: who did what to what, when, and how it stood before and after."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from newsdesk.access.read_only import ReadOnlyPage
from newsdesk.journal.admin.filters import ActorFilter, VerbFilter
from newsdesk.journal.models import THE_LINE, Change
from newsdesk.journal.words import differences, verb_words

BY_LINE = "The line"


@admin.register(Change)
class ChangeAdmin(ReadOnlyPage):
    """Newest first. Nobody changes the journal, not even a superuser."""

    list_display = ("made_at", "who", "what", "changes_of_subject", "in_short", "is_undone")
    list_display_links = ("made_at",)
    list_filter = (VerbFilter, ActorFilter, "made_at")
    empty_value_display = ""
    ordering = ("-id",)
    search_fields = ("subject",)
    search_help_text = "The exact subject (story 7gq2kxw3ab, digest daily 2026-03-25) or the exact user name."
    fields = ("made_at", "who", "what", "verb", "changes_of_subject", "undone", "before_and_after")

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Change],
        search_term: str,
    ) -> tuple[QuerySet[Change], bool]:
        """By an exact subject or user name, both of which have an index."""
        term = search_term.strip()
        if term:
            queryset = queryset.filter(Q(subject=term) | Q(actor_name=term))
        return queryset, False

    @admin.display(description="who")
    def who(self, change: Change) -> str:
        return BY_LINE if change.actor_name == THE_LINE else change.actor_name

    @admin.display(description="what")
    def what(self, change: Change) -> str:
        return verb_words(change.verb)

    @admin.display(description="subject")
    def changes_of_subject(self, change: Change) -> SafeString:
        address = f"{reverse('admin:journal_change_changelist')}?{urlencode({'q': change.subject})}"
        return format_html('<a href="{}">{}</a>', address, change.subject)

    @admin.display(description="before → after")
    def in_short(self, change: Change) -> str:
        return "; ".join(str(one) for one in differences(change.before, change.after)[:2])

    @admin.display(description="undone")
    def is_undone(self, change: Change) -> str:
        return "Undone" if change.undone_by_id else ""

    @admin.display(description="undone")
    def undone(self, change: Change) -> SafeString | str:
        if not change.undone_by_id:
            return "No"
        address = reverse("admin:journal_change_change", args=[change.undone_by_id])
        return format_html('<a href="{}">By a later change</a>', address)

    @admin.display(description="before and after")
    def before_and_after(self, change: Change) -> SafeString | str:
        rows = [(one.name, one.before, one.after) for one in differences(change.before, change.after)]
        if not rows:
            return "Nothing was noted."
        return format_html(
            '<table class="differences"><thead><tr><th scope="col">What</th><th scope="col">Before</th>'
            '<th scope="col">After</th></tr></thead><tbody>{}</tbody></table>',
            format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', rows),
        )
