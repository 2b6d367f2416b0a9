"""Where one report has its news from: announcement, own finding, relay of somebody, or not to be told. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from feeds.urls import host_of
from newsdesk.stories.origins.attribution import agency_of, cited_in_sentence, named_outlet
from newsdesk.stories.origins.outlets import Outlet, folded, is_same_outlet, outlet_named
from newsdesk.stories.origins.own import Adds, own_finding
from newsdesk.stories.origins.parties import party_relayed
from newsdesk.stories.origins.reading import Reading, Sentence, read
from newsdesk.stories.origins.relay_signs import (
    BRACKET,
    FIRST_PERSON,
    FIRST_PERSONS,
    QUOTED_FIRST,
    QUOTING_TITLE,
    REPORTED_FIRST,
    SCOOP,
    SCOOP_TITLE,
    TOLD,
    UNNAMED,
    WE_ANNOUNCE,
)
from newsdesk.stories.origins.report import OPINION, PRIMARY, Report
from newsdesk.stories.origins.sites import (
    actor_named,
    actors_in,
    is_aggregator,
    is_aggregators_name,
    is_own_page,
    is_personal_site,
    is_tester,
    organ_of,
    owner_of_page,
    owner_of_path,
    party_of_site,
)


class State(StrEnum):
    """Where a report has its news from."""

    ANNOUNCEMENT = "announcement"
    OWN = "own"
    RELAY = "relay"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judged:
    """The state of a report, the outlets and parties that it rests on, and the sentence that shows it.

    `adds` is what a report of its own has. `is_scoop`: unnamed sources or papers stand behind the outlet named.
    `is_first`: it says that the outlet reported first; `is_told`: that somebody told the outlet. `is_published`: the
    party said it to everybody; `is_filed`: before a court.
    """

    state: State
    outlets: tuple[Outlet, ...] = ()
    parties: tuple[str, ...] = ()
    shown_by: Sentence | None = None
    adds: Adds | None = None
    is_scoop: bool = False
    is_first: bool = False
    is_published: bool = False
    is_filed: bool = False
    is_told: bool = False
    rests_on_party: bool = False

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The names of whom it rests on, outlets first."""
        return (*(outlet.name for outlet in self.outlets), *self.parties)


FEWEST_I, FEWEST_WE = 4, 4
OWN_PAGE_SENTENCES = 15
# Findings that make a report its publisher's own whomever else it names.
STRONG = frozenset({Adds.NEWS, Adds.CONFIRMATION, Adds.INTERVIEWS})
# A lone credit far down is background.
LEAD_SENTENCES = 14


def judge(report: Report) -> Judged:
    """The state of one report by its own words; what others of its story say is not looked at."""
    return _judge(report.title, report.text, report.publisher, report.owner, report.kind, report.url)


@lru_cache(maxsize=4_096)
def _judge(title: str, text: str, publisher: str, owner: str, kind: str, url: str) -> Judged:
    return _Judging(title, text, publisher, owner, kind, url).judged()


