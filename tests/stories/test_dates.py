from __future__ import annotations

from datetime import date

from newsdesk.stories.clustering.comparing.dates import days_in


def test_days_are_read_in_the_forms_of_date_lines() -> None:
    for text in (
        "Updated: November 11, 2011 18:50",
        "Nov 11th , 2011 - the harbour",
        "Friday, 11 November 2011",
        "2011-11-11",
        "Posted 2011 / 11 / 11",
        "11 / 11 / 11",
        "11.11.2011",
    ):
        assert days_in(text) == {date(2011, 11, 11).toordinal()}, text
    assert days_in("27 / 09 / 2013 and 09/28/2013") == {date(2013, 9, n).toordinal() for n in (27, 28)}


def test_what_names_no_day_with_its_year_is_none() -> None:
    for text in ("", "November 11", "in 2011", "May 2011", "31 / 02 / 2011", "2011-13-13", "1.2.3", "45 / 45 / 2011"):
        assert not days_in(text), text
