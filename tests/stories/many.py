"""As many invented entries and stored stories as wanted, in words that nobody uses."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta

from feeds.models import Article, ArticleText, Entry, Feed, Publisher
from newsdesk.stories.clustering.founding import story_public_id
from newsdesk.stories.models import Coverage, Fingerprint, Story
from tests.stories.rows import NOON

SYLLABLES = [first + vowel + last for first in "bdfgklmnprstvz" for vowel in "aeiou" for last in ("", "n", "r", "st")]
FEEDS, WORDS, TITLE_WORDS, BODY_WORDS, ROWS = 20, 20_000, 9, 60, 2_000
# Of ten entries so many tell a story that was told a moment ago.
FOLLOW_SHARE, FOLLOWED = 0.3, 30


def invent_stored_stories(count: int, *, step: timedelta, dice: random.Random) -> datetime:
    """Store stories of one entry each, as the line leaves them, a step apart from NOON on; the time of the last."""
    feeds, seen = _feeds(), NOON
    for start in range(0, count, ROWS):
        size = min(ROWS, count - start)
        times = [seen + step * n for n in range(1, size + 1)]
        entries, texts = _entries(feeds, times, f"stored-{start}", dice)
        fingerprints = [Fingerprint(entry=e, text=t) for e, t in zip(entries, texts, strict=True)]
        stories = [
            Story(
                public_id=story_public_id(entry.feed.url, entry.guid),
                headline=entry.title,
                first_seen_at=entry.seen_at,
                last_seen_at=entry.seen_at,
                language="en",
                classified_version=1,
            )
            for entry in entries
        ]
        Fingerprint.objects.bulk_create(fingerprints)
        Story.objects.bulk_create(stories)
        Coverage.objects.bulk_create(
            Coverage(entry=entry, story=story, text=text, clustered_at=entry.seen_at)
            for entry, story, text in zip(entries, stories, texts, strict=True)
        )
        seen = times[-1]
    return seen


def invent_entries(count: int, *, after: datetime, step: timedelta, dice: random.Random) -> datetime:
    """Store extracted entries, some of which tell the same stories, a step apart; the time of the last."""
    times = [after + step * n for n in range(1, count + 1)]
    _entries(_feeds(), times, f"entry-{times[0].isoformat()}", dice)
    return times[-1]


def _feeds() -> list[Feed]:
    feeds = []
    for number in range(FEEDS):
        publisher, _ = Publisher.objects.get_or_create(slug=f"paper-{number}", defaults={"name": f"Paper {number}"})
        url = f"https://paper-{number}.example/feed"
        feeds.append(Feed.objects.get_or_create(url=url, defaults={"publisher": publisher, "next_poll_at": NOON})[0])
    return feeds


def _entries(
    feeds: list[Feed], times: list[datetime], name: str, dice: random.Random
) -> tuple[list[Entry], list[ArticleText]]:
    told: list[list[str]] = []
    entries, texts = [], []
    for number, seen in enumerate(times):
        feed = dice.choice(feeds)
        if told and dice.random() < FOLLOW_SHARE:
            words = dice.choice(told[-FOLLOWED:])
            title = " ".join([*dice.sample(words[:TITLE_WORDS], TITLE_WORDS - 2), _word(dice)])
            body = " ".join(_word(dice) if dice.random() < 0.5 else word for word in words)
        else:
            words = [_word(dice) for _ in range(TITLE_WORDS + BODY_WORDS)]
            told.append(words)
            title, body = " ".join(words[:TITLE_WORDS]), " ".join(words)
        guid = f"{name}-{number}"
        url = f"{feed.url}/{guid}"
        entries.append(
            Entry(feed=feed, guid=guid, url=url, canonical_url=url, title=title, seen_at=seen, content_hash="0" * 64)
        )
        text = f"{title}\n\n{body}"
        texts.append(ArticleText(sha256=hashlib.sha256(text.encode()).hexdigest(), text=text, created_at=seen))
    Entry.objects.bulk_create(entries, batch_size=ROWS)
    ArticleText.objects.bulk_create(texts, batch_size=ROWS)
    Article.objects.bulk_create(
        Article(entry=entry, outcome=Article.Outcome.DONE, text=text, extracted_at=entry.seen_at)
        for entry, text in zip(entries, texts, strict=True)
    )
    return entries, texts


def _word(dice: random.Random) -> str:
    """A word of an invented language, the common ones often, as in any language (Zipf)."""
    rank = min(int(dice.paretovariate(0.6)), WORDS)
    word = ""
    while rank:
        rank, syllable = divmod(rank, len(SYLLABLES))
        word += SYLLABLES[syllable]
    return word or "on"
