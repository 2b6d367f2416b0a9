"""Every entry of the word lists of digests is found by what its list is compiled into."""

from collections.abc import Callable, Iterator

import pytest

from newsdesk.digests.prose import figures, printable, sentences, shortening, why_it_matters
from newsdesk.digests.prose.figures import disagreement
from newsdesk.digests.prose.printable import has_broad_subject, is_dangling, is_publishable
from newsdesk.digests.prose.sentences import is_whole
from newsdesk.digests.prose.why_it_matters import is_void, weight_of_reason
from newsdesk.digests.telling import passages
from newsdesk.digests.telling.passages import Passage
from newsdesk.stories.word_lists import WordLists
from tests.digests.invented import entry
from tests.matching import example_of


def kind_of(text: str) -> str:
    return Passage(entry(1, "Kelp"), 0, 1, 0, text, (), {}, 0.0, dangles=False).kind


def sort_of(text: str) -> str:
    return next(figures.figures(text)).sort


def capitalised(text: str) -> str:
    return text[0].upper() + text[1:]


def differ(title: str) -> bool:
    return disagreement("Kelp raised $40 million in a round", title) is not None


# Where an entry of each group is looked for, and what is so of a text that holds it and not of one without.
FOUND: dict[str, tuple[str, Callable[[str], object]]] = {
    "clause": ("Kelp sues Brine, {} Oslo", shortening._CLAUSE.search),
    "late_clause": ("Kelp sues Brine {} Oslo", shortening._LATE_CLAUSE.search),
    "purpose": ("Kelp sues Brine to {} Oslo", shortening._LATE_CLAUSE.search),
    "wants_infinitive": ("Kelp {}", shortening._WANTS_INFINITIVE.search),
    "asks": ("Kelp {} Brine", shortening._ASKS.search),
    "says": ("Kelp {} Brine", shortening._SAYS.search),
    "qualifies": ("Kelp sues Brine {} Oslo", shortening._QUALIFIES.search),
    "dangles": ("Kelp {}", shortening._DANGLES.search),
    "dangles_at_stop": ("Kelp {}", shortening._DANGLES_AT_STOP.search),
    "personal": ("Kelp Labs opened the weights of {} Harbour model on Tuesday.", lambda text: not is_publishable(text)),
    "call": ("{} has opened the weights of the Harbour model.", lambda text: not is_publishable(capitalised(text))),
    "promotion": ("Kelp Labs opened the weights of {} Harbour on Tuesday.", lambda text: not is_publishable(text)),
    "verb": ("Kelp Labs on Tuesday {} the weights of the Harbour model.", is_publishable),
    "dangling": ("“{} Kelp sues Brine.", is_dangling),
    "points_elsewhere": ("Kelp sues Brine {} Oslo.", is_dangling),
    "late_pronoun": ("{} Tuesday, its Kelp", is_dangling),
    "broad_subject": ("The {} sues Brine.", has_broad_subject),
    "expert": ("{} of Oslo say that it is bigger than any.", lambda text: weight_of_reason(text) == 3),
    "expert_says": ("Analysts {} that it is bigger than any.", lambda text: weight_of_reason(text) == 3),
    "said": ("It is bigger than any, {} analysts.", lambda text: weight_of_reason(text) == 3),
    "said_by": ("It is bigger than any, said {} Kelp.", lambda text: weight_of_reason(text) == 3),
    "effect": ("Kelp {} Brine.", weight_of_reason),
    "subject": ("The {} is bigger than any.", lambda text: weight_of_reason(text) == 3),
    "compared": ("Kelp {} Brine.", weight_of_reason),
    "rivalry": ("Kelp {} Brine.", weight_of_reason),
    "void": ("Kelp {} Brine.", is_void),
    "furniture_beginning": ("{} Kelp sues Brine.", lambda text: not is_whole(text)),
    "furniture": ("Kelp sues {} Brine.", lambda text: not is_whole(text)),
    "hedged": ("Kelp pays {} $5 million", lambda text: next(figures.figures(text)).is_hedged),
    "not_a_count": ("Kelp has 5 {}", lambda text: not list(figures.figures(text))),
    "elsewhen": ("Kelp raised $70 million in a round {} Oslo", lambda text: not differ(text)),
    **{sort: ("Kelp {} $5 million", lambda text, sort=sort: sort_of(text) == sort) for sort in figures.SORTS},
    "evaluates": ("Kelp {} Brine.", lambda text: kind_of(text) == "analysis"),
    "attributed": ("Kelp {} it could.", lambda text: kind_of(text) == "fact"),
}
# What sales take off stands after a figure.
MADE = {"% off": "5% off"}
# Words by which sentences are split have tests of their own.
WITHOUT = {"never_ends", "may_end", "begins", "joins"}


def groups() -> Iterator[tuple[WordLists, str]]:
    for module in (shortening, printable, why_it_matters, sentences, figures, passages):
        yield from ((module.LISTS, group) for group in module.LISTS if group not in WITHOUT)


@pytest.mark.parametrize(("lists", "group"), [pytest.param(*pair, id=pair[1]) for pair in groups()])
def test_every_entry_is_found(lists: WordLists, group: str) -> None:
    place, finds = FOUND.get(group) or FOUND[group.removesuffix("_as_written")]
    missed = [one for one in lists.entries(group) if not finds(place.format(MADE.get(one) or example_of(one)))]
    assert not missed
    assert not finds(place.format("xyzzy"))
