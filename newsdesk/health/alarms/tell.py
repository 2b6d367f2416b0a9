"""Tell the operator, through one channel, within seconds; whether it arrived, in words."""

from __future__ import annotations

from django.conf import settings

from feeds.web.ask import FetchFailed, post_to_operator
from newsdesk.health.alarms.words import Telling, as_document, as_mail
from newsdesk.health.models import Alarm
from newsdesk.newsletter.delivery.outcome import Kind
from newsdesk.newsletter.delivery.transports import open_transport
from newsdesk.newsletter.mail.messages import envelope_sender, make_message_id


def channels() -> list[Alarm.Channel]:
    """How the operator wants to be told; nothing of the sample, whose news is invented."""
    if settings.SAMPLE:
        return []
    wanted = {Alarm.Channel.MAIL: settings.OPERATOR_EMAIL, Alarm.Channel.WEBHOOK: settings.OPERATOR_WEBHOOK_URL}
    return [channel for channel, address in wanted.items() if address]


def tell(channel: str, telling: Telling) -> str:
    """Tell it; why it could not be told, or nothing. Mail goes out even while mailings are paused."""
    if channel == Alarm.Channel.MAIL:
        message_id = make_message_id(f"alarm {telling.kind} {telling.at.isoformat()} {telling.is_end}")
        to = settings.OPERATOR_EMAIL
        message = as_mail(telling, sender=settings.DEFAULT_FROM_EMAIL, to=to, message_id=message_id)
        with open_transport(is_watched=True) as transport:
            outcome = transport.send(envelope_sender(), to, message)
        return "" if outcome.kind == Kind.SENT else outcome.reply or outcome.kind.value
    try:
        post_to_operator(settings.OPERATOR_WEBHOOK_URL, as_document(telling))
    except FetchFailed as error:
        return error.message
    return ""
