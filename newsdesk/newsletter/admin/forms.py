"""What staff type about sending."""

from __future__ import annotations

from typing import Any

from django import forms

from newsdesk.digests.models import Digest
from newsdesk.newsletter.people.address import BadAddress, clean_address

# Digests to choose from: two weeks of daily and weekly ones.
CHOICES = 16


class TestForm(forms.Form):
    """Which digest to whom."""

    digest = forms.ModelChoiceField(Digest.objects.none(), empty_label=None)
    address = forms.CharField(max_length=254, widget=forms.EmailInput(attrs={"class": "vTextField"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = Digest.objects.order_by("-date", "-id").values("pk")[:CHOICES]
        field = self.fields["digest"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Digest.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).order_by("-date")
        field.label_from_instance = digest_line  # type: ignore[method-assign,assignment]

    def clean_address(self) -> str:
        """The address as it is mailed to."""
        try:
            return clean_address(self.cleaned_data["address"])
        except BadAddress as error:
            raise forms.ValidationError(str(error)) from error


def digest_line(digest: Digest) -> str:
    """A digest among others to choose from."""
    words = "" if digest.state == Digest.State.PUBLISHED else f" ({digest.get_state_display().lower()})"
    return f"{digest.date:%d %B %Y}: {digest.title}{words}"
