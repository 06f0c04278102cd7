"""Who can take a lead now: hours, leave, the last days, and who begins first."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.handoff.domain.calendars import Leave
from services.handoff.domain.deciding import choose
from services.handoff.domain.presence import presence
from services.handoff.domain.routing import Relation
from services.handoff.domain.working_time import WorkingTime
from tests.unit.handoff.desks import (
    ASKING,
    BECAUSE,
    HOUR,
    MONDAY,
    NIGHT,
    OFFICE,
    away,
    by_the_hour,
    codes,
    desk,
    office,
    person,
    why,
)


@pytest.mark.parametrize(
    ("working", "at", "state"),
    [
        pytest.param(office(), MONDAY, "working", id="in hours"),
        pytest.param(office(), NIGHT, "off", id="at night"),
        pytest.param(office(leave=away((3, 2), (3, 2))), MONDAY, "away", id="a day of leave"),
        pytest.param(
            office(leave=(Leave(datetime(2026, 3, 2, 11), datetime(2026, 3, 2, 13)),)),  # noqa: DTZ001
            MONDAY,
            "off",
            id="two hours away are like a break",
        ),
        pytest.param(
            office(leave=away((3, 3), (3, 20))),
            datetime(2026, 3, 2, 16, 30, tzinfo=UTC),
            "away",
            id="leave that begins before an hour was worked",
        ),
        pytest.param(
            office(leave=away((3, 3), (3, 20))), MONDAY, "working", id="leave that begins later"
        ),
        pytest.param(office(leave=by_the_hour((3, 2), (3, 3))), MONDAY, "away", id="day by day"),
        pytest.param(
            office(leave=by_the_hour((3, 6), (3, 6)) + by_the_hour((3, 9), (3, 9))),
            datetime(2026, 3, 8, 11, tzinfo=UTC),
            "away",
            id="day by day, and a weekend between",
        ),
        pytest.param(
            office(leave=by_the_hour((3, 2), (3, 2)) + by_the_hour((3, 4), (3, 4))),
            MONDAY,
            "off",
            id="hours of two days with work between",
        ),
        pytest.param(
            WorkingTime(replace(OFFICE, week=((),) * 7)), MONDAY, "no_hours", id="without hours"
        ),
    ],
)
def test_presence_follows_the_persons_own_hours(working, at, state):
    assert presence(working, at, HOUR).state == state


@pytest.mark.parametrize(
    ("last_day", "state"),
    [
        pytest.param(date(2026, 3, 1), "gone", id="yesterday"),
        pytest.param(date(2026, 3, 2), "leaving", id="today"),
        pytest.param(date(2026, 3, 8), "leaving", id="in six days"),
        pytest.param(date(2026, 3, 9), "working", id="in seven days"),
    ],
)
def test_who_leaves_gets_nothing_new_in_the_last_days(last_day, state):
    assert presence(office(), MONDAY, HOUR, last_day).state == state


def test_at_a_weekend_a_lead_goes_to_who_begins_first_and_the_reason_says_when():
    saturday = datetime(2026, 3, 7, 14, tzinfo=UTC)
    late, early = person("ana", office("10:00-18:00")), person("bea", office("08:00-16:00"))
    choice = choose(desk(late, early, at=saturday), ASKING)

    assert choice.person.person_id == "bea"
    assert why(choice, "ana").startswith("starts Monday 9 March 10:00, others sooner")


def test_a_few_minutes_do_not_give_somebody_every_lead_of_the_night():
    early, later = person("ana", office("08:55-17:00")), person("bea", office("09:00-17:00"))
    table, owners = desk(early, later, at=NIGHT), []
    for _ in range(4):
        choice = choose(table, ASKING)
        table.deal(choice)
        owners.append(choice.person.person_id)

    assert sorted(owners) == ["ana", "ana", "bea", "bea"]


def test_who_works_now_comes_before_who_begins_in_a_minute():
    choice = choose(
        desk(person("ana", office("13:00-18:00")), person("bea", office())),
        replace(ASKING, accept_in=timedelta(minutes=15)),
    )

    assert (choice.person.person_id, codes(choice)["ana"]) == ("bea", "later")


def test_who_is_back_before_the_lead_is_due_can_take_it():
    back_tuesday = person("ana", office(leave=away((2, 20), (3, 2))))
    due_tuesday = replace(ASKING, due_at=datetime(2026, 3, 3, 9, tzinfo=UTC))

    assert choose(desk(back_tuesday), due_tuesday).person.person_id == "ana"
    assert choose(desk(back_tuesday), ASKING).code == "last_resort"


def test_leave_entered_day_by_day_is_one_absence_until_the_last_of_them():
    leave = by_the_hour((3, 2), (3, 6))
    away_all_week, other = person("ana", office(leave=leave)), person("bea")
    owner = Relation("account_owner", "ana", BECAUSE)
    choice = choose(desk(away_all_week, other), replace(ASKING, relations=(owner,)))

    assert choice.person.person_id == "bea"
    assert why(choice, "ana") == "it is theirs, but on leave until Monday 9 March 9:00"


def test_who_has_left_gets_nothing():
    gone = replace(person("ana"), is_active=False)
    choice = choose(desk(gone, person("bea")), ASKING)

    assert (choice.person.person_id, why(choice, "ana")) == ("bea", "does not work here any more")
