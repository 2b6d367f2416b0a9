"""What can be measured: each kind takes labelled records and gives predictions and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from feeds.recording import Record
from newsdesk.stories.classifying.guess_theme import classify_theme
from newsdesk.stories.classifying.relevance import judge_relevance
from newsdesk.stories.clustering.comparing.learned import Logistic
from newsdesk.stories.clustering.comparing.own_odds import current_odds
from newsdesk.stories.evaluation.labelled import BadLabelledFile, label, text_of
from newsdesk.stories.evaluation.line import place_all
from newsdesk.stories.evaluation.measures import (
    clustering_figures,
    duplicate_figures,
    label_figures,
    share,
    yes_no_figures,
)
from newsdesk.stories.evaluation.origins import measure_origins
from newsdesk.stories.themes import Theme

Figures = dict[str, float]
Measured = tuple[list[dict[str, Any]], Figures]


def measure_clustering(records: Sequence[Record]) -> Measured:
    """The stories found, by the weights that this desk clusters with, against `story`."""
    return cluster_with(records, current_odds())


def cluster_with(records: Sequence[Record], own_odds: Mapping[Logistic, Logistic]) -> Measured:
    """As `measure_clustering`, by these odds in place of shipped ones."""
    placed = place_all(records, own_odds)
    labelled = [
        (one.story, right)
        for one, record in zip(placed, records, strict=True)
        if (right := label(record, "story")) is not None
    ]
    _need(labelled, "story")
    figures = clustering_figures([found for found, _ in labelled], [right for _, right in labelled])
    return [{"id": one.id, "story": one.story} for one in placed], figures


def measure_themes(records: Sequence[Record]) -> Measured:
    """The themes of relevant records, each told from its own text alone, against `theme`."""
    guesses = [classify_theme(record.title, text_of(record)) for record in records]
    named = [[theme for theme in (guess.theme, guess.second) if theme] for guess in guesses]
    labelled = [
        (found, right)
        for found, record in zip(named, records, strict=True)
        if (right := label(record, "theme")) in Theme.values and record.labels.get("relevant") is not False
    ]
    _need(labelled, "theme")
    predictions = [
        {"id": record.id, "theme": found[0] if found else "", "themes": found}
        for found, record in zip(named, records, strict=True)
    ]
    return predictions, label_figures([found for found, _ in labelled], [str(right) for _, right in labelled])


def measure_relevance(records: Sequence[Record]) -> Measured:
    """Whether each record is AI-industry news, told from its own text alone, against `relevant`."""
    judged = [judge_relevance(record.title, text_of(record)) for record in records]
    labelled = [
        (found.is_relevant, right)
        for found, record in zip(judged, records, strict=True)
        if isinstance(right := record.labels.get("relevant"), bool)
    ]
    _need(labelled, "relevant")
    predictions = [
        {"id": record.id, "relevant": found.is_relevant, "probability": round(found.probability, 4)}
        for found, record in zip(judged, records, strict=True)
    ]
    return predictions, yes_no_figures([found for found, _ in labelled], [right for _, right in labelled])


def measure_duplicates(records: Sequence[Record]) -> Measured:
    """The copies found, against `duplicate_of`, and, where stories are labelled, how many share their original's."""
    placed = place_all(records)
    story_of = {record.id: label(record, "story") for record in records}
    copies = [(story_of[one.id], story_of[one.duplicate_of]) for one in placed if one.duplicate_of]
    labelled = [
        (one.duplicate_of, right)
        for one, record in zip(placed, records, strict=True)
        if (right := label(record, "duplicate_of")) is not None
    ]
    _need([story for story in story_of.values() if story] or labelled, "duplicate_of or story")
    figures: Figures = {"records": len(records), "copies_found": len(copies)}
    if labelled:
        figures |= duplicate_figures([found for found, _ in labelled], [right for _, right in labelled])
    if any(story_of.values()):
        figures["in_one_story"] = share(sum(one == other for one, other in copies), len(copies))
    return [{"id": one.id, "duplicate_of": one.duplicate_of} for one in placed], figures


KINDS: dict[str, Callable[[Sequence[Record]], Measured]] = {
    "clustering": measure_clustering,
    "themes": measure_themes,
    "relevance": measure_relevance,
    "duplicates": measure_duplicates,
    "origins": measure_origins,
}


def _need(labels: Sequence[object], name: str) -> None:
    if not labels:
        raise BadLabelledFile(f"no record is labelled with {name}.")
