"""The weekly edition from a week's published daily documents: what mattered most, each story once. Pure.

Nothing is told anew: items, sentences and receipts are the daily digests' own, so whatever held there holds here.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from newsdesk.digests.documents.document import canonical_json
from newsdesk.digests.shape import (
    CoverageJson,
    Document,
    ItemJson,
    MadeJson,
    RankJson,
    ReasonJson,
    Section,
    ThesisJson,
    WatchJson,
)

WEEK_DAYS = 7
# One daily digest alone is its own summary.
FEWEST_DIGESTS = 2
MOST_BIG = 8
FEWEST_BIG = 4
MOST_SHORT = 30
# Lead and big stories of one theme; more only in a week that offers nothing else.
MOST_OF_A_THEME = 2
MOST_WATCHED = 8
MOST_THESES = 4
FEWEST_STORIES_OF_A_THESIS = 2
HEADLINES_IN_DEK = 3
# A story told on twice as many days counts like one with twice as many publishers (`stories.rank`).
DAYS_POINTS = 3.0
_COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven")


@dataclass(frozen=True, slots=True)
class CurrentStory:
    """What a story that was told is by now: itself or what it was merged into, and the first story of its thread."""

    public_id: str
    thread: str


@dataclass(frozen=True, slots=True)
class Week:
    """Everything a weekly digest says; items, pattern and watch as in the export schema."""

    title: str
    dek: str
    items: tuple[ItemJson, ...]
    pattern: tuple[ThesisJson, ...]
    watch: tuple[WatchJson, ...]
    manifest: MadeJson


@dataclass(frozen=True, slots=True)
class _Telling:
    day: date
    item: ItemJson
    story: str

    @property
    def is_full(self) -> bool:
        """Whether it tells the story, and does not just name it."""
        return self.item["section"] != Section.SHORT

    @property
    def score(self) -> float:
        return self.item["why_ranked"]["score"]


@dataclass(frozen=True, slots=True)
class _Thread:
    """A story and its follow-ups over the week: the telling that stays, and why it matters."""

    kept: _Telling
    why: RankJson

    @property
    def theme(self) -> str:
        return self.kept.item["theme"]


def compose_week(
    documents: Sequence[Document], *, day: date, current: Mapping[str, CurrentStory], coverage: CoverageJson
) -> Week:
    """The week that ends with `day` from its daily documents, in the order of their dates.

    `current` is by the public id that a document uses; a story without one is left out. `coverage` is the whole
    week's, as the export schema counts it.
    """
    threads = sorted(_threads(documents, current), key=_rank)
    lead, big, short = _place(threads)
    placed = [
        *((Section.LEAD, t) for t in lead),
        *((Section.BIG, t) for t in big),
        *((Section.SHORT, t) for t in _by_theme(short)),
    ]
    items = tuple(_item(position, section, thread) for position, (section, thread) in enumerate(placed, start=1))
    return Week(
        title=items[0]["headline"] if items else "A quiet week",
        dek=_dek(items, len(documents), coverage),
        items=items,
        pattern=tuple(_pattern(documents, current, items)),
        watch=tuple(_watch(documents, current, items, day)),
        manifest=_manifest(documents, items),
    )


def days_of(day: date) -> tuple[date, date]:
    """The first and the last date of the week that the weekly digest of `day` covers."""
    return day - timedelta(days=WEEK_DAYS - 1), day


def _threads(documents: Sequence[Document], current: Mapping[str, CurrentStory]) -> Iterator[_Thread]:
    """Each thread once: the latest full telling stays, or where there is none the latest mention."""
    tellings: dict[str, list[_Telling]] = {}
    for document in documents:
        for item in document["items"]:
            if stands := current.get(item["story"]):
                telling = _Telling(date.fromisoformat(document["date"]), item, stands.public_id)
                tellings.setdefault(stands.thread, []).append(telling)
    for told in tellings.values():
        kept = max(told, key=lambda telling: (telling.is_full, telling.day, -telling.item["position"]))
        best = max(told, key=lambda telling: telling.score)
        yield _Thread(kept, _why(best.item["why_ranked"], len({telling.day for telling in told})))


def _why(why: RankJson, days: int) -> RankJson:
    """The best day's reasons and score, and what being told on several days adds."""
    if days < 2:
        return why
    points = round(DAYS_POINTS * math.log2(days), 3)
    reason: ReasonJson = {
        "name": "days_told",
        "points": points,
        "words": f"Told on {_COUNTS[days].lower()} days of the week",
    }
    return {"score": round(why["score"] + points, 3), "reasons": [*why["reasons"], reason]}


def _rank(thread: _Thread) -> tuple[float, float, int]:
    """By importance; of equals the later one, then the one that stood higher."""
    return -thread.why["score"], -thread.kept.day.toordinal(), thread.kept.item["position"]


