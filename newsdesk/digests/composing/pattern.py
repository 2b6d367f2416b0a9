"""What a day's stories have in common, as far as it can be counted, each with what speaks against it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from newsdesk.digests.composing.item import Item
from newsdesk.digests.prose.figures import Figure, figures
from newsdesk.digests.shape import Role, SentenceKind, ThesisJson
from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.themes import theme_label

MOST_THESES = 4
MOST_ACTORS = 2
FEWEST_STORIES = 3
# A theme leads the day with this share of the stories, and this much more than the next theme.
LEADING_SHARE = 0.25
LEADING_RATIO = 1.5
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
# A round that is done, as headlines say it; talks, plans and funds for others are not.
_ROUND = re.compile(
    r"^(?!.*\b(?:talks?|trying|seeks?|seeking|plans?|could|may|might|aims?|sources|fund|funds|reportedly|targets?)\b)"
    r".*\b(?:raises|raised|lands|landed|secures|secured|closes|closed|bags|nets|gets)\b",
    re.IGNORECASE,
)
_MILLION, _BILLION = 1e6, 1e9


def find_pattern(items: Sequence[Item]) -> Iterator[ThesisJson]:
    """At most four theses of the export schema; none where nothing holds for three stories or more."""
    theses = [t for t in (_funding_total(items), _leading_theme(items), *_actors(items)) if t]
    yield from theses[:MOST_THESES]


def _leading_theme(items: Sequence[Item]) -> ThesisJson | None:
    counts = Counter(item.theme for item in items).most_common(2)
    if not counts:
        return None
    theme, count = counts[0]
    runner_up = counts[1][1] if len(counts) > 1 else 0
    if count < FEWEST_STORIES or count < LEADING_SHARE * len(items) or count < LEADING_RATIO * runner_up:
        return None
    held = [item for item in items if item.theme == theme]
    text = f"{theme_label(theme)}: {count} of the day's {len(items)} stories, more than any other theme."
    return _thesis(text, held, _weakness(held, items))


def _funding_total(items: Sequence[Item]) -> ThesisJson | None:
    """Rounds whose headline gives exactly one amount in dollars, added up."""
    rounds = [(item, amount) for item in items if item.theme == "funding" and (amount := _raised(item))]
    if len(rounds) < FEWEST_STORIES:
        return None
    rounds.sort(key=lambda pair: -pair[1].value)
    total = sum(amount.value for _, amount in rounds)
    largest = rounds[0][1]
    text = (
        f"{_count(len(rounds)).capitalize()} funding rounds in today's headlines add up to {_dollars(total)}: "
        f"{', '.join(amount.text for _, amount in rounds)}."
    )
    share = largest.value / total
    counter = (
        f"One round makes up {share:.0%} of it."
        if share >= 0.5
        else "The sums are as announced; terms were not checked."
    )
    return _thesis(text, [item for item, _ in rounds], counter)


def _raised(item: Item) -> Figure | None:
    if any(sentence.role == Role.CONFLICT for sentence in item.draft.sentences):
        return None
    if not _ROUND.search(item.headline):
        return None
    amounts = [figure for figure in figures(item.headline) if figure.unit == "USD"]
    raised = [figure for figure in amounts if figure.sort == "raised" and not figure.is_hedged]
    return raised[0] if len(amounts) == 1 == len(raised) else None


def _actors(items: Sequence[Item]) -> Iterator[ThesisJson]:
    """Companies and labs in three headlines or more that do not tell one thread."""
    held: dict[str, list[Item]] = {}
    for item in items:
        for hit in find_entities(item.headline):
            if hit.kind in ("company", "lab"):
                held.setdefault(hit.name, []).append(item)
    for name, stories in sorted(held.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:MOST_ACTORS]:
        threads = {item.story.thread or item.story.public_id for item in stories}
        if len(stories) < FEWEST_STORIES or len(threads) < FEWEST_STORIES:
            continue
        themes = Counter(item.theme for item in stories)
        text = f"{name} is in {_count(len(stories))} of today's {len(items)} headlines, across {_themes(themes)}."
        yield _thesis(text, stories, _weakness(stories, items))


def _weakness(held: Sequence[Item], items: Sequence[Item]) -> str:
    """What speaks against reading much into it: the most telling of what can be counted."""
    single = sum(item.story.publishers < 2 for item in held)
    if single == len(held):
        return f"Each of the {_count(len(held))} is reported by a single outlet so far."
    resting = f"{_count(single)} of the {_count(len(held))} {'rests' if single == 1 else 'rest'} on a single outlet"
    if items[0] not in held:
        return f"The lead story is not among them; {resting}."
    return f"{resting.capitalize()}; {len(items) - len(held)} stories are about something else."


def _themes(themes: Counter[str]) -> str:
    labels = [theme_label(theme).lower() for theme, _ in themes.most_common()]
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"


def _thesis(text: str, items: Sequence[Item], counter: str) -> ThesisJson:
    return {
        "text": text,
        "kind": SentenceKind.ANALYSIS,
        "stories": [item.story.public_id for item in items],
        "counter": counter,
    }


def _count(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _dollars(value: float) -> str:
    if value >= _BILLION:
        return f"${value / _BILLION:,.3f}".rstrip("0").rstrip(".") + " billion"
    return f"${value / _MILLION:,.1f}".removesuffix(".0") + " million"
