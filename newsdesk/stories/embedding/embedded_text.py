"""What of a report is embedded. Pure."""

from __future__ import annotations

from newsdesk.stories.text import lead
from newsdesk.stories.titles.cleaning import clean_title

# Words of the body that follow the title in what is embedded.
EMBEDDED_WORDS = 40


def embedded_text(title: str, body: str) -> str:
    """What of a report a sentence-embedding model reads: its title, normalised, and the first words of its body."""
    return f"{clean_title(title)}\n{lead(body, EMBEDDED_WORDS)}".strip()
