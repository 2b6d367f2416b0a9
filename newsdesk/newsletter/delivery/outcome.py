"""What a mail server's answer means for one mail, and for the sending as a whole. Pure.

Codes are those of RFC 5321, enhanced codes those of RFC 3463. What is certain is told from what is not: up to the final
dot of a mail a server has nothing, after it a lost connection may have cost us the answer alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum

from newsdesk.newsletter.people.redact import as_kept

# A mail refused for now is tried after 5 minutes, then after twice as long each time, for 48 hours in all.
FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=48)
# A server that cannot be used is tried after a minute, then after twice as long each time.
FIRST_REOPENING = timedelta(minutes=1)
LONGEST_REOPENING = timedelta(minutes=30)
# Waits are shortened by up to so much at random, so that what was refused together does not come back together.
JITTER = 0.2

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")
# Servers without enhanced codes refuse us, not the recipient, in such words (qmail's rcpthosts, open relay tests).
_REFUSES_US = re.compile(r"relay|rcpthosts|spam|blacklist|blocklist|\brbl\b|blocked|policy|authenticat|sender", re.I)
# 5.1.7 and 5.1.8 are about the sender's address.
_BAD_SENDER = {(1, 7), (1, 8)}
_NO_SUCH_MAILBOX_CODES = {550, 551, 553}
_MAILBOX_FULL_CODE = 552
_CLOSING_CODE = 421


class Stage(IntEnum):
    """How far the conversation had come when the server answered, or fell silent."""

    CONNECT = 1
    LOGIN = 2
    SENDER = 3
    RECIPIENT = 4
    DATA = 5
    FINAL = 6


class Kind(StrEnum):
    """What became of a mail."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    NO_MAILBOX = "no_mailbox"
    MAILBOX_FULL = "mailbox_full"
    BLOCKED = "blocked"
    AWAY = "away"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail; `reply` in the server's words, not `is_about_mail` where any mail would have fared so."""

    kind: Kind
    reply: str = ""
    is_about_mail: bool = True


def judge_reply(stage: Stage, code: int, text: str) -> Outcome:
    """What a reply means; `code` has three digits, `text` may begin with an enhanced code and have several lines."""
    reply = as_kept(f"{code} {text}")
    about_mail = stage >= Stage.RECIPIENT
    if not 200 <= code <= 599 or (code < 400 and stage < Stage.FINAL):
        return judge_loss(stage, f"The server's answer makes no sense: {reply}")
    if code < 400:
        return Outcome(Kind.SENT if code < 300 else Kind.UNKNOWN, reply)
    if code < 500:
        # 421 while the recipient is named closes the connection; to ask elsewhere or later may help this mail alone.
        return Outcome(Kind.LATER if about_mail else Kind.AWAY, reply, about_mail)
    if not about_mail:
        return Outcome(Kind.BLOCKED, reply, is_about_mail=False)
    return Outcome(_refusal(stage, code, text), reply)


def judge_loss(stage: Stage, words: str) -> Outcome:
    """What it means that the connection was lost, or never made, at a stage."""
    reply = as_kept(words)
    if stage == Stage.FINAL:
        return Outcome(Kind.UNKNOWN, reply)
    return Outcome(Kind.AWAY, reply, is_about_mail=stage >= Stage.RECIPIENT)


def is_block(reply: str) -> bool:
    """Whether a reply, as kept, blocked us: where it did so twice for one mail, it is this recipient's own policy."""
    code, _, text = reply.partition(" ")
    return code.isdecimal() and judge_reply(Stage.FINAL, int(code), text).kind == Kind.BLOCKED


def is_closing(code: int) -> bool:
    """Whether the server closes the connection with this reply."""
    return code == _CLOSING_CODE


def retry_wait(attempts: int, luck: float) -> timedelta | None:
    """How long a mail waits after so many attempts (from 1); None where it has been tried long enough.

    `luck` is a random number from 0 to 1.
    """
    before = FIRST_RETRY * ((1 << (attempts - 1)) - 1)
    if before >= LAST_RETRY:
        return None
    doubled = FIRST_RETRY * (1 << (attempts - 1))
    return min(doubled, LAST_RETRY - before) * (1 - JITTER * luck)


def reopening_wait(failures: int, luck: float) -> timedelta:
    """How long all sending waits after so many failures in a row (from 1); `luck` is a random number from 0 to 1."""
    doubled = FIRST_REOPENING * (1 << min(failures - 1, 16))
    return min(doubled, LONGEST_REOPENING) * (1 - JITTER * luck)


def _refusal(stage: Stage, code: int, text: str) -> Kind:
    enhanced = _ENHANCED.match(text)
    if enhanced and enhanced[1] == "5":
        subject, detail = int(enhanced[2]), int(enhanced[3])
        if subject == 7 or (subject, detail) in _BAD_SENDER:
            return Kind.BLOCKED
        if subject == 1 or (subject, detail) == (2, 1):
            return Kind.NO_MAILBOX
        return Kind.MAILBOX_FULL if (subject, detail) == (2, 2) else Kind.REFUSED
    if _REFUSES_US.search(text):
        return Kind.BLOCKED
    if code == _MAILBOX_FULL_CODE and stage == Stage.RECIPIENT:
        return Kind.MAILBOX_FULL
    # At the final dot such a code is about what the mail says, and no reason never to write again.
    return Kind.NO_MAILBOX if code in _NO_SUCH_MAILBOX_CODES and stage == Stage.RECIPIENT else Kind.REFUSED
