"""Mails through a mail service's API, by django-anymail."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
)
from django.core.mail import EmailMultiAlternatives, get_connection
from requests import exceptions as requests_exceptions  # noqa: TID251  (anymail's own; nothing is fetched here)
from urllib3 import exceptions as urllib3_exceptions  # noqa: TID251

from newsdesk.newsletter.delivery.outcome import Kind, Outcome
from newsdesk.newsletter.people.redact import as_kept

# Set by the service itself, or given to it by other means than a header.
_NOT_PASSED_ON = {"from", "to", "subject", "date", "mime-version", "content-type", "content-transfer-encoding"}
_NOT_LET_IN = {401, 402, 403}
_NOT_NOW = {408, 425, 429, 503}


class ServiceTransport:
    """Sends by the anymail backend of this dotted name; its connection stays open for many mails."""

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self._connection: Any = None

    def send(self, mail_from: str, to: str, message: bytes) -> Outcome:
        """Hand the message's parts to the service.

        An answer that may hide a mail taken (a time-out after the request, a failure inside the service) is unknown.
        """
        try:
            if self._connection is None:
                self._connection = get_connection(self._backend)
                self._connection.open()
            self._connection.send_messages([_as_django(message, to)])
        except AnymailConfigurationError as error:
            return Outcome(Kind.BLOCKED, as_kept(str(error)), is_about_mail=False)
        except AnymailRecipientsRefused as error:
            return _judge_recipient(error)
        except AnymailAPIError as error:
            return _judge_api(error)
        except AnymailError as error:  # an address or a header that the service cannot take
            return Outcome(Kind.REFUSED, as_kept(str(error)))
        return Outcome(Kind.SENT, "Accepted by the service.")

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _as_django(message: bytes, to: str) -> EmailMultiAlternatives:
    parsed = message_from_bytes(message, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    text, markup = parsed.get_body(("plain",)), parsed.get_body(("html",))
    mail = EmailMultiAlternatives(
        subject=str(parsed["Subject"]),
        body=text.get_content() if text else "",
        from_email=str(parsed["From"]),
        to=[to],
        headers={name: str(value) for name, value in parsed.items() if name.lower() not in _NOT_PASSED_ON},
    )
    if markup:
        mail.attach_alternative(markup.get_content(), "text/html")
    return mail


def _judge_recipient(error: AnymailRecipientsRefused) -> Outcome:
    """The service knows the address: `invalid` is none, `rejected` stands on its own list of those not to mail."""
    status = getattr(error.email_message, "anymail_status", None)
    is_invalid = status is not None and status.status == {"invalid"}
    reply = as_kept(f"The service refused the address as {'invalid' if is_invalid else 'rejected'}. {error}")
    return Outcome(Kind.NO_MAILBOX if is_invalid else Kind.REFUSED, reply)


def _judge_api(error: AnymailAPIError) -> Outcome:
    reply, code = as_kept(str(error)), error.status_code
    if code is None:
        is_away = _was_never_connected(error)
        return Outcome(Kind.AWAY if is_away else Kind.UNKNOWN, reply, is_about_mail=not is_away)
    if code in _NOT_LET_IN:
        return Outcome(Kind.BLOCKED, reply, is_about_mail=False)
    if code in _NOT_NOW:
        return Outcome(Kind.AWAY, reply, is_about_mail=False)
    return Outcome(Kind.REFUSED if 400 <= code < 500 else Kind.UNKNOWN, reply)


def _was_never_connected(error: AnymailAPIError) -> bool:
    """Whether the request cannot have left: no name, no route, no answer to the call."""
    if isinstance(error, requests_exceptions.ConnectTimeout):
        return True
    cause = error.__cause__
    reason = getattr(cause.args[0], "reason", None) if cause and cause.args else None
    return isinstance(reason, urllib3_exceptions.NewConnectionError | urllib3_exceptions.NameResolutionError)
