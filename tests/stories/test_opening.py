from __future__ import annotations

from collections import defaultdict

from newsdesk.stories.clustering.comparing.opening import OPENING_FEATURES, opening_features
from newsdesk.stories.clustering.comparing.profile import Profile, profile_without_times, weighed

WEIGHTS: defaultdict[str, float] = defaultdict(lambda: 1.0)

SINKING = [
    "May 3, 2026. The ferry Ingrid sank off Bergen with forty aboard. Rescuers from Bergen saved all.",
    "4 May 2026. All forty aboard the ferry Ingrid were saved when she sank off Bergen.",
    "Forty were saved as the Ingrid, a ferry, sank off Bergen.",
]
ANOTHER = "July 20, 2024. The ferry Astrid sank off Tromso with sixty aboard. Rescuers from Tromso saved all."


def told(text: str) -> Profile:
    return profile_without_times("A ferry sank", text, "")


def compared(new: str, members: list[str]) -> dict[str, float]:
    found = opening_features(weighed(told(new), WEIGHTS), [told(text) for text in members], WEIGHTS)
    return dict(zip(OPENING_FEATURES, found, strict=True))


def test_an_event_of_the_same_kind_lacks_the_core_of_a_story() -> None:
    same, another = compared(SINKING[2], SINKING[:2]), compared(ANOTHER, SINKING[:2])

    assert same["core_names_missing"] == 0 < another["core_names_missing"]
    assert same["core_missing"] < another["core_missing"] <= 1
    assert 1 >= same["opening_cosine"] >= same["opening_mean_cosine"] > 0


def test_only_reports_dated_alike_are_near() -> None:
    assert compared(SINKING[1], SINKING[:1])["dates_near"] == 1
    assert compared(ANOTHER, SINKING)["dates_near"] == compared(SINKING[2], SINKING)["dates_near"] == 0


def test_nothing_to_compare_gives_noughts() -> None:
    found = opening_features(
        weighed(profile_without_times("", "", ""), WEIGHTS), [profile_without_times("", "", "")], WEIGHTS
    )
    assert found == (0.0,) * len(OPENING_FEATURES)
