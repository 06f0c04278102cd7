"""A due time explains itself, in both languages."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from services.handoff.domain.calendar_words import counted, day_and_night, in_words, working
from services.handoff.domain.calendars import Calendar, SpecialDay, block
from services.handoff.domain.questions import Titles
from services.handoff.domain.working_time import NoWorkingTime, WorkingTime
from tests.unit.handoff.minute_by_minute import MINUTE, calendars_at

MADRID = ZoneInfo("Europe/Madrid")
EPIPHANY = {date(2025, 1, 6): Titles("Epifanía", "Epiphany")}
OFFICE = (*((block("09:00-18:00"),),) * 5, (), ())


def told(calendar: Calendar, start: str, length: timedelta) -> Titles:
    clock = WorkingTime(calendar)
    at = datetime.fromisoformat(start).replace(tzinfo=MADRID)
    return in_words(counted(clock, "Iberia", at, length, clock.due(at, length)))


@pytest.mark.parametrize(
    ("fields", "start", "minutes", "english", "spanish"),
    [
        pytest.param(
            {"public": lambda _: EPIPHANY},
            "2025-01-03 16:00",
            240,
            "counting 4 working hours of Iberia: Fri 16:00–18:00, Tue 9:00–11:00 "
            "(Europe/Madrid time); Monday 6 January is a holiday (Epiphany)",
            "contando 4 horas laborables de Iberia: vie 16:00–18:00, mar 9:00–11:00 "
            "(hora de Europe/Madrid); el lunes 6 de enero es festivo (Epifanía)",
            id="over a weekend and a holiday",
        ),
        pytest.param(
            {"days": {"12-24": SpecialDay(None, (block("09:00-14:00"),))}},
            "2026-12-24 13:30",
            90,
            "counting 1 working hour and 30 minutes of Iberia: Thu 13:30–14:00, Fri 9:00–10:00 "
            "(Europe/Madrid time); Thursday 24 December is worked 09:00–14:00",
            "contando 1 hora y 30 minutos laborables de Iberia: jue 13:30–14:00, vie 9:00–10:00 "
            "(hora de Europe/Madrid); el jueves 24 de diciembre se trabaja 09:00–14:00",
            id="half a day",
        ),
        pytest.param(
            {"week": ((block("22:00-06:00"),),) * 7},
            "2026-01-09 23:00",
            60 * 7,
            "counting 7 working hours of Iberia: Fri 23:00 – Sat 6:00 (Europe/Madrid time)",
            "contando 7 horas laborables de Iberia: vie 23:00 – sáb 6:00 (hora de Europe/Madrid)",
            id="over midnight",
        ),
        pytest.param(
            {"week": ((block("18:00-24:00"),),) * 7},
            "2026-01-09 18:00",
            360,
            "counting 6 working hours of Iberia: Fri 18:00–24:00 (Europe/Madrid time)",
            "contando 6 horas laborables de Iberia: vie 18:00–24:00 (hora de Europe/Madrid)",
            id="until midnight",
        ),
        pytest.param(
            {},
            "2026-01-07 09:00",
            60 * 9 * 8,
            "counting 72 working hours of Iberia: Wed 7 Jan 9:00–18:00, Thu 8 Jan 9:00–18:00, "
            "Fri 9 Jan 9:00–18:00, 4 more until Fri 16 Jan 9:00–18:00 (Europe/Madrid time)",
            "contando 72 horas laborables de Iberia: mié 7 ene 9:00–18:00, jue 8 ene 9:00–18:00, "
            "vie 9 ene 9:00–18:00, 4 más hasta vie 16 ene 9:00–18:00 (hora de Europe/Madrid)",
            id="many days, with their dates",
        ),
        pytest.param(
            {},
            "2026-01-07 09:00",
            0,
            "due at once: nothing to count",
            "vence al momento: nada que contar",
            id="nothing",
        ),
    ],
)
def test_a_due_time_says_what_was_counted(fields, start, minutes, english, spanish):
    calendar = Calendar(**({"zone": "Europe/Madrid", "week": OFFICE} | fields))

    said = told(calendar, start, minutes * MINUTE)

    assert said == Titles(spanish, english)


@pytest.mark.parametrize(
    ("length", "english", "spanish"),
    [
        (timedelta(hours=1), "1 working hour", "1 hora laborable"),
        (timedelta(minutes=15), "15 working minutes", "15 minutos laborables"),
        (timedelta(seconds=1), "1 working second", "1 segundo laborable"),
        (timedelta(days=1), "24 working hours", "24 horas laborables"),
    ],
)
def test_working_time_has_its_word(length, english, spanish):
    assert working(length, "en") == english
    assert working(length, "es") == spanish


def test_a_clock_that_never_rests_says_so():
    assert day_and_night(timedelta(minutes=15)) == Titles(
        "contando 15 minutos, de día y de noche", "counting 15 minutes, day and night"
    )


@given(calendars_at())
def test_every_due_time_can_be_told(drawn):
    calendar, start = drawn
    clock = WorkingTime(calendar)
    try:
        due_at = clock.due(start, 100 * MINUTE)
    except NoWorkingTime:
        return

    said = in_words(counted(clock, "Iberia", start, 100 * MINUTE, due_at))

    assert said.en.startswith("counting 1 working hour and 40 minutes of Iberia: ")
    assert said.es.startswith("contando 1 hora y 40 minutos laborables de Iberia: ")
