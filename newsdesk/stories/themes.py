"""The twelve fixed themes of the desk, with their names for readers."""

from __future__ import annotations

from django.db import models


class Theme(models.TextChoices):
    """The fixed editorial kinds; `docs/architecture.md` says what belongs to each."""

    LAUNCHES = "launches", "Launches"
    SHUTDOWNS = "shutdowns", "Shutdowns"
    SECURITY = "security", "Security"
    FUNDING = "funding", "Funding"
    PARTNERSHIPS = "partnerships", "Partnerships"
    POLICY = "policy", "Policy"
    LAWSUITS = "lawsuits", "Lawsuits"
    RESEARCH = "research", "Research"
    OPEN_MODELS = "open-models", "Open models"
    COMPUTE = "compute", "Compute"
    PEOPLE = "people", "People"
    SOCIETY = "society", "Society"


def theme_label(slug: str) -> str:
    """The theme's name for readers, or the slug itself where it is none of ours."""
    return str(Theme(slug).label) if slug in Theme.values else slug
