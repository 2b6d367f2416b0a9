"""A story that could not be told: its headline and the first sentence of a report, cut by nothing but string methods.

What has made the telling run too long may do so in any pattern: none that looks for words is run here.
"""

from __future__ import annotations

from newsdesk.digests.shape import Role, SentenceKind, Writer
from newsdesk.digests.telling.receipts import Draft, Receipt, Sentence
from newsdesk.stories.read import EntryView, StoryView
from newsdesk.stories.text import shown

PROMPT_VERSION = "plain-1"
MOST_HEADLINE_CHARACTERS = 200
LONGEST_SENTENCE_CHARACTERS = 300
LONGEST_WORD_CHARACTERS = 40


def tell_plainly(story: StoryView) -> Draft:
    """The story's headline and one sentence with its receipt: a report's first, else the beginning of its title."""
    entries = [entry for entry in story.entries if entry.role == "report"] or list(story.entries)
    firsts = ((entry, span) for entry in entries if (span := _first_sentence(entry.text)))
    entry, (start, end) = next(firsts, (entries[0], _title(entries[0])))
    quote = entry.text[start:end]
    receipt = Receipt(entry.public_id, entry.url, entry.text_sha256, start, end, quote)
    sentence = Sentence(shown(quote), Role.WHAT, SentenceKind.FACT, Writer.EXTRACT, (receipt,))
    headline = story.headline[:MOST_HEADLINE_CHARACTERS]
    return Draft(headline, (sentence,), Writer.EXTRACT, PROMPT_VERSION)


def _first_sentence(text: str) -> tuple[int, int] | None:
    """Where the first sentence of the body stands; None where it is long, or holds a word that nobody can read."""
    title_end = text.find("\n\n")
    if title_end < 0:
        return None
    body = text[title_end + 2 : title_end + 2 + LONGEST_SENTENCE_CHARACTERS + 1]
    start = len(body) - len(body.lstrip())
    line = body[start:].partition("\n")[0]
    end = line.find(". ") + 1 or (len(line) if line.endswith(".") else 0)
    if not end or max(map(len, line[:end].split())) > LONGEST_WORD_CHARACTERS:
        return None
    at = title_end + 2 + start
    return at, at + end


def _title(entry: EntryView) -> tuple[int, int]:
    title = entry.text.partition("\n\n")[0][:LONGEST_SENTENCE_CHARACTERS].rstrip()
    start = len(title) - len(title.lstrip())
    return start, len(title)
