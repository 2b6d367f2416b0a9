"""The form of a feed: its address must have been tried, unless it is the one that is kept already."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing

from feeds.catalogue.trial import Trial
from feeds.models import Feed

# A trial that was shown need not be repeated within this time.
TRIAL_MAX_AGE_S = 600
_SALT = "feeds.catalogue.trial"


def sign(trial: Trial) -> str:
    """What the page carries of a good trial, so that saving does not fetch again."""
    return signing.dumps([trial.url, trial.title, trial.language], salt=_SALT)


def recall(token: str, url: str) -> Trial | None:
    """The good trial of this address that the page carried, if it is recent."""
    try:
        tried, title, language = signing.loads(token, salt=_SALT, max_age=TRIAL_MAX_AGE_S)
    except (signing.BadSignature, ValueError):
        return None
    return Trial(tried, title=title, language=language) if tried == url else None


class FeedForm(forms.ModelForm[Feed]):
    """`trial` is what the address gave, None where it was not tried; `is_trial_only` forms are shown, never saved."""

    trial: Trial | None = None
    is_trial_only = False

    save_unanswered = forms.BooleanField(
        required=False,
        label="Save although it does not answer",
        help_text="For feeds that are known to keep programs out at times. What answers and is no feed is never saved.",
    )
    tried = forms.CharField(required=False, widget=forms.HiddenInput)

    def is_valid(self) -> bool:
        return super().is_valid() and not self.is_trial_only

    def full_clean(self) -> None:
        """Nothing is found wrong with a form that asks for a trial alone."""
        super().full_clean()
        if self.is_trial_only:
            self.errors.clear()

    def clean(self) -> dict[str, Any] | None:
        """Take over what a good trial found; refuse an address that gave no feed."""
        cleaned = super().clean()
        values: dict[str, Any] = self.cleaned_data
        if "url" not in values or "url" not in self.changed_data:
            return cleaned
        if self.trial is None:
            self.add_error("url", "The address could not be tested; save again.")
        elif self.trial.is_feed:
            values["url"] = self.trial.url
            values["title"] = values.get("title") or self.trial.title
            self.instance.language = self.trial.language
        elif self.trial.is_silent and values.get("save_unanswered"):
            values["url"] = self.trial.url
        else:
            self.add_error("url", self.trial.reason)
        return cleaned