@dataclass(frozen=True, slots=True)
class _Judging:
    title: str
    text: str
    publisher: str
    owner: str
    kind: str
    url: str

    def judged(self) -> Judged:
        reading = read(self.text or f"{self.title}\n\n")
        return (
            self._quoting(reading)
            or self._announcement(reading)
            or self._credited_by_aggregator(reading)
            or self._agency(reading)
            or self._own_page(reading)
            or self._own_or_relay(reading)
            or self._unnamed(reading)
            or Judged(State.UNKNOWN)
        )

    def _quoting(self, reading: Reading) -> Judged | None:
        if match := QUOTING_TITLE.search(reading.title.text):
            return Judged(State.RELAY, parties=(match["name"],), shown_by=reading.title, rests_on_party=True)
        first = reading.body[0] if reading.body else None
        if first and (match := QUOTED_FIRST.search(first.text)) and (outlet := outlet_named(match["name"])):
            return Judged(State.RELAY, (outlet,), shown_by=first)
        return None

    def _announcement(self, reading: Reading) -> Judged | None:
        firm = self.publisher if self.kind == PRIMARY else party_of_site(self.url, self.title)
        party = owner_of_path(self.url) or firm
        if party and is_tester(party) and (found := actors_in(self.title)) and party not in found:
            return Judged(State.OWN, shown_by=reading.title, adds=Adds.TEST)
        if party:
            shown = next((s for s in reading.body[:LEAD_SENTENCES] if WE_ANNOUNCE.search(s.unsaid)), reading.title)
            name = actor_named(party) or party
            return Judged(State.ANNOUNCEMENT, parties=(name,), shown_by=shown, is_published=True, rests_on_party=True)
        return None

    def _credited_by_aggregator(self, reading: Reading) -> Judged | None:
        """An aggregator's credit at a title's end may name an outlet, a party, or a person's post."""
        match = BRACKET.search(reading.title.text)
        is_pointing = is_aggregators_name(self.publisher) or is_aggregator(host_of(self.url))
        if match is None or not (is_pointing or named_outlet(self.title)):
            named = named_outlet(self.title)
            if named is None or is_same_outlet(named, self.publisher, self.owner):
                return None
            return self._relay_of(named, reading.title)
        name = match["name"].strip()
        if outlet := outlet_named(name):
            return self._relay_of(outlet, reading.title)
        if party := organ_of(name) or actor_named(name) or (name if name.startswith("@") else ""):
            return Judged(State.RELAY, parties=(party,), shown_by=reading.title, is_published=True, rests_on_party=True)
        return self._relay_of(Outlet(name, folded(name)), reading.title)

    def _relay_of(self, outlet: Outlet, title: Sentence) -> Judged:
        return Judged(State.RELAY, (outlet,), shown_by=title, is_scoop=bool(SCOOP_TITLE.search(title.text)))

    def _agency(self, reading: Reading) -> Judged | None:
        agency = agency_of(self.text.partition("\n\n")[2])
        if agency is None or is_same_outlet(agency, self.publisher, self.owner):
            return None
        return Judged(State.RELAY, (agency,), shown_by=reading.body[0] if reading.body else reading.title)

    def _own_or_relay(self, reading: Reading) -> Judged | None:
        cited = self._credits(reading)
        points_on = is_aggregator(host_of(self.url))
        own = None if points_on else own_finding(reading, self.publisher, cites_outlet=bool(cited))
        party = party_relayed(reading)
        outlets = tuple(outlet for outlet, _ in cited)
        at_once = [sentence for _, sentence in cited if sentence in reading.body[:LEAD_SENTENCES]]
        # What comes first is the news; a party that an outlet's report quotes is no announcement.
        is_partys = party is not None and (not cited or (party.is_published and party.before(cited[0][1])))
        judged = Judged(
            State.RELAY,
            outlets,
            party.names if party and is_partys else (),
            shown_by=cited[0][1] if cited else party.sentence if party else None,
            is_scoop=any(SCOOP.search(sentence.unsaid) for sentence in at_once),
            is_first=any(REPORTED_FIRST.search(sentence.unsaid) for sentence in at_once),
            is_published=is_partys and party is not None and party.is_published,
            is_filed=party is not None and party.is_filed,
            is_told=any(TOLD.search(sentence.unsaid) for _, sentence in cited),
            rests_on_party=is_partys,
        )
        if own and (own.adds in STRONG or not (cited or (own.adds == Adds.VIEW and own.is_passing and party))):
            # Whom its own report quotes is no source beside it; what the party told everybody is.
            is_partys = judged.is_published
            parties = judged.parties if is_partys else ()
            judged = replace(judged, parties=parties, rests_on_party=is_partys)
            return replace(judged, state=State.OWN, shown_by=own.sentence, adds=own.adds)
        return judged if cited or party else None

    def _credits(self, reading: Reading) -> list[tuple[Outlet, Sentence]]:
        """The outlets that the text names as sources, each with the sentence that does."""
        found: dict[Outlet, Sentence] = {}
        for sentence in reading.body:
            for outlet in cited_in_sentence(sentence.unsaid, told=True):
                if not is_same_outlet(outlet, self.publisher, self.owner):
                    found.setdefault(outlet, sentence)
        return list(found.items())

    def _unnamed(self, reading: Reading) -> Judged | None:
        shown = next((s for s in (reading.title, *reading.body[:LEAD_SENTENCES]) if UNNAMED.search(s.unsaid)), None)
        return Judged(State.RELAY, shown_by=shown) if shown else None

    def _own_page(self, reading: Reading) -> Judged | None:
        """Somebody's own pages: an essay is its writer's view, what a firm says of itself an announcement."""
        if is_aggregator(host_of(self.url)) or not (self.kind == OPINION or is_own_page(self.url)):
            return None
        told = " ".join(sentence.unsaid for sentence in reading.body[:OWN_PAGE_SENTENCES])
        tried = own_finding(reading, self.publisher, cites_outlet=True)
        if len(FIRST_PERSON.findall(told)) >= FEWEST_I or (not reading.has_text and is_personal_site(self.url)):
            adds = Adds.TEST if tried and tried.adds == Adds.TEST else Adds.VIEW
            shown = tried.sentence if tried else reading.title
            return Judged(State.OWN, shown_by=shown, adds=adds)
        if self.kind != OPINION and WE_ANNOUNCE.search(told) and len(FIRST_PERSONS.findall(told)) >= FEWEST_WE:
            name = owner_of_page(self.url)
            return Judged(
                State.ANNOUNCEMENT, parties=(name,), shown_by=reading.title, is_published=True, rests_on_party=True
            )
        return None
