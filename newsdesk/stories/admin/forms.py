"""The form of what is said of a story. It carries what it showed, so that only what was typed is saved."""

from __future__ import annotations

from typing import Any

from django import forms

from newsdesk.stories.models import Story
from newsdesk.stories.themes import Theme

THEMES = [("", "—"), *Theme.choices]
FIELDS = ("headline", "theme", "second_theme", "is_pinned", "is_hidden")


class StoryForm(forms.Form):
    """Headline, themes and marks, and the number of edits that the editor saw."""

    headline = forms.CharField(
        required=False, show_hidden_initial=True, widget=forms.Textarea(attrs={"rows": 2, "class": "desk-headline"})
    )
    theme = forms.ChoiceField(required=False, show_hidden_initial=True, choices=THEMES)
    second_theme = forms.ChoiceField(required=False, show_hidden_initial=True, choices=THEMES)
    is_pinned = forms.BooleanField(
        required=False, show_hidden_initial=True, label="Pinned", help_text="Ranks before all others of its day."
    )
    is_hidden = forms.BooleanField(
        required=False, show_hidden_initial=True, label="Hidden", help_text="In no digest, list or search; no page."
    )

    @classmethod
    def of(cls, story: Story) -> StoryForm:
        """The form as a story stands."""
        return cls(initial={name: getattr(story, name) for name in FIELDS})

    def typed(self) -> dict[str, Any]:
        """What differs from what was shown, as `revise_story` takes it; needs a valid form."""
        return {name: self.cleaned_data[name] for name in FIELDS if name in self.changed_data}

    def again(self, story: Story) -> StoryForm:
        """The form with what was typed, over the story as it stands now."""
        data = {f"initial-{name}": getattr(story, name) for name in FIELDS}
        for name in FIELDS:
            data[name] = self.data.get(name, "") if name in self.changed_data else getattr(story, name)
        return StoryForm(data)
