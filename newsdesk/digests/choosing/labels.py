"""What a reader should know of an item before reading it: old news, what is new since, what it follows up. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.digests.prose.english import speaks_english
from newsdesk.digests.prose.shortening import fit
from newsdesk.digests.shape import LabelJson
from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.ranking.age import old_since
from newsdesk.stories.read import EntryView
from newsdesk.stories.text import normalise, tokenize
from newsdesk.stories.titles.cleaning import printed_title
from newsdesk.stories.titles.kinds import has_news_verb, is_comment, is_teaser


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
    if old := old_since(story.entries):
        labels.append(Label("old_news", f"Old news: first published {old.in_words(story.first_seen_at)}"))
    if (earlier := candidate.earlier) is not None and (label := _since(candidate, earlier)) is not None:
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
    if new := _new_title(candidate):
        return Label("developed", f"New since {since}: {fit(new)}", earlier.story)
    count = candidate.story.origins
    more = f"{count} further publisher{'' if count == 1 else 's'} since"
    return Label("developed", f"Told on {since}; {more}", earlier.story)


def _new_title(candidate: Candidate) -> str:
    """The title that brings most of what the earlier reports lack, if it says what happened; else nothing."""
    novelty = candidate.novelty
    if candidate.told is None or novelty is None or candidate.is_unchanged:
        return ""
    titles = [printed_title(e.title, e.publisher) for e in candidate.story.entries if _is_report(e)]
    telling = [title for title in titles if has_news_verb(title) and not is_comment(title) and not is_teaser(title)]
    wanted = {*novelty.subjects, *novelty.figures}
    found = [(-len(wanted & _marks(title)), place, title) for place, title in enumerate(telling)]
    best = min(found, default=(0, 0, ""))
    return best[2] if best[0] or not wanted else ""


def _is_report(entry: EntryView) -> bool:
    return entry.role == "report" and speaks_english(entry)


def _marks(title: str) -> set[str]:
    return {*(hit.slug for hit in find_entities(title)), *tokenize(normalise(title))}