def _place(threads: Sequence[_Thread]) -> tuple[list[_Thread], list[_Thread], list[_Thread]]:
    """The lead, the other big stories, and the rest in short; `threads` are best first."""
    full = [thread for thread in threads if thread.kept.is_full]
    lead = (full or list(threads))[:1]
    rest = [thread for thread in full if thread not in lead]
    themes = Counter(thread.theme for thread in lead)
    big: list[_Thread] = []
    for thread in rest:
        if themes[thread.theme] < MOST_OF_A_THEME and len(big) < MOST_BIG:
            themes[thread.theme] += 1
            big.append(thread)
    big += [thread for thread in rest if thread not in big][: max(0, FEWEST_BIG - len(big))]
    big.sort(key=_rank)
    left = [thread for thread in threads if thread not in lead and thread not in big]
    # What a day told in full comes before what it only named.
    return lead, big, sorted(left, key=lambda thread: not thread.kept.is_full)[:MOST_SHORT]


def _by_theme(threads: Sequence[_Thread]) -> list[_Thread]:
    """Themes together, in the order of their best stories."""
    themes = list(dict.fromkeys(thread.theme for thread in threads))
    return sorted(threads, key=lambda thread: themes.index(thread.theme))


def _item(position: int, section: Section, thread: _Thread) -> ItemJson:
    item = thread.kept.item
    sentences = item["sentences"][:1] if section == Section.SHORT else item["sentences"]
    return {
        **item,
        "position": position,
        "section": section,
        "story": thread.kept.story,
        "why_ranked": thread.why,
        "sentences": sentences,
    }


def _dek(items: Sequence[ItemJson], digests: int, coverage: CoverageJson) -> str:
    days = "Seven days" if digests == WEEK_DAYS else f"{_COUNTS[digests]} of seven days"
    stories, publishers = coverage["stories"], coverage["publishers"]
    counted = (
        f"{days}, {stories:,} stor{'y' if stories == 1 else 'ies'} from "
        f"{publishers:,} publisher{'' if publishers == 1 else 's'}."
    )
    following = "; ".join(item["headline"].rstrip(".") for item in items[1 : 1 + HEADLINES_IN_DEK])
    return f"{counted} Also: {following}{'' if following.endswith('…') else '.'}" if following else counted


def _pattern(
    documents: Sequence[Document], current: Mapping[str, CurrentStory], items: Sequence[ItemJson]
) -> Iterator[ThesisJson]:
    """The days' theses of whose stories two and at least half are kept, those that rest on most of them first."""
    kept = {item["story"] for item in items}
    found: list[ThesisJson] = []
    for document in documents:
        for thesis in document["pattern"]:
            named = [current[story].public_id for story in thesis["stories"] if story in current]
            resting = [story for story in dict.fromkeys(named) if story in kept]
            if len(resting) >= max(FEWEST_STORIES_OF_A_THESIS, len(thesis["stories"]) / 2):
                text, counter = f"{_weekday(document)}: {_dated(thesis['text'])}", _dated(thesis["counter"])
                found.append({**thesis, "text": text, "stories": resting, "counter": counter})
    yield from sorted(found, key=lambda thesis: -len(thesis["stories"]))[:MOST_THESES]


def _dated(text: str) -> str:
    """A thesis that counts the stories of one day, as it must read beside those of others."""
    return text.replace("today's", "the day's").replace("The lead story", "The day's lead story")


def _weekday(document: Document) -> str:
    return f"{date.fromisoformat(document['date']):%A}"


def _watch(
    documents: Sequence[Document], current: Mapping[str, CurrentStory], items: Sequence[ItemJson], day: date
) -> list[WatchJson]:
    """What is dated after the week, one thing a story, the soonest first; only what its item's sources hold."""
    sources = {item["story"]: {(s["entry"], s["url"]) for s in item["sources"]} for item in items}
    found: dict[str, WatchJson] = {}
    for watched in (watched for document in documents for watched in document["watch"]):
        stands = current.get(watched["story"])
        if stands is None or stands.public_id not in sources:
            continue
        cited = {(receipt["entry"], receipt["url"]) for receipt in watched["sentence"]["receipts"]}
        if (watched["date"] or "") > day.isoformat() and cited <= sources[stands.public_id]:
            found[stands.public_id] = {**watched, "story": stands.public_id}  # a later day's word replaces it
    return sorted(found.values(), key=lambda watched: str(watched["date"]))[:MOST_WATCHED]


def _manifest(documents: Sequence[Document], items: Sequence[ItemJson]) -> MadeJson:
    """What made it: the daily digests by date, number and hash, and the models behind them."""
    texts = {receipt["text_sha256"] for item in items for s in item["sentences"] for receipt in s["receipts"]}
    return {
        "models": _union(document["manifest"].get("models", ()) for document in documents),
        "prompt_versions": _union(document["manifest"].get("prompt_versions", ()) for document in documents),
        "inputs_sha256": hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest(),
        "digests": [
            {
                "edition": document["edition"],
                "date": document["date"],
                "number": document["manifest"]["number"],
                "sha256": hashlib.sha256(canonical_json(document)).hexdigest(),
            }
            for document in documents
        ],
    }


def _union(lists: Iterable[Iterable[str]]) -> list[str]:
    return sorted({value for values in lists for value in values})
