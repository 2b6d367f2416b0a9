"""What a reader should know of an item before reading it: old news, what is new since, what it follows up. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.digests.choosing.told_before import new_title
from newsdesk.digests.prose.shortening import fit
from newsdesk.digests.shape import LabelJson
from newsdesk.stories.ranking.age import old_since


@dataclass(frozen=True, slots=True)
class Label:
    """A line above an item; `story` is the public id of the story that it speaks of, `change` what became of that."""

    name: str
    words: str
    story: str = ""
    change: str = ""

    def as_json(self) -> LabelJson:
        """The label as the export schema has it."""
        label: LabelJson = {"name": self.name, "words": self.words}
        if self.story:
            label["story"] = self.story
        if self.change:
            label["change"] = self.change
        return label


def labels_of(candidate: Candidate) -> tuple[Label, ...]:
    """The labels of a story placed with what is new of it."""
    story = candidate.story
    labels = []
    if old := candidate.old or old_since(story.entries):
        labels.append(Label("old_news", f"Old news: first published {old.in_words(story.first_seen_at)}"))
    earlier = None if candidate.is_named_before else candidate.earlier
    if earlier is not None and (label := _since(candidate, earlier)) is not None:
        labels.append(label)
    if story.thread:
        labels.append(Label("follow_up", f"Follows up: {story.thread_headline}", story.thread))
    return tuple(labels)


def _since(candidate: Candidate, earlier: EarlierItem) -> Label | None:
    """What has changed since an earlier digest told of it; else what is new; else how many took it up since."""
    found = candidate.development
    if found is not None:
        return Label("developed", f"{found.label}: {fit(found.words)}", earlier.story, found.change.value)
    if candidate.told is None and candidate.repeated is None:
        return None
    since = f"{earlier.date:%-d %B}"
    if new := new_title(candidate):
        return Label("developed", f"New since {since}: {fit(new)}", earlier.story)
    count = candidate.story.publishers
    more = f"{count} further publisher{'' if count == 1 else 's'} since"
    return Label("developed", f"Told on {since}; {more}", earlier.story)
