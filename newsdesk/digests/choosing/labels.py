"""What a reader should know of an item before reading it: old news, what is new since, what it follows up. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsdesk.digests.choosing.candidate import Candidate
from newsdesk.digests.shape import LabelJson
from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.ranking.age import old_since

MOST_NAMES = 3
_SCALES = {"t": " trillion", "b": " billion", "m": " million", "k": ",000", "%": "%"}
_CURRENCIES = frozenset("$€£¥")


@dataclass(frozen=True, slots=True)
class Label:
    """A line above an item; `story` is the public id of the story that it speaks of, if it does."""

    name: str
    words: str
    story: str = ""

    def as_json(self) -> LabelJson:
        """The label as the export schema has it."""
        label: LabelJson = {"name": self.name, "words": self.words}
        return {**label, "story": self.story} if self.story else label


def labels_of(candidate: Candidate) -> tuple[Label, ...]:
    """The labels of a story placed with what is new of it."""
    story = candidate.story
    labels = []
    if old := candidate.old or old_since(story.entries):
        labels.append(Label("old_news", f"Old news: first published {old.in_words(story.first_seen_at)}"))
    if candidate.told is not None and not candidate.is_named_before:
        since = f"{candidate.told.date:%-d %B}"
        labels.append(Label("developed", f"New since {since}: {_new(candidate)}", candidate.told.story))
    if story.thread:
        labels.append(Label("follow_up", f"Follows up: {story.thread_headline}", story.thread))
    return tuple(labels)


def _new(candidate: Candidate) -> str:
    """The subjects and sums that the earlier reports lack, and how many further publishers."""
    names = [*_names(candidate), *_figures(candidate)][:MOST_NAMES]
    count = candidate.story.origins
    more = f"{count} further publisher{'' if count == 1 else 's'}"
    return "; ".join([*([", ".join(names)] if names else []), more])


def _names(candidate: Candidate) -> Sequence[str]:
    wanted = candidate.novelty.subjects if candidate.novelty else ()
    hits = [hit for entry in candidate.story.entries for hit in find_entities(entry.title) if hit.slug in wanted]
    return list(dict.fromkeys(hit.name for hit in hits))


def _figures(candidate: Candidate) -> Sequence[str]:
    """The new figures that say what they count by themselves: sums of money and shares."""
    wanted = candidate.novelty.figures if candidate.novelty else ()
    return [_spoken(figure) for figure in wanted if figure[0] in _CURRENCIES or figure.endswith("%")]


def _spoken(figure: str) -> str:
    """A folded figure as people write it: `$2.5b` is `$2.5 billion`."""
    return f"{figure[:-1]}{_SCALES[figure[-1]]}" if figure[-1] in _SCALES else figure
