"""For which days of payment a decision holds. All names are invented."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchor_spend.resolution.activity import Days
from anchor_spend.resolution.deciding import Entity, Query, build_index, question_of
from anchor_spend.resolution.engine import Answer, answer

DAYS = st.dates(date(2005, 1, 1), date(2025, 12, 31))
NAME = "QUILLMERE CATERING LIMITED"
NAMESAKES = [
    Entity("GB-COH-01000001", NAME, (), "LU1 2BQ", date(1990, 1, 1), date(2012, 3, 31)),
    Entity("GB-COH-01000002", NAME, (), "MK1 1AA", date(2015, 7, 1), date(2019, 6, 1)),
    Entity("GB-COH-01000003", NAME, (), "B1 1AA", date(2020, 2, 2), None),
]
DRAINAGE = Entity("GB-COH-01000004", "OLDENMEADOW DRAINAGE LTD", (), None, date(2010, 1, 1), date(2011, 1, 1))
INDEX = build_index([*NAMESAKES, DRAINAGE])


def asked(first: date | None, last: date | None) -> Answer:
    query = Query("k", "Quillmere Catering Ltd", paid_from=first, paid_to=last)
    (found,) = answer(INDEX, [question_of(query)])
    return found


def there(found: Answer) -> dict[str, bool]:
    return {candidate.entity_id: not candidate.is_inactive for candidate in found.candidates}


def order(found: Answer) -> list[int]:
    """The places of an answer's candidates among the namesakes."""
    ids = [entity.entity_id for entity in NAMESAKES]
    return [ids.index(candidate.entity_id) for candidate in found.candidates]


def holds(days: Days, first: date, last: date) -> bool:
    epoch = date(1970, 1, 1)
    return (
        days.first_from <= (first - epoch).days <= days.first_to
        and days.last_from <= (last - epoch).days <= days.last_to
    )


def absences(first: date, last: date) -> list[tuple[bool, bool]]:
    """Whether each namesake began too late for the last payment, and ended too early for the first."""
    early, late = timedelta(60), timedelta(730)
    return [(last < since - early, bool(until) and first > until + late) for *_, since, until, _ in NAMESAKES]


@given(st.tuples(DAYS, DAYS).map(sorted), st.tuples(DAYS, DAYS).map(sorted))
def test_an_answer_holds_for_the_days_that_change_no_candidate_and_for_no_others(before, after):
    found = asked(*before)
    assert list(there(found).values()) == [not any(absences(*before)[place]) for place in order(found)]
    assert holds(found.days, *after) == (absences(*before) == absences(*after))


@pytest.mark.parametrize(
    ("first", "last", "still"),
    [
        (date(2014, 3, 31), date(2014, 5, 1), True),  # two years after the end of the first one
        (date(2014, 4, 1), date(2014, 5, 1), False),
        (date(2014, 3, 1), date(2015, 5, 1), True),  # sixty-one days before the second one is registered
        (date(2014, 3, 1), date(2015, 5, 2), False),
        (date(2006, 1, 1), date(2015, 5, 1), True),  # years more of payments that say nothing new
    ],
)
def test_the_days_are_those_of_the_register(first, last, still):
    found = asked(date(2012, 1, 1), date(2014, 1, 1))
    assert there(found) == {"GB-COH-01000001": True, "GB-COH-01000002": False, "GB-COH-01000003": False}
    assert holds(found.days, first, last) is still


def test_unknown_days_speak_against_nobody_and_known_ones_may():
    found = asked(None, None)
    assert set(there(found).values()) == {True}
    assert not holds(found.days, date(2014, 1, 1), date(2014, 2, 1))
    assert holds(found.days, date(2014, 1, 1), date(2021, 2, 1))


def test_candidates_without_a_chance_set_no_day():
    query = Query("k", "Oldenmeadow Drainage Ltd", paid_from=date(2011, 1, 1), paid_to=date(2011, 2, 1))
    (found,) = answer(INDEX, [question_of(query)])
    epoch = date(1970, 1, 1)
    ended = (date(2011, 1, 1) + timedelta(730) - epoch).days
    began = (date(2010, 1, 1) - timedelta(60) - epoch).days
    assert found.days == Days(first_to=ended, last_from=began)
