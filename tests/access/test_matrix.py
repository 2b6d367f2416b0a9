"""Every role at every address of the admin: what it may see, what it may do, and that nothing else changes anything.

The addresses come from the resolver and the actions from the registered pages: a new one that stands in none of the
tables here fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client
from django.test.client import RequestFactory
from pytest_django import Settings

from tests.access.people import LOGIN, ROLES, client_of, make_account
from tests.access.rows import one_of_each
from tests.access.urls import Url, every_url

pytestmark = pytest.mark.django_db

Roles = frozenset[str]
NOBODY: Roles = frozenset()
ROOT: Roles = frozenset({"superuser"})
EDIT: Roles = frozenset({"editor", "superuser"})
SEND: Roles = frozenset({"sender", "superuser"})
STAFF: Roles = frozenset({"viewer", "editor", "sender", "superuser"})


@dataclass(frozen=True)
class May:
    """Who may look (GET) and who may act (POST)."""

    look: Roles
    act: Roles = NOBODY


@dataclass(frozen=True)
class Rights:
    """Who may do what with the rows of a model."""

    view: Roles
    add: Roles = NOBODY
    change: Roles = NOBODY
    delete: Roles = NOBODY


MODELS = {
    "auth.user": Rights(ROOT, ROOT, ROOT, ROOT),
    "auth.group": Rights(ROOT, ROOT, ROOT, ROOT),
    "access.failedlogin": Rights(ROOT, delete=ROOT),
    "access.login": Rights(ROOT),
    "access.secondfactor": Rights(ROOT, delete=ROOT),
    "journal.change": Rights(STAFF),
    "feeds.publisher": Rights(STAFF, EDIT, EDIT),
    "feeds.feed": Rights(STAFF, EDIT, EDIT),
    "feeds.entry": Rights(STAFF),
    "llm.completion": Rights(STAFF),
    "llm.dailyspend": Rights(STAFF),
    "llm.pause": Rights(STAFF, delete=ROOT),
    "stories.story": Rights(STAFF, change=EDIT),
    "digests.edition": Rights(STAFF, ROOT, ROOT, ROOT),
    "digests.digest": Rights(STAFF),  # its desk page; the acts have addresses of their own
    "digests.summary": Rights(STAFF),
    "digests.correction": Rights(STAFF),
    "newsletter.mailing": Rights(SEND),
    "newsletter.delivery": Rights(SEND),
    "newsletter.letter": Rights(SEND),
    "newsletter.subscriber": Rights(SEND),
    "newsletter.suppression": Rights(SEND),
    "newsletter.mailevent": Rights(SEND),
}
# Addresses that Django's admin has for no model, and the desk's own, by name or route.
PAGES = {
    "index": May(STAFF, STAFF),
    "second_factor": May(STAFF, STAFF),
    "health": May(STAFF),
    "logout": May(NOBODY, STAFF),
    "password_change": May(STAFF, STAFF),
    "password_change_done": May(STAFF),
    "jsi18n": May(STAFF),
    "autocomplete": May(NOBODY),  # without the names of a model and a field; see below for those with
    "auth_user_password_change": May(ROOT, ROOT),
    "feeds_feed_poll": May(NOBODY, EDIT),
    "stories_story_undo": May(NOBODY, EDIT),
    "admin/digests/digest/<int:digest_id>/add/": May(EDIT, EDIT),  # an item; its name is that of the admin's own page
    "digests_digest_title": May(NOBODY, EDIT),
    "digests_digest_approve": May(NOBODY, EDIT),
    "digests_digest_withdraw": May(NOBODY, EDIT),
    "digests_digest_publish": May(NOBODY, EDIT),
    "digests_digest_build": May(NOBODY, EDIT),
    "digests_digest_correct": May(NOBODY, EDIT),
    "digests_digest_accept": May(NOBODY, EDIT),
    "digests_digest_dismiss": May(NOBODY, EDIT),
    "digests_digest_undo": May(NOBODY, EDIT),
    "digests_digest_rewrite": May(EDIT, EDIT),
    "digests_digest_drop": May(NOBODY, EDIT),
    "digests_digest_restore": May(NOBODY, EDIT),
    "digests_digest_move": May(NOBODY, EDIT),
    "newsletter_start": May(SEND, SEND),
    "newsletter_test": May(SEND, SEND),
    "newsletter_mails": May(SEND),
    "newsletter_mail": May(SEND),
    "newsletter_mail_html": May(SEND),
    "newsletter_outbox": May(NOBODY, SEND),
    "newsletter_act": May(NOBODY, SEND),
    "newsletter_resolve_delivery": May(NOBODY, SEND),
    "newsletter_resolve_letter": May(NOBODY, SEND),
    "newsletter_lift": May(NOBODY, SEND),
    "newsletter_suppress": May(NOBODY, SEND),
}
# Pages that stand below another model than the one whose row they are for.
ROWS_OF = {
    "newsletter_resolve_delivery": "newsletter.delivery",
    "newsletter_resolve_letter": "newsletter.letter",
    "newsletter_lift": "newsletter.suppression",
    "newsletter_suppress": "newsletter.subscriber",
}
# What is posted where an empty form is for nobody.
FORMS: dict[str, Callable[[Mapping[str, Model]], dict[str, Any]]] = {
    "newsletter_start": lambda rows: {"digest": rows["digests.digest"].pk},
    "newsletter_resolve_delivery": lambda _: {"answer": "arrived"},
    "newsletter_resolve_letter": lambda _: {"answer": "arrived"},
}
# What parameters other than a page's own row stand for.
PARAMETERS: dict[str, Callable[[Mapping[str, Model]], str]] = {
    "change_id": lambda rows: str(rows["journal.change"].pk),
    "sequel_id": lambda rows: str(rows["digests.sequel"].pk),
    "story": lambda rows: str(rows["stories.story"].public_id),
    "name": lambda _: MAIL,
    "act": lambda _: "pause",
}
MAIL = "one.eml"
# Actions on the rows chosen in a list.
ACTIONS: dict[str, dict[str, Roles]] = {
    "feeds.feed": {"poll_now": EDIT},
    "stories.story": dict.fromkeys(("merge", "pin", "unpin", "hide", "unhide"), EDIT),
    "llm.pause": {"delete_selected": ROOT},
    "digests.edition": {"delete_selected": ROOT},
}
# Neither has a page: redirects to a page that is tested itself, and what is no page at all. `login` is open to all.
NO_PAGE = ("view_on_site", "app_list", "login")


@pytest.fixture(autouse=True)
def mails(tmp_path: Path, settings: Settings) -> None:
    """A folder with one mail in it."""
    settings.EMAIL_FILE_PATH = str(tmp_path)
    (tmp_path / MAIL).write_text("Subject: Hello\nContent-Type: text/html\n\n<p>Hello</p>\n", encoding="utf-8")


def path_of(url: Url, rows: Mapping[str, Model]) -> str:
    """The address for these rows."""
    others = {name: fill(rows) for name, fill in PARAMETERS.items()}
    model = ROWS_OF.get(url.name)
    return url.path({**rows, url.model: rows[model]} if model else rows, others)


def expected(url: Url) -> May | None:
    """Who may look and act there, or None where the tables do not say."""
    if url.route in PAGES or url.name in PAGES:
        return PAGES.get(url.route) or PAGES[url.name]
    rights = MODELS.get(url.model)
    if rights is None:
        return None
    return {
        "changelist": May(rights.view, rights.view),  # a post without an action shows the list again
        "history": May(rights.view, rights.view),  # answers a post as a look
        "add": May(rights.add, rights.add),
        "change": May(rights.view | rights.change, rights.change),
        "delete": May(rights.delete, rights.delete),
        "plain": May(STAFF, STAFF),  # redirects to `change`
    }.get(url.act)


def admin_urls() -> list[Url]:
    urls = [url for url in every_url() if url.space == "admin" and url.name not in NO_PAGE]
    return [url for url in urls if url.is_plain]


def test_the_tables_know_every_address() -> None:
    urls = admin_urls()
    assert len(urls) > 100
    unknown = sorted({url.name or url.route for url in urls if expected(url) is None})
    assert not unknown, f"say in PAGES or MODELS who may open {unknown}"
    known = {known for url in urls for known in (url.name, url.route)}
    assert not set(PAGES) - known, "PAGES names addresses that are no more"


def test_the_tables_know_every_model_and_no_other() -> None:
    assert {model._meta.label_lower for model in admin.site._registry} == set(MODELS)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", ROLES)
def test_everybody_may_do_what_the_tables_say_and_no_more(role: str, method: str) -> None:
    rows = one_of_each()
    client = client_of(role)
    cookies = client.cookies.copy()
    wrong = []
    for url in admin_urls():
        may = expected(url)
        assert may is not None, url
        is_allowed = role in (may.look if method == "GET" else may.act)
        path = path_of(url, rows)
        form = FORMS.get(url.name, lambda _: {})(rows)
        with undone() as written:
            client.cookies = cookies.copy()  # as they were before a log-out
            answer = client.post(path, form) if method == "POST" else client.get(path)
            if is_refused(answer) == is_allowed or answer.status_code >= 500 or answer.status_code == 404:
                said = "may" if is_allowed else "may not"
                wrong.append(f"{method} {path}: {answer.status_code} for {role}, who {said}")
            if written and (method == "GET" or not is_allowed):
                wrong.append(f"{method} {path} wrote as {role}: {written[0][:120]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", sorted(STAFF))
def test_lists_offer_the_actions_that_the_table_says(role: str) -> None:
    request = RequestFactory().get("/")
    request.user = make_account(role)
    pages = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
    offered = {label: names for label, page in pages.items() if (names := actions_for(page, request))}
    table = {label: {name for name, roles in acts.items() if role in roles} for label, acts in ACTIONS.items()}
    assert offered == {label: names for label, names in table.items() if names}


@pytest.mark.parametrize("role", sorted(STAFF - ROOT))
def test_an_action_that_is_not_offered_does_nothing(role: str) -> None:
    rows = one_of_each()
    client = client_of(role)
    for label in (label for label, rights in MODELS.items() if role in rights.view):
        refused = {name for name, roles in ACTIONS.get(label, {}).items() if role not in roles}
        for name in {"delete_selected", *refused}:
            form = {"action": name, "_selected_action": str(rows[label].pk), "index": "0", "post": "yes"}
            with undone() as written:
                client.post(f"/admin/{label.replace('.', '/')}/", form)
            assert not written, (label, name)


def test_a_post_without_a_token_is_refused_everywhere() -> None:
    rows = one_of_each()
    client = client_of("superuser", enforce_csrf_checks=True)
    statuses = {}
    for url in admin_urls():
        with undone() as written:
            path = path_of(url, rows)
            statuses[path] = client.post(path).status_code
            assert not written, path
    assert {path: status for path, status in statuses.items() if status != 403} == {}
    assert Client(enforce_csrf_checks=True).post(LOGIN, {"username": "x", "password": "x"}).status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_apps_show_only_what_the_role_sees(role: str) -> None:
    client = client_of(role)
    apps = {label.partition(".")[0] for label in MODELS}
    seen = {label.partition(".")[0] for label, rights in MODELS.items() if role in rights.view}
    for app in sorted(apps):
        status = client.get(f"/admin/{app}/").status_code
        assert status == (302 if role not in STAFF else 200 if app in seen else 404), app


@pytest.mark.parametrize(("role", "status"), [("anonymous", 302), ("plain", 302), ("editor", 403), ("superuser", 200)])
def test_accounts_are_not_told_by_autocompletion(role: str, status: int) -> None:
    names = {"app_label": "admin", "model_name": "logentry", "field_name": "user", "term": "a"}
    answer = client_of(role).get("/admin/autocomplete/", names)
    assert answer.status_code == status
    if role == "superuser":
        assert "results" in answer.json()


def test_what_is_no_page_says_so_to_staff_alone() -> None:
    assert client_of("editor").get("/admin/nothing-here/").status_code == 404
    assert client_of("anonymous").get("/admin/nothing-here/").status_code == 302


def actions_for(page: admin.ModelAdmin[Any], request: HttpRequest) -> set[str]:
    """The actions that this user is offered, whatever the list shows at the moment."""
    permitted = page._filter_actions_by_permissions(request, page._get_base_actions())
    own = {name for _, name, _ in permitted} - {"delete_selected"}
    return own | ({"delete_selected"} & set(page.get_actions(request)))


def is_refused(answer: Any) -> bool:
    """Whether somebody was turned away: forbidden, not by this method, or to the log-in."""
    is_log_out = answer.request["PATH_INFO"] == "/admin/logout/"
    is_sent_away = answer.status_code == 302 and (answer["Location"].startswith(LOGIN) or is_log_out)
    return answer.status_code in (403, 405) or is_sent_away


@contextmanager
def undone() -> Iterator[list[str]]:
    """Takes back what happens inside; gives the statements that would have changed rows, sessions apart."""
    written: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.split(maxsplit=1)[0] in ("INSERT", "UPDATE", "DELETE") and "django_session" not in sql:
            written.append(sql)
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        yield written
        transaction.set_rollback(True)
