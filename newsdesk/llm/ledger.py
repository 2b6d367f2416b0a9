"""The daily ceiling and the common pause, kept in the database so that all workers obey the same one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_UP, Decimal

from django.db.models import F

from newsdesk.llm.models import Completion, DailySpend, Pause

# The language model's pause and that of embeddings: the one may work where the other does not.
PAUSE, EMBEDDING_PAUSE = "model", "embedding"
# Several times what a call may take.
LOST_AFTER = timedelta(minutes=10)
LOST = "The program that asked ended before the answer came. What the call cost is not known: its reserve counts."


@dataclass(frozen=True)
class Prices:
    """US dollars for a million tokens."""

    input_usd: Decimal
    output_usd: Decimal

    def microusd(self, input_tokens: int, output_tokens: int) -> int:
        """The cost of a call in millionths of a dollar, rounded up."""
        cost = self.input_usd * input_tokens + self.output_usd * output_tokens
        return int(cost.to_integral_value(rounding=ROUND_UP))


def reserve(day: date, microusd: int, ceiling_microusd: int) -> bool:
    """Take `microusd` from the day's ceiling by one conditional UPDATE; False where it would pass it."""
    if microusd > ceiling_microusd:
        return False
    DailySpend.objects.get_or_create(date=day)
    room = DailySpend.objects.filter(date=day, microusd__lte=ceiling_microusd - microusd)
    return room.update(microusd=F("microusd") + microusd) == 1


def settle(day: date, reserved_microusd: int, cost_microusd: int) -> None:
    """Replace a reserve by what the call really cost."""
    DailySpend.objects.filter(date=day).update(microusd=F("microusd") - reserved_microusd + cost_microusd)


def settle_lost(*, now: datetime) -> int:
    """Give up calls whose program ended before it could settle them; how many.

    Nobody knows what such a call cost, so its reserve stays as its cost, on the day on which it was taken. Should the
    program live after all, it settles the call as any other.
    """
    lost = Completion.objects.filter(status=Completion.Status.ASKED, created_at__lt=now - LOST_AFTER)
    return lost.update(status=Completion.Status.UNKNOWN, settled_at=now, error=LOST)


def pause(until: datetime, reason: str, name: str = PAUSE) -> None:
    """Let no worker call a model before `until`; a longer pause that stands already stays."""
    row, created = Pause.objects.get_or_create(name=name, defaults={"until": until, "reason": reason})
    if not created:
        Pause.objects.filter(pk=row.pk, until__lt=until).update(until=until, reason=reason)


def paused(now: datetime, name: str = PAUSE) -> str:
    """Why no model may be called now; empty where one may."""
    row = Pause.objects.filter(name=name, until__gt=now).first()
    return row.reason if row else ""
