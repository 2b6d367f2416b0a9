from __future__ import annotations

import pytest

from newsdesk.stories.clustering.comparing.learned import LIKENESS, LIKENESS_WITH_VECTORS, LIKENESS_WITHOUT_TIMES
from newsdesk.stories.clustering.comparing.likeness import FEATURES
from newsdesk.stories.clustering.comparing.meaning import MEANING_FEATURES
from newsdesk.stories.clustering.comparing.name_features import NAME_FEATURES, name_features
from newsdesk.stories.clustering.comparing.names import is_year, names_in
from newsdesk.stories.clustering.comparing.opening import OPENING_FEATURES
from newsdesk.stories.clustering.comparing.profile import Sum, profile, profile_without_times, weighed

FIRST = "A storm named Ida hits the harbour of Brest in 2011"
AGAIN = "The harbour of Brest counts what the storm Ida took in 2011"
OTHER = "A storm named Olaf hits the harbour of Malmo in 2014"
WEIGHTS = {term: 1.0 for text in (FIRST, AGAIN, OTHER) for term in profile_without_times(text, "", "").terms}


def test_names_are_words_capitalised_wherever_they_stand() -> None:
    names, in_title = names_in(
        "Ferry strike ends in Brest", "The ferry left Brest on Monday. The strike leader Ida Moe spoke."
    )
    assert (sorted(names), sorted(in_title)) == (["brest", "ida", "moe", "monday"], ["brest"])
    names, in_title = names_in("Ferry Strike Ends In Brest Today", "A ferry left Brest after the strike.")
    assert sorted(in_title) == ["brest"] and "ferry" not in names
    assert names_in("ferry strike ends", "") == (frozenset(), frozenset())


def test_years_are_told_from_other_figures() -> None:
    assert [term for term in ("1999", "2026", "2100", "20", "20261", "$2026") if is_year(term)] == ["1999", "2026"]


def test_same_kinds_of_events_differ_in_names_and_years() -> None:
    story = Sum()
    first = profile_without_times(FIRST, "", "")
    story.take(first)

    def of(title: str) -> dict[str, float]:
        report = weighed(profile_without_times(title, "", ""), WEIGHTS)
        return dict(zip(NAME_FEATURES, name_features(report, story, [first], WEIGHTS), strict=True))

    same, other = of(AGAIN), of(OTHER)
    assert same["names_contained"] > other["names_contained"]
    assert same["names_missing"] < other["names_missing"]
    assert (same["other_years"], other["other_years"], same["shared_years"]) == (0, 1, 1)


def test_names_weigh_more_only_where_there_are_no_times() -> None:
    bare, timed = (read("Brest port opens", "The port of Brest.", "") for read in (profile_without_times, profile))
    assert bare.terms["brest"] == 3 * bare.terms["port"] and timed.terms["brest"] == timed.terms["port"]
    assert timed.names == frozenset()


def test_the_weights_fit_the_features() -> None:
    assert len(LIKENESS.coefficients) == len(FEATURES)
    without_times = (*FEATURES, *NAME_FEATURES, *OPENING_FEATURES)
    assert len(LIKENESS_WITHOUT_TIMES.coefficients) == len(without_times)
    assert len(LIKENESS_WITH_VECTORS.coefficients) == len((*FEATURES, *MEANING_FEATURES))
    with pytest.raises(ValueError, match="as many values"):
        LIKENESS.probability([1.0])
