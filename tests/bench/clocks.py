"""Due times per second, on a calendar with breaks, holidays, leave and clock changes."""

import time
from datetime import UTC, datetime, timedelta

from services.handoff.domain.calendars import Calendar, Leave, SpecialDay, block
from services.handoff.domain.questions import Titles
from services.handoff.domain.working_time import WorkingTime
from tests.bench.figures import Figure

DUE_TIMES = 200_000
LEAST_PER_S = 20_000
START = datetime(2026, 1, 1, tzinfo=UTC)


async def run() -> list[Figure]:
    """Measure due times at moments spread over ten years, of a minute to ten working days."""
    working = WorkingTime(_calendar())
    began = time.perf_counter()
    for number in range(DUE_TIMES):
        start = START + timedelta(minutes=number * 7_919 % 5_256_000)
        working.due(start, timedelta(minutes=1 + number % 4_800))
    rate = DUE_TIMES / (time.perf_counter() - began)
    name = "due times on a calendar per second"
    return [Figure(name, rate, "/s", LEAST_PER_S, rate >= LEAST_PER_S)]


def _calendar() -> Calendar:
    split = (block("09:00-14:00"), block("16:00-19:00"))
    days = {f"{month:02d}-01": SpecialDay(Titles("Fiesta", "Holiday")) for month in range(1, 13)}
    leave = tuple(
        Leave(datetime.fromisoformat(f"{year}-08-03"), datetime.fromisoformat(f"{year}-08-20"))
        for year in range(2026, 2036)
    )
    return Calendar("Europe/Madrid", (*(split,) * 5, (), ()), days, leave=leave)
