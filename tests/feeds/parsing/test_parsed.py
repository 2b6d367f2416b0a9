"""An entry made plain, whatever its feed left out."""

from __future__ import annotations

from tests.feeds.documents import item, rss
from tests.feeds.parsing.reading import read


def test_a_missing_title_is_made_of_the_first_words() -> None:
    words = "word " * 60
    (entry,) = read(rss(f"<item><description>{words}</description></item>")).entries
    assert entry.title.startswith("word word")
    assert len(entry.title) <= 100
    assert entry.title.endswith("word")


def test_a_description_as_long_as_an_article_is_the_body() -> None:
    (entry,) = read(rss(item(1, text="A sentence of it. " * 200))).entries
    assert len(entry.body) > 3000
    assert 0 < len(entry.summary) <= 2000
