"""A reader is told who wrote what."""

from __future__ import annotations

from typing import Any

import pytest

from newsdesk.digests.documents.reading import made_words
from newsdesk.digests.shape import Writer


def document(*writers: str, headlines: int = 0) -> dict[str, Any]:
    items: list[dict[str, Any]] = [{"sentences": [{"written_by": writer}]} for writer in writers]
    for item in items[:headlines]:
        item["headline_by"] = "editor"
    return {"items": items, "manifest": {"models": ["extract", "Some-Model-2"]}}


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (
            document("extract", "extract"),
            "No model wrote any of it: every headline and sentence is a source's own, and the sentence's number leads "
            "to that source.",
        ),
        (
            document("model", "extract", "model"),
            "2 of 3 sentences were written by a model (Some-Model-2) and checked against what they cite; the others "
            "are the sources' own.",
        ),
        (document("extract", headlines=1), "An editor wrote 1 headline; the others are the sources' own."),
        (
            document("model", "editor", "extract", headlines=2),
            "1 of 3 sentences were written by a model (Some-Model-2) and checked against what they cite; an editor "
            "wrote 1 of 3 sentences and 2 headlines; the others are the sources' own.",
        ),
    ],
)
def test_who_wrote_it(made: dict[str, Any], words: str) -> None:
    assert made_words(made) == words


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (
            document("model", "editor", "extract"),
            "1 of 3 sentences, marked °, were written by a model (Some-Model-2) and checked against what they cite; an "
            "editor wrote 1 of 3 sentences, marked †; the others are the sources' own.",
        ),
        (
            document("editor", "extract", headlines=1),
            "An editor wrote 1 of 2 sentences, marked †, and 1 headline; the others are the sources' own.",
        ),
    ],
)
def test_a_page_says_how_it_marks_them(made: dict[str, Any], words: str) -> None:
    assert made_words(made, {Writer.MODEL: "°", Writer.EDITOR: "†"}) == words
