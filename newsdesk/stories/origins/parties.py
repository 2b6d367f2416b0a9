"""Which party a report has its news from: what it published, said on a stage, filed, or is quoted with. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.origins.outlets import outlet_named
from newsdesk.stories.origins.party_signs import (
    ACCORDING,
    ARTICLE,
    COURT,
    DOING,
    EAST_ASIAN,
    EAST_ASIAN_DOCUMENT,
    LIST_MARKS,
    NO_PARTY,
    OF_TITLE,
    PRONOUN_DOING,
    PUBLISHED,
    RANK,
    SAID_BY,
    SAYING,
    SOURCE_LINE,
    SUBJECT,
    TITLE_SAYS,
    WESTERN,
)
from newsdesk.stories.origins.reading import Reading, Sentence
from newsdesk.stories.origins.sites import actor_named, actors_in, is_party

EMPLOYER_CHARACTERS = 90
# What a deed tells of a party is news where a report begins.
LEAD_SENTENCES = 6
# A byline, a date or a heading is shorter.
FEWEST_SENTENCE_BYTES = 40


@dataclass(frozen=True, slots=True)
class Party:
    """The parties whose word a report rests on (none where it only says "the company") and the sentence that shows it.

    `is_published`: said to everybody, in a post, on a stage, in a filing; not only quoted. `is_filed`: before a court.
    """

    names: tuple[str, ...]
    sentence: Sentence
    is_published: bool
    is_filed: bool = False

    def before(self, sentence: Sentence) -> bool:
        """Whether it is shown before another sentence of the text, or in it."""
        return self.sentence.start <= sentence.start


def party_relayed(reading: Reading) -> Party | None:
    """The party whose word a report passes on, where the text tells; the strongest sign first."""
    listed = _listed_sources(reading)
    if listed is not None:
        return listed
    quoted: Party | None = None
    number = 0
    for sentence in reading.body:
        said = sentence.unsaid
        number += len(said.encode()) >= FEWEST_SENTENCE_BYTES
        is_filed = COURT.search(said) is not None
        found = _doing(said) if number <= LEAD_SENTENCES else None
        if found:
            return _party(found, reading, sentence, is_published=True, is_filed=is_filed)
        is_public = is_filed or PUBLISHED.search(said) or EAST_ASIAN_DOCUMENT.search(said)
        found = _saying(said)
        if is_public and (found or number <= LEAD_SENTENCES):
            return _party(found, reading, sentence, is_published=True, is_filed=is_filed)
        if found and quoted is None:
            quoted = _party(found, reading, sentence, is_published=False)
    return quoted or _of_title(reading)


def _doing(said: str) -> re.Match[str] | None:
    for pattern in (DOING, PRONOUN_DOING, WESTERN, EAST_ASIAN):
        for match in pattern.finditer(said):
            if _is_party(match):
                return match
    return None


def _saying(said: str) -> re.Match[str] | None:
    for pattern in (ACCORDING, SAYING, SAID_BY):
        for match in pattern.finditer(said):
            if _is_party(match):
                return match
    return None


def _is_party(match: re.Match[str]) -> bool:
    name = _name_in(match)
    if not name:
        return True
    outlet = outlet_named(name)
    return name.split()[0].strip(".,'") not in NO_PARTY and (outlet is None or is_party(outlet.name))


def _name_in(match: re.Match[str]) -> str:
    groups = match.groupdict()
    name = next((groups[key] for key in ("name", "name2", "name3") if groups.get(key)), "")
    return RANK.sub("", name).strip(" .,'")


def _party(
    match: re.Match[str] | None, reading: Reading, sentence: Sentence, *, is_published: bool, is_filed: bool = False
) -> Party:
    name = _name_in(match) if match else ""
    if match is not None and not name and not OF_TITLE.search(match.groupdict().get("some") or "company"):
        name = ARTICLE.sub("the ", match["some"])
    if match is not None and match.re is EAST_ASIAN:
        name = _subject(sentence.text)
    names = (_resolved(name) or _employer(name, sentence) or name,) if name else _in_title(reading)
    return Party(names, sentence, is_published, is_filed)


def _employer(name: str, sentence: Sentence) -> str:
    """For whom somebody speaks whom the registry does not know: the actor named before ("Kelp director Ada Berg")."""
    before = sentence.text[: sentence.text.find(name)]
    actors = actors_in(before[-EMPLOYER_CHARACTERS:])
    return actors[-1] if actors else ""


def _subject(text: str) -> str:
    """Whom a sentence without capitals speaks of: an actor of the registry, else what it begins with."""
    hits = [hit for hit in find_entities(text) if hit.kind in ("company", "lab", "agency")]
    match = SUBJECT.search(text)
    return hits[0].name if hits else match["name"] if match else ""


def _resolved(name: str) -> str:
    """The party of the registry with whose name a run of capitalised words begins or ends."""
    words = name.removesuffix("'s").split()
    parts = [words[:size] for size in range(len(words), 0, -1)] + [words[n:] for n in range(1, len(words))]
    return next((actor for part in parts if (actor := actor_named(" ".join(part)))), "")


def _in_title(reading: Reading) -> tuple[str, ...]:
    hits = find_entities(reading.title.text)
    return tuple(actor_named(hit.slug) for hit in hits[:1])


def _listed_sources(reading: Reading) -> Party | None:
    match = SOURCE_LINE.search(reading.tail.text)
    if match is None or outlet_named(match["names"].strip()):
        return None
    names = [part.strip() for part in LIST_MARKS.split(match["names"]) if part.strip()]
    parties = [_resolved(name) or name.removesuffix(" Blog") for name in names if outlet_named(name) is None]
    return Party(tuple(dict.fromkeys(parties)), reading.tail, True) if parties else None


def _of_title(reading: Reading) -> Party | None:
    match = TITLE_SAYS.search(reading.title.unsaid)
    return _party(match, reading, reading.title, is_published=False) if match and _is_party(match) else None
