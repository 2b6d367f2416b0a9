"""A verb's base, for comparing whether two titles say it of the same deed. Pure."""

from __future__ import annotations

from newsdesk.stories.stems import stem

# Forms that no ending tells: the base, then the others.
_IRREGULAR = """
steal stole stolen
buy bought
sell sold
win won
lose lost
leave left
take took taken
make made
build built
hide hid hidden
break broke broken
fall fell fallen
rise rose risen
give gave given
go went gone
find found
hold held
lead led
know knew known
pay paid
run ran
see saw seen
send sent
spend spent
steer steered
teach taught
think thought
throw threw thrown
withdraw withdrew withdrawn
write wrote written
grow grew grown
begin began begun
bring brought
catch caught
choose chose chosen
do did done
draw drew drawn
fight fought
forbid forbade forbidden
get got gotten
keep kept
leak leaked leaks
mean meant
meet met
overthrow overthrew overthrown
seek sought
shoot shot
speak spoke spoken
stand stood
stick stuck
strike struck
tell told
understand understood
"""
_BASE_OF = {form: forms[0] for line in _IRREGULAR.strip().split("\n") for forms in [line.split()] for form in forms}


def base_of(word: str) -> str:
    """The stem of a lower-cased word's base form.

    >>> base_of("stolen") == base_of("stealing") == base_of("steals")
    True
    """
    base = _BASE_OF.get(word, word)
    return stem(_BASE_OF.get(stem(word), base))
