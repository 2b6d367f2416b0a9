"""Look at the desk, whatever is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsdesk.databases.waiting import is_outage, waiting_at_most
from newsdesk.health.facts import free_bytes, read_facts
from newsdesk.health.judge import NEEDED_TO_SERVE, Component, Facts, State, judge, judge_disk

# A check must answer while the database does not.
DATABASE_S = 2.0


@dataclass(frozen=True, slots=True)
class Report:
    """What was found; `facts` is None where the database could not be asked."""

    components: list[Component]
    facts: Facts | None

    @property
    def state(self) -> State:
        """The worst of all."""
        return max(component.state for component in self.components)

    @property
    def can_serve(self) -> bool:
        """Whether pages can be made."""
        return not any(one.state == State.FAIL and one.name in NEEDED_TO_SERVE for one in self.components)


def examine(now: datetime) -> Report:
    """Every component at `now`; within seconds, whatever is away."""
    try:
        with waiting_at_most(DATABASE_S):
            facts = read_facts(now)
    except Exception as error:
        if not is_outage(error):
            raise
        away = Component("database", State.FAIL, "It cannot be used: readers get the pages that were kept.")
        return Report([away, judge_disk(free_bytes())], None)
    return Report(judge(facts), facts)
