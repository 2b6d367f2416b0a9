"""Words that say nothing of a text's matter: four lists, for four questions.

They overlap, but none can stand for another. Were what digests leave out left out of clustering too, the labelled days'
pairs would come down from an F1 of .892 to .891. The classifiers' weights are trained with what their short list lets
through. A model's sentence is held against its sources with a list that lets few words go unproved.
"""

from __future__ import annotations

# The articles, prepositions and forms of "be" and "have" that are in every list; the classifiers leave out no more.
CLASSIFIED = frozenset(
    "the a an of to in and for on with is are as at by it its from be that this was has have".split()
)
_ALSO_WHERE_SENTENCES_ARE_PROVED = frozenset(
    """
    about after also because been before between both but can could did do does down during had he her his if into may
    more most new no not now off one or our out over own per said say says she so some such than their them then there
    these they those through under until up we were what when where which while who will would
    """.split()
)
_ALSO_WHERE_TEXTS_ARE_COMPARED = frozenset(
    """
    again all am amid among any being doing each few further get gets got having here hers him how i itself just like
    made make makes me might must my nor once only other same should too upon us use used using very via whom why within
    without you your
    """.split()
)
_OF_ALL = CLASSIFIED | _ALSO_WHERE_SENTENCES_ARE_PROVED

# Of texts that may be copies of one another or tell one story (`text.tokenize`).
COMPARED = (
    _OF_ALL
    | _ALSO_WHERE_TEXTS_ARE_COMPARED
    | frozenset("can't don't here's isn't it's let that's theirs uses what's won't yet".split())
)
# Of sentences and titles that a digest chooses among (`digests/prose/terms.py`).
TOLD = (
    _OF_ALL
    | _ALSO_WHERE_TEXTS_ARE_COMPARED
    | frozenset(
        "above against around below cannot even herself himself however many much since still two year years".split()
    )
)
# Of a model's sentences, whose other words their sources must hold (`digests/telling/grounding.py`).
PROVED = _OF_ALL | frozenset({"according", "still"})
