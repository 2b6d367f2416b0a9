"""Which earlier story a new one follows up. Pure; precision comes first, for a wrong thread misleads readers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from newsdesk.stories.clustering.comparing.names import names_in
from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.stems import stem
from newsdesk.stories.text import is_figure, tokenize
from newsdesk.stories.titles.cleaning import bare_title
from newsdesk.stories.titles.kinds import is_comment

# A follow-up comes within this time of the earlier story's latest report.
THREAD_WINDOW = timedelta(days=10)
# A story that nobody else reported hardly has a sequel: of labelled follow-ups nearly all follow one with several.
MIN_REPORTS = 2
# Three ways to follow up, each with the cosine of rarity-weighted terms, 0 to 1, that it takes; chosen on labelled
# days of March 2026 and by reading what the 13 days give (docs/evaluation.md). One: a subject and so many words.
FOLLOWS = 0.16
MIN_SHARED_WORDS = 3
# All that the two have as subjects in common must be together in few stories: one lab's product news of ten days is
# no thread, a lab's dispute with a ministry is.
MAX_SUBJECT_STORIES = 8
# Where each of the two has besides an organisation of its own, one may be a rival's like news.
FOLLOWS_BESIDE_OTHERS = 0.22
# ... unless so many words are common.
MANY_SHARED_WORDS = 5
# Two: a company and a government body that mostly come together, of all stories that name either this share.
FOLLOWS_IN_DISPUTE, TOGETHER, MOSTLY_TOGETHER = 0.07, 0.12, 0.25
# Three: two names, one of them in few stories.
FOLLOWS_BY_NAMES, FEW_STORIES, MIN_SHARED_NAMES = 0.08, 4, 2
# Rarity is judged as if there were at least so many stories.
MIN_STORIES = 200
# Words of this trade that make no two stories alike.
TRADE_WORDS = frozenset(
    "ai agent model tool company startup tech technology report source user plan build".split()
    + "launch releas announc add say".split()
)
# Capitalised words that name nobody whom a story could be about.
_NO_NAMES = frozenset(
    stem(word)
    for word in (
        "wall street journal bloomberg reuters times financial york series round filing memo sources source inc ceo cto"
        " china chinese israeli europe european american america usa india amsterdam london paris francisco monday"
        " tuesday wednesday thursday friday saturday sunday january february march april june july august september"
        " october november december download enterprise seed show studio"
    ).split()
)
# A name of fewer letters is a unit or an abbreviation.
MIN_NAME_LETTERS = 3

# Of a story with many titles what fewer than this share, 0 to 1, are about may have come with a wrong report.
SHARE_OF_TITLES = 0.33
# What a title begins with in quotes is somebody's word, and what follows tells of it, if it has so many words.
_QUOTED = re.compile(r"^['\"‘“][^'\"’”]{5,200}['\"’”]\s?[—–:-]?\s?")
MIN_TOLD_WORDS = 5
# A podcast's or a newsletter's topics: "Fjord Talk: ferries, models, and what comes next".
_MANY_TOPICS = re.compile(r":\s[^,:]{3,80},\s[^,:]{3,80},\s?and\s")
# What only says against which background something happens; and what of it is another story's news.
_BACKGROUND = re.compile(r",?\s(?:amid|amidst|as part of|despite|while|only briefly)\s", re.IGNORECASE)
_MENTION = re.compile(r",?\s(?:after|following|as (?:the|it|its|he|she|they))\s", re.IGNORECASE)
_SUBJECT, _BODY, _PERSON, _NAME, _MODEL = "@", "§", "&", "~", "^"
_PREFIXES = {"agency": _BODY, "person": _PERSON, "model": _MODEL}
_ABOUT = (_SUBJECT, _BODY, _PERSON, _NAME, _MODEL)


@dataclass(frozen=True, slots=True)
class ToldStory:
    """What the decision needs to know of a story; `root` is the first story of its thread, or itself.

    `core` are the terms of what its titles tell, without what they only mention (as `core_terms` gives them).
    """

    id: int
    root: int
    first_seen_at: datetime
    last_seen_at: datetime
    reports: int
    terms: frozenset[str]
    is_development: bool = True
    core: frozenset[str] = frozenset()


def story_terms(titles: Iterable[str]) -> frozenset[str]:
    """The words of a story's titles and whom it is about, without figures and words of the trade.

    Companies and products are written "@slug", models "^slug", government bodies "§slug", people "&slug", other names
    "~name".
    """
    return _of_several(titles, _title_terms)


def core_terms(titles: Iterable[str]) -> frozenset[str]:
    """As `story_terms`, of what the titles tell themselves: what comes after "amid" or "after" is another matter."""
    return _of_several(titles, lambda title: _title_terms(_MENTION.split(title, maxsplit=1)[0]))


def _of_several(titles: Iterable[str], terms_of: Callable[[str], frozenset[str]]) -> frozenset[str]:
    """The terms of titles, but for those about whom hardly any title is: it may be of another story."""
    found = [terms_of(title) for title in titles]
    counted = Counter(term for terms in found for term in terms)
    fewest = SHARE_OF_TITLES * len(found)
    return frozenset(term for term, count in counted.items() if count >= fewest or not term.startswith(_ABOUT))


def is_development(titles: Sequence[str]) -> bool:
    """Whether most titles tell of an event, rather than comment, advise or gather many."""
    return 2 * sum(_is_comment(bare_title(title)) for title in titles) < len(titles)


def _is_comment(title: str) -> bool:
    told = _QUOTED.sub("", title)
    return is_comment(told if len(told.split()) >= MIN_TOLD_WORDS else title) or _MANY_TOPICS.search(title) is not None


class Threader:
    """Finds the story that another follows up, among those it was given."""

    def __init__(self, stories: Sequence[ToldStory]) -> None:
        self._stories = {story.id: story for story in stories}
        self._telling: dict[str, set[int]] = {}
        frequency: Counter[str] = Counter()
        for story in stories:
            frequency.update(story.terms)
            for term in story.terms:
                if term.startswith(_ABOUT):
                    self._telling.setdefault(term, set()).add(story.id)
        self._frequency = frequency
        self._count = max(len(stories), MIN_STORIES)

    def root_for(self, story: ToldStory) -> int | None:
        """The root of the thread that the story continues; None where it stands alone.

        Earlier stories are those first seen before it and last seen at most ten days before. The likeliest counts; of
        equals the older.
        """
        if not story.is_development:
            return None
        about = {term for term in story.terms if term in self._telling}
        others = {other for subject in about for other in self._telling[subject]} - {story.id}
        ranked = []
        for other in others:
            earlier = self._stories[other]
            if self._could_lead_to(earlier, story) and self._leads_to(earlier, story, self._likeness(story, earlier)):
                ranked.append((-self._likeness(story, earlier), earlier.first_seen_at, other))
        return self._stories[min(ranked)[2]].root if ranked else None

    def _could_lead_to(self, earlier: ToldStory, story: ToldStory) -> bool:
        if earlier.root == story.id or not earlier.is_development:
            return False
        if (earlier.first_seen_at, earlier.id) >= (story.first_seen_at, story.id):
            return False
        return story.first_seen_at - earlier.last_seen_at <= THREAD_WINDOW

    def _leads_to(self, earlier: ToldStory, story: ToldStory, likeness: float) -> bool:
        shared = story.terms & (earlier.core or earlier.terms)
        about = sorted(term for term in shared if term.startswith(_ABOUT))
        subjects = [term for term in about if not term.startswith(_NAME)]
        matter = len(shared) - len(about)
        is_apart = _have_others(story, earlier)
        if self._is_dispute(subjects, TOGETHER if earlier.reports >= MIN_REPORTS else MOSTLY_TOGETHER):
            return likeness >= FOLLOWS_IN_DISPUTE
        if earlier.reports < MIN_REPORTS:
            return False
        # A lab and its model are in the news every day: without a word more in common they are no matter.
        rare = self._rare_names([term for term in about if matter or not term.startswith(_MODEL)])
        names = [term for term in about if not term.startswith((_BODY, _PERSON))]
        if len(names) >= MIN_SHARED_NAMES and (rare >= MIN_SHARED_NAMES and _are_several(about) if is_apart else rare):
            return likeness >= FOLLOWS_BY_NAMES
        if not subjects or matter < MIN_SHARED_WORDS:
            return False
        together = set.intersection(*(self._telling[subject] for subject in subjects))
        if len(together | {story.id}) > MAX_SUBJECT_STORIES:
            return False
        return likeness >= (FOLLOWS_BESIDE_OTHERS if is_apart and matter < MANY_SHARED_WORDS else FOLLOWS)

    def _is_dispute(self, subjects: Sequence[str], together: float) -> bool:
        """Whether a company and a government body among the subjects come together in this share of their stories."""
        bodies = [self._telling[term] for term in subjects if term.startswith(_BODY)]
        others = [self._telling[term] for term in subjects if term.startswith(_SUBJECT)]
        return any(len(one & two) >= together * len(one | two) for one in bodies for two in others)

    def _rare_names(self, about: Sequence[str]) -> int:
        """How many names in few stories are shared that are neither a person's nor a government body's."""
        named = [term for term in about if not term.startswith((_BODY, _PERSON))]
        return sum(len(self._telling[term]) <= FEW_STORIES for term in named)

    def _likeness(self, story: ToldStory, earlier: ToldStory) -> float:
        product = self._square(story.terms) * self._square(earlier.terms)
        return self._square(story.terms & earlier.terms) / math.sqrt(product) if product else 0.0

    def _square(self, terms: frozenset[str]) -> float:
        return math.fsum(math.log(1 + self._count / (1 + self._frequency[term])) ** 2 for term in terms)


def _are_several(about: Sequence[str]) -> bool:
    """Whether names are more than those of a known company and of its product, which are one."""
    return any(term.startswith(_NAME) for term in about)


def _have_others(story: ToldStory, earlier: ToldStory) -> bool:
    """Whether each of the two is about somebody whom the other does not name."""
    one = {term for term in story.terms if term.startswith(_ABOUT)}
    two = {term for term in earlier.terms if term.startswith(_ABOUT)}
    return bool(one - two) and bool(two - one)


@lru_cache(maxsize=32_768)
def _title_terms(title: str) -> frozenset[str]:
    plain = _BACKGROUND.split(bare_title(title), maxsplit=1)[0]
    hits = find_entities(plain)
    known = {word for hit in hits for word in tokenize(hit.name)}
    words = {term for term in tokenize(plain) if not is_figure(term)}
    found = {name for name in names_in(plain, "")[1] if len(name) >= MIN_NAME_LETTERS}
    names = found - known - _NO_NAMES - TRADE_WORDS
    about = {_PREFIXES.get(hit.kind, _SUBJECT) + hit.slug for hit in hits}
    return frozenset(words - known - TRADE_WORDS - names) | about | {_NAME + name for name in names}
