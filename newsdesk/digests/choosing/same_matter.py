"""Whether two stories of a day are sides of one matter: the same two parties, and the same act between them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from newsdesk.digests.choosing.candidate import reports_of
from newsdesk.stories.entities.find import current_registry, find_entities
from newsdesk.stories.ranking.consequence import kinds_of
from newsdesk.stories.read import StoryView
from newsdesk.stories.titles.cleaning import bare_title

# A matter is known by its first reports; later ones name everybody.
FIRST_REPORTS = 8
# Acts that a day seldom sees twice between the same parties; money and launches it does.
_ACTS = frozenset({"ending", "law", "attack", "state"})
# Two parties and an act in common are one matter where besides titles or texts are a little alike; one party and an
# act, where they are more so together; a party alone, where they nearly are one story.
PAIR_TITLES, PAIR_TEXTS = 0.12, 0.08
ONE_PARTY, NO_ACT, NO_ACT_TEXTS = 0.24, 0.45, 0.15


@dataclass(frozen=True, slots=True)
class Matter:
    """Who acts in a story's titles (slugs of owners, so that a product counts for its maker), and how."""

    parties: frozenset[str]
    acts: frozenset[str]


def matter_of(story: StoryView) -> Matter:
    """The matter of a story, by the titles of its first reports."""
    titles = [bare_title(entry.title) for entry in reports_of(story)[:FIRST_REPORTS]]
    parties = frozenset(_owner(hit.slug) for title in titles for hit in find_entities(title))
    return Matter(parties, frozenset(kind for title in titles for kind in kinds_of(title)) & _ACTS)


def is_same_matter(one: Matter, other: Matter, titles: float, texts: float) -> bool:
    """Whether two stories, so alike (0 to 1) by titles and texts, are sides of one matter.

    >>> court = Matter(frozenset({"kelp", "brine"}), frozenset({"law"}))
    >>> alone = Matter(frozenset({"kelp"}), court.acts)
    >>> is_same_matter(court, court, 0.13, 0.0), is_same_matter(court, alone, 0.13, 0.0)
    (True, False)
    """
    parties, acts = one.parties & other.parties, one.acts & other.acts
    if not parties:
        return False
    if acts and len(parties) > 1 and (titles >= PAIR_TITLES or texts >= PAIR_TEXTS):
        return True
    if acts and titles + texts >= ONE_PARTY:
        return True
    return titles + texts >= NO_ACT and texts >= NO_ACT_TEXTS


@lru_cache(maxsize=4_096)
def _owner(slug: str) -> str:
    """Who in the end owns or makes an entity; itself, where nobody does or it is not known."""
    entities = current_registry().entities
    seen = {slug}
    while (entity := entities.get(slug)) is not None and entity.maker and entity.maker not in seen:
        slug = entity.maker
        seen.add(slug)
    return slug
