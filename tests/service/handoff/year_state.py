"""What everybody in a ``Year`` shares: the world, its calendar, the dice and the diary."""

import heapq
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from services.handoff.store.tables import HANDOFF
from tests.service.handoff.world import World
from tests.service.handoff.year_people import DAY, NIGHT, Colleague, Office

FIRST_DAY, DAYS = date(2026, 1, 1), 365
AFTERWARDS = 90 * DAY
"""Time for what is still open to be answered: no new leads come."""


class Course:
    """The course of a year: what was done in it, and in the diary what is to come."""

    def __init__(self, world: World, seed: int, leads: int, within: timedelta) -> None:
        self.world = world
        self.random = Random(seed)
        self.leads = leads
        self.within = within
        america = ("09:00-17:30",) if self.random.random() < 0.7 else NIGHT
        self.offices = {
            "iberia": Office("Europe/Madrid", ("09:00-14:00", "16:00-19:00"), "ES"),
            "america": Office("America/New_York", america, "US"),
        }
        self.closed_days: dict[str, list[tuple[datetime, date]]] = {"iberia": [], "america": []}
        """For each calendar when a day was closed that counted before."""
        self.windows = {name: self.random.choice((7, 14, 30, 90)) for name in self.offices}
        self.team_ids: dict[str, str] = {}
        self.staff: dict[str, Colleague] = {}
        self.leaks: list[tuple[datetime, dict[str, int]]] = []
        self.reopened: list[str] = []
        self.refused: Counter[str] = Counter()
        """Answers that were refused, by the code."""
        self.done: Counter[str] = Counter()
        self._seen: dict[str, str] = {}
        self._leaving: set[str] = set()
        self._diary: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []
        self._order = itertools.count()

    @property
    def end(self) -> datetime:
        return utc_midnight(FIRST_DAY) + DAYS * DAY + AFTERWARDS

    async def _handoff(self, handoff_id: str) -> Any:
        find = select(HANDOFF).where(HANDOFF.c.handoff_id == handoff_id)
        return await self.world.read(lambda conn: conn.execute(find).one())

    async def _write(self, work: Callable[[Any], Any]) -> None:
        await self.world.write(work)

    def _at(self, moment: datetime, act: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self._diary, (moment, next(self._order), act))

    def _some_moment(self) -> datetime:
        return utc_midnight(FIRST_DAY) + self.random.random() * DAYS * DAY


def in_utc(wall: datetime) -> datetime:
    """Return what the clock on the wall shows as a moment in UTC."""
    return wall.astimezone(UTC)


def utc_midnight(day: date) -> datetime:
    """Return when a day begins in UTC."""
    return datetime.combine(day, time(), UTC)
