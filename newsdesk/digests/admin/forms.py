"""What editors type: titles, wordings, corrections, stories to add."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from django import forms
from django.http import HttpRequest

from newsdesk.digests.actions import correct, rewrite
from newsdesk.digests.actions.rewrite import BadWording, cite
from newsdesk.digests.actions.title import MOST_DEK_CHARACTERS
from newsdesk.digests.actions.title import MOST_TITLE_CHARACTERS as MOST_DIGEST_TITLE_CHARACTERS
from newsdesk.digests.composing.item import MOST_TITLE_CHARACTERS
from newsdesk.digests.models import DigestItem
from newsdesk.digests.shape import Role, Section, SentenceKind, Writer
from newsdesk.digests.telling.receipts import Receipt, Sentence, sentences_from_json
from newsdesk.digests.telling.source_texts import SourceText
from newsdesk.journal.hand import Hand, hand_of

SECTIONS = [(Section.SHORT, "In short"), (Section.BIG, "Other big stories"), (Section.LEAD, "The lead")]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})


class EditsForm(forms.Form):
    """A form that knows which state of the digest it was made from."""

    edits = forms.IntegerField(widget=forms.HiddenInput)

    def hand(self, request: HttpRequest) -> Hand:
        """The hand of whoever sent the form, which must be valid."""
        return hand_of(request, edits=self.cleaned_data["edits"])

    def typed(self) -> dict[str, Any]:
        """What was typed, as an act takes it; needs a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "edits"}

    def as_of(self, edits: int) -> Self:
        """The form as typed, now made from this state: who saves it once more has been told."""
        self.data = {**{name: self.data[name] for name in self.data}, "edits": str(edits)}
        return self


class TitleForm(EditsForm):
    """Title and dek; an empty one follows the items."""

    title = forms.CharField(max_length=MOST_DIGEST_TITLE_CHARACTERS, required=False, widget=_area(2))
    dek = forms.CharField(max_length=MOST_DEK_CHARACTERS, required=False, widget=_area(3))


class CorrectionForm(EditsForm):
    """A correction of an item, or of the digest as a whole."""

    position = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="Item")
    text = forms.CharField(max_length=correct.MOST_CHARACTERS, label="What is corrected", widget=_area(3))

    def __init__(self, *args: Any, rows: Iterable[DigestItem] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = [(row.position, f"{row.position}. {row.headline}") for row in rows]
        self.fields["position"].choices = [("", "The digest as a whole"), *items]  # type: ignore[attr-defined]


class AddForm(EditsForm):
    """A story to add, by its id or the address of its page."""

    story = forms.CharField(max_length=300, label="Story", help_text="Its id, or the address of its page on this site.")
    section = forms.ChoiceField(choices=SECTIONS, required=False)

    def clean_story(self) -> str:
        return str(self.cleaned_data["story"]).strip().rstrip("/").rpartition("/")[2]

    def clean_section(self) -> str:
        return str(self.cleaned_data["section"] or "short")


class HeadlineForm(EditsForm):
    """An item's headline."""

    headline = forms.CharField(max_length=MOST_TITLE_CHARACTERS, widget=_area(2))


class SentenceForm(forms.Form):
    """A sentence with its receipts; `source` and `quote` give it a further one."""

    text = forms.CharField(max_length=rewrite.MOST_SENTENCE_CHARACTERS, required=False, widget=_area(3))
    role = forms.ChoiceField(choices=Role.choices, initial=Role.DETAIL)
    kind = forms.ChoiceField(choices=SentenceKind.choices, initial=SentenceKind.FACT)
    receipts = forms.CharField(required=False, widget=forms.HiddenInput)
    source = forms.ChoiceField(required=False)
    quote = forms.CharField(required=False, widget=_area(2), label="Quote, word for word")

    def __init__(self, *args: Any, sources: Sequence[SourceText] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose a source"), *((s.entry, f"{s.publisher}: {s.title}") for s in sources if s.text)]
        self.fields["source"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("quote")) != bool(data.get("source")):
            self.add_error("quote", "A quote needs its source, and a source the words to quote.")
        return data


SentencesForm = forms.formset_factory(
    SentenceForm, extra=1, can_order=True, can_delete=True, max_num=rewrite.MOST_SENTENCES
)


def typed_sentences(
    formset: forms.BaseFormSet[SentenceForm], row: DigestItem, sources: Mapping[str, SourceText]
) -> list[Sentence]:
    """The sentences of a valid form as typed, in the order chosen, with their receipts.

    Raises:
        BadWording: A receipt or a quote does not stand in a source.
    """
    return [_sentence(form.cleaned_data, row, sources) for form in formset.ordered_forms]


def shown_receipts(form: SentenceForm, row: DigestItem, sources: Mapping[str, SourceText]) -> tuple[Receipt, ...]:
    """What a sentence of the form rests on so far; nothing where that does not stand any more."""
    try:
        return tuple(_receipts(str(form["receipts"].value() or ""), row, sources))
    except BadWording:
        return ()


def initial_of(row: DigestItem) -> list[dict[str, Any]]:
    """An item's sentences as the form shows them."""
    return [
        {
            "text": sentence.text,
            "role": sentence.role,
            "kind": sentence.kind,
            "receipts": json.dumps([_key(receipt) for receipt in sentence.receipts]),
        }
        for sentence in sentences_from_json(row.sentences)
    ]


def _key(receipt: Receipt) -> tuple[str, str, int, int]:
    return receipt.entry, receipt.text_sha256, receipt.start, receipt.end


def _sentence(data: Mapping[str, Any], row: DigestItem, sources: Mapping[str, SourceText]) -> Sentence:
    receipts = _receipts(data["receipts"], row, sources)
    if data["quote"]:
        receipts.append(cite(data["quote"], sources[data["source"]]))
    return Sentence(
        data["text"], Role(data["role"]), SentenceKind(data["kind"]), Writer.EDITOR, tuple(dict.fromkeys(receipts))
    )


def _receipts(typed: str, row: DigestItem, sources: Mapping[str, SourceText]) -> list[Receipt]:
    """The receipts that a form names: the item's own, or spans of its sources' texts as they are now."""
    known = {_key(receipt): receipt for old in sentences_from_json(row.sentences) for receipt in old.receipts}
    try:
        keys = [
            (str(entry), str(sha256), int(start), int(end)) for entry, sha256, start, end in json.loads(typed or "[]")
        ]
    except (TypeError, ValueError, RecursionError) as error:
        raise BadWording("The form came back damaged; open the page again.") from error
    return [known.get(key) or _receipt(key, sources) for key in keys]


def _receipt(key: tuple[str, str, int, int], sources: Mapping[str, SourceText]) -> Receipt:
    entry, sha256, start, end = key
    source = sources.get(entry)
    if source is None or source.sha256 != sha256 or not 0 <= start < end <= len(source.text):
        raise BadWording("A sentence cites a text that has changed since; give it its source and quote again.")
    return Receipt(entry, source.url, sha256, start, end, source.text[start:end])
