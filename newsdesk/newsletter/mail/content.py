"""What a mail says, before it is addressed to anybody."""

from __future__ import annotations

from dataclasses import dataclass

# Stand in a mail's HTML and text where the subscriber's own links belong; plain ASCII that no text of ours holds.
UNSUBSCRIBE_MARK = "https://mark.invalid/unsubscribe"
PREFERENCES_MARK = "https://mark.invalid/preferences"


@dataclass(frozen=True, slots=True)
class MailContent:
    """A mail to be filled for each subscriber; `subject` is one line, both bodies may hold the marks."""

    subject: str
    html: str
    text: str
