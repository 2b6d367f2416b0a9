"""The public forms: an address, how often, about what."""

from __future__ import annotations

from django import forms

from newsdesk.newsletter.models import Subscriber
from newsdesk.newsletter.people.address import BadAddress, clean_address
from newsdesk.newsletter.people.subscribe import Wish
from newsdesk.stories.themes import Theme


class PreferencesForm(forms.Form):
    """How often, and which themes; none ticked, or all, means every theme there will be."""

    frequency = forms.ChoiceField(
        choices=Subscriber.Frequency.choices, widget=forms.RadioSelect, initial=Subscriber.Frequency.DAILY
    )
    themes = forms.MultipleChoiceField(choices=Theme.choices, widget=forms.CheckboxSelectMultiple, required=False)

    def clean_themes(self) -> list[str]:
        """The slugs in the themes' own order, none of them where all are ticked."""
        ticked = set(self.cleaned_data["themes"])
        return [] if len(ticked) == len(Theme.values) else [slug for slug in Theme.values if slug in ticked]


class SubscribeForm(PreferencesForm):
    """A wish to be mailed."""

    email = forms.CharField(
        strip=False,  # a line break at its end is an attack, and not to be stripped away
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": "Please give your address."},
    )

    def clean_email(self) -> str:
        """The address as it is stored."""
        try:
            return clean_address(self.cleaned_data["email"])
        except BadAddress as error:
            raise forms.ValidationError(str(error)) from error

    def wish(self) -> Wish:
        """What a valid form asks for."""
        data = self.cleaned_data
        return Wish(email=data["email"], frequency=data["frequency"], themes=tuple(data["themes"]))
