"""Clocks with pauses, pure: what is left when one begins is left when it ends."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.calendars import Calendar, block
from services.handoff.domain.clock import EveryHour, Pause, due_at, spent
from services.handoff.domain.ladder import STEP_NAMES, USUAL_LADDER, Ladder
from services.handoff.domain.working_time import WorkingTime

START = datetime(2026, 3, 6, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = WorkingTime(Calendar("Europe/Madrid", ((block("09:00-18:00"),),) * 5 + ((), ())))


@st.composite
def pauses(draw: st.DrawFn) -> tuple[Pause, ...]:
    """Pauses one after the other, as a hand-off can have them."""
    found, at = [], START
    for _ in range(draw(st.integers(0, 4))):
        began_at = at + timedelta(minutes=draw(st.integers(0, 5000)))
        at = began_at + timedelta(minutes=draw(st.integers(1, 5000)))
        found.append(Pause(began_at, at))
    return tuple(found)


@given(pauses(), st.integers(1, 3000), st.sampled_from([EveryHour(), OFFICE]))
def test_until_it_is_due_exactly_what_was_promised_is_counted(stops, minutes, time):
    within = timedelta(minutes=minutes)
    due = due_at(time, START, within, stops)

    assert spent(time, START, due, stops).counted == within
    assert not any(pause.began_at < due < pause.until for pause in stops)


@given(pauses(), st.integers(1, 3000), st.integers(1, 3000))
def test_a_pause_never_makes_anything_due_earlier(stops, minutes, more):
    within = timedelta(minutes=minutes)
    due = due_at(OFFICE, START, within, stops)

    assert due >= due_at(OFFICE, START, within, stops[:-1])
    assert due_at(OFFICE, START, within + timedelta(minutes=more), stops) > due


def test_a_pause_over_the_night_takes_only_its_working_hours_apart():
    pause = Pause(START + HOUR, START + HOUR + timedelta(days=3))  # Friday to Monday at 17:00
    took = spent(OFFICE, START, START + timedelta(days=4), [pause])

    assert took.wall == timedelta(days=4)
    assert took.paused == timedelta(days=3)
    assert took.counted == 9 * HOUR  # an hour on Friday, one on Monday, seven on Tuesday


def test_a_ladder_knows_its_next_step():
    names = [None, *STEP_NAMES]

    after = [step.name if (step := USUAL_LADDER.after(name)) else None for name in names]
    assert after == [*STEP_NAMES, None]
    assert USUAL_LADDER.after("reassign", is_share=True) is None
    assert Ladder(manager=80).after(None) == ("manager", 80)
    assert Ladder(manager=80).after("manager") is None
