"""Writing an entry's article, and the immutable text it points at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from feeds.extracting.verdict import Page, PageFailure, Verdict, judge_failure, judge_page
from feeds.models import Article, ArticleText, Entry
from feeds.scrub import PARAGRAPH, cut

MAX_REASON_CHARACTERS = 500
BATCH = 500
REPLACED_FIELDS = ["outcome", "origin", "text", "author", "published_at", "retry_at", "reason", "extracted_at"]
ADOPTED = "The feed's own text was taken."
NOT_READ_YET = "The feed's own text stands in until the page is read."


Item = TypeVar("Item")


def compose(title: str, body: str) -> str:
    """An article's text, into which receipts point: the title, a blank line, the body."""
    return f"{title}{PARAGRAPH}{body}"


def feed_body(entry: Entry) -> str:
    """The feed's own text of an entry."""
    return entry.body or entry.summary


def sha256_of(text: str) -> str:
    """The key of a text: the SHA-256 of its UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def store_texts(texts: Iterable[str], *, now: datetime) -> list[str]:
    """Store the texts that are not stored yet; returns the key of each. Any number of workers may do it at once."""
    listed = list(texts)
    keys = [sha256_of(text) for text in listed]
    rows = [ArticleText(sha256=key, text=text, created_at=now) for key, text in zip(keys, listed, strict=True)]
    ArticleText.objects.bulk_create(rows, ignore_conflicts=True)
    return keys


def adopt_feed_text(entries: Iterable[Entry] | None = None, *, now: datetime) -> int:
    """Give the entries that have no article one from the feed's own text, without any request; returns how many.

    Without `entries`, all of them.
    """
    batches = _without_article() if entries is None else _in_batches(list(entries))
    return sum(_adopt(batch, lambda _: ADOPTED, now=now) for batch in batches)


def stand_in_feed_text(*, since: datetime, now: datetime) -> int:
    """Give entries seen since then that have no article the feed's own text, until their page is read; how many.

    They stay due for extraction, and better text makes them pending again for later stages.
    """
    waiting = Entry.objects.without_article().filter(is_news=True, seen_at__gte=since).order_by("pk")
    return sum(_adopt(batch, lambda _: NOT_READ_YET, now=now, retry_at=now) for batch in _in_batches(list(waiting)))


def adopt_for_reasons(reasons: Mapping[int, str], *, now: datetime) -> int:
    """Give entries, by id, the feed's own text for the reason named, in place of an article they may have."""
    return sum(
        _adopt(list(Entry.objects.filter(pk__in=ids)), lambda entry: reasons[entry.pk], now=now, replace=True)
        for ids in _in_batches(list(reasons))
    )


def record_verdict(entry: Entry, found: Page | PageFailure, *, now: datetime) -> bool:
    """Write the outcome for an entry as it was when its page was asked for; False if it changed meanwhile.

    A changed entry stays due. A body that an earlier page gave is kept when the page cannot be had again.
    """
    with transaction.atomic():
        # These updates also lock the row: the feed's next document waits until the article stands.
        held = Entry.objects.filter(pk=entry.pk, content_hash=entry.content_hash)
        if not held.update(extraction_claimed_until=None, extraction_claims=0, awaits_extraction=False):
            Entry.objects.filter(pk=entry.pk).update(extraction_claimed_until=None)
            return False
        before = Article.objects.select_related("text").filter(entry=entry).first()
        verdict = _judge(entry, found, before, now)
        body, origin = verdict.body, Article.Origin(verdict.origin)
        if isinstance(found, PageFailure) and before and before.origin == Article.Origin.PAGE:
            body, origin = before.text.text.partition(PARAGRAPH)[2], Article.Origin.PAGE
        [key] = store_texts([compose(entry.title, body)], now=now)
        Article.objects.update_or_create(
            entry=entry,
            defaults={
                "outcome": verdict.outcome,
                "origin": origin,
                "text_id": key,
                "author": verdict.author or entry.author,
                "published_at": verdict.published_at,
                "attempts": (before.attempts if before else 0) + 1,
                "retry_at": now + verdict.retry_in if verdict.retry_in else None,
                "reason": cut(verdict.reason, MAX_REASON_CHARACTERS),
                "extracted_at": now,
            },
        )
    return True


def _judge(entry: Entry, found: Page | PageFailure, before: Article | None, now: datetime) -> Verdict:
    if isinstance(found, PageFailure):
        attempts = (before.attempts if before else 0) + 1
        return judge_failure(found, attempts=attempts, feed_body=feed_body(entry))
    return judge_page(found, title=entry.title, feed_body=feed_body(entry), now=now)


def _without_article() -> Iterator[Sequence[Entry]]:
    last_pk = 0
    while batch := list(Entry.objects.without_article().filter(pk__gt=last_pk).order_by("pk")[:BATCH]):
        yield batch
        last_pk = batch[-1].pk


def _in_batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _adopt(
    entries: Sequence[Entry],
    reason: Callable[[Entry], str],
    *,
    now: datetime,
    replace: bool = False,
    retry_at: datetime | None = None,
) -> int:
    """Articles with the feed's text for a batch of entries, for good or until `retry_at`; how many were written."""
    with transaction.atomic():
        # In one order, so that two workers with the same entries take turns.
        rows = Entry.objects.select_for_update().filter(pk__in=[entry.pk for entry in entries]).order_by("pk")
        locked = list(rows.values_list("pk", flat=True))
        known = set(Article.objects.filter(entry__in=entries).values_list("entry_id", flat=True))
        chosen = entries if replace else [entry for entry in entries if entry.pk not in known]
        keys = store_texts([compose(entry.title, feed_body(entry)) for entry in chosen], now=now)
        articles = [
            Article(
                entry=entry,
                outcome=Article.Outcome.FAILED if retry_at else Article.Outcome.SKIPPED,
                origin=Article.Origin.FEED,
                text_id=key,
                author=entry.author,
                retry_at=retry_at,
                reason=cut(reason(entry), MAX_REASON_CHARACTERS),
                extracted_at=now,
            )
            for entry, key in zip(chosen, keys, strict=True)
        ]
        if known and replace:
            Article.objects.bulk_create(
                articles,
                update_conflicts=True,
                unique_fields=["entry"],
                update_fields=REPLACED_FIELDS,
            )
        else:
            Article.objects.bulk_create(articles, ignore_conflicts=True)
        Entry.objects.filter(pk__in=locked, awaits_extraction=True).update(awaits_extraction=False)
    return len(articles)
