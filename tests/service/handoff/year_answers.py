"""How people of a ``Year`` look at what came, answer it, work on it, pause it or forget it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import insert, select

from services.handoff.domain.pauses import PAUSE_REASONS
from services.handoff.handlers.pause_clocks import NewPause, pause_clocks, resume_clocks
from services.handoff.handlers.read_answers import Besides
from services.handoff.store import calendars, people
from services.handoff.store.tables import HANDOFF, TOLD
from shared.ids import new_id
from shared.problem import Problem
from tests.service.handoff.year_people import BOSS, DAY, HOUR
from tests.service.handoff.year_staff import Staff

UNWORKED = (
    "not_our_market",
    "wrong_person",
    "bad_data",
    "already_worked",
    "existing_customer",
    "not_now",
    "not_now",
    "not_a_buyer",
    "do_not_contact",
    "other",
)
PLANS = (
    ("attempt", "talked", "won"),
    ("talked", "sql", "opportunity", "won"),
    ("talked", "lost"),
    ("attempt", "not_now"),
    ("attempt", "attempt", "attempt", "attempt", "no_reply"),
    ("lost",),
)


class Answers(Staff):
    """A course in which people answer, each at their pace."""

    async def _notice_owners(self, rows: Any) -> None:
        """Tell whoever got a hand-off just now; they look at it in their own time."""
        told = []
        for row in rows:
            if self._seen.get(row.handoff_id) == row.owner_id:
                continue
            self._seen[row.handoff_id] = row.owner_id
            told.append(self._told(row))
            await self._will_look(row.handoff_id, row.owner_id)
        if told:
            await self._write(lambda uow: uow.conn.execute(insert(TOLD), told))

    def _told(self, row: Any) -> dict[str, Any]:
        return {
            "delivery_id": new_id(),
            "succeeded": True,
            "handoff_id": row.handoff_id,
            "lead_id": row.lead_id,
            "event_type": "handoff.assigned.v1",
            "channel": "email",
            "person_id": row.owner_id,
            "told_at": self.world.clock.now(),
        }

    async def _will_look(self, handoff_id: str, person_id: str) -> None:
        one = self.staff.get(person_id)
        if one is None or one.never_answers:
            return
        at = await self._in_their_hours(person_id, self.random.random() * 2 * one.pace)
        if at is not None:
            self._at(at, lambda: self._looks(handoff_id, person_id))

    async def _in_their_hours(self, person_id: str, wait: timedelta) -> datetime | None:
        now = self.world.clock.now()
        working = await self.world.read(lambda conn: calendars.person_time(conn, person_id))
        try:
            return working.due(now, wait)
        except ValueError:  # they leave before
            return None

    async def _looks(self, handoff_id: str, person_id: str) -> None:
        row = await self._handoff(handoff_id)
        if not self.staff[person_id].is_here(self.world.clock.now()):
            return
        if row.closed_at is not None or row.owner_id != person_id:
            if self.random.random() < 0.5:
                await self._say_late(row, person_id)
            return
        if row.stage != "assigned":
            await self._works(handoff_id, person_id)
            return
        roll = self.random.random()
        if roll < 0.1:
            await self._pauses(handoff_id, person_id)
        elif roll < 0.35:
            reason = self.random.choice(UNWORKED)
            await self._say(handoff_id, person_id, "reject", **self._besides(reason))
        else:
            await self._say(handoff_id, person_id, "accept")
            await self._works(handoff_id, person_id)

    def _besides(self, reason: str) -> dict[str, Any]:
        said: dict[str, Any] = {"reason": reason, "text": "so it is"}
        if reason == "wrong_person" and self.random.random() < 0.5:
            who = f"right{self.random.randint(1, 10**6)}@company.com"
            said["besides"] = Besides(right_email=who, right_name="The Right One")
        return said

    async def _say_late(self, before: Any, person_id: str) -> None:
        self.done["answered late"] += 1
        await self._say(before.handoff_id, person_id, "accept")
        after = await self._handoff(before.handoff_id)
        if before.closed_at is not None:
            is_same = (before.stage, before.closed_at) == (after.stage, after.closed_at)
            self.reopened += [] if is_same else [before.handoff_id]

    async def _works(self, handoff_id: str, person_id: str) -> None:
        hours = 0.0
        for kind in self.random.choice(PLANS):
            hours += self.random.random() * 12
            at = await self._in_their_hours(person_id, hours * HOUR)
            if at is not None:
                self._at(at, partial(self._work, handoff_id, person_id, kind))

    async def _work(self, handoff_id: str, person_id: str, kind: str) -> None:
        amount = {"amount": 1000.0, "currency": "EUR"}
        match kind:
            case "won" | "opportunity":
                await self._say(handoff_id, person_id, kind, **amount)
            case "lost":
                await self._say(handoff_id, person_id, kind, reason="price")
            case "not_now" | "no_reply":
                await self._say(handoff_id, person_id, "reject", reason=kind)
            case _:
                await self._say(handoff_id, person_id, kind)

    async def _pauses(self, handoff_id: str, person_id: str) -> None:
        now = self.world.clock.now()
        until = now + self.random.randint(1, 20) * DAY
        reason = self.random.choice(PAUSE_REASONS)
        await self._ask_clocks(
            person_id, lambda uow, who: pause_clocks(uow, handoff_id, who, NewPause(reason, until))
        )
        back = now + self.random.choice((0.5, 1.01, 1.1)) * (until - now)
        self._at(back, lambda: self._resumes(handoff_id, person_id))

    async def _resumes(self, handoff_id: str, person_id: str) -> None:
        await self._ask_clocks(person_id, lambda uow, who: resume_clocks(uow, handoff_id, who))
        await self._will_look(handoff_id, person_id)

    async def _ask_clocks(self, person_id: str, ask: Callable[[Any, Any], None]) -> None:
        try:
            await self._write(lambda uow: ask(uow, people.find_person(uow.conn, person_id)))
            self.done["pauses"] += 1
        except Problem as problem:
            self.refused[problem.code] += 1

    async def _say(self, handoff_id: str, person_id: str, kind: str, **said: Any) -> None:
        if not self.staff[person_id].is_here(self.world.clock.now()):
            return
        try:
            await self.world.answer(handoff_id, kind, person_id, **said)
            self.done[kind] += 1
        except Problem as problem:
            if problem.status != 409 and problem.code != "attempts_required":
                raise
            self.refused[problem.code] += 1

    async def _given_by_hand(self) -> None:
        row = await self._some_open()
        others = [one for one in self._present() if row is None or one.person_id != row.owner_id]
        if row is not None and others:
            to = self.random.choice(others).person_id
            await self._say(row.handoff_id, BOSS, "reassign", to=to, text="you know them")

    async def _claimed(self) -> None:
        row = await self._some_open(HANDOFF.c.stage == "assigned")
        if row is not None:
            await self._say(row.handoff_id, self.random.choice(self._present()).person_id, "accept")

    async def _some_open(self, *where: Any) -> Any:
        there = select(HANDOFF).where(HANDOFF.c.closed_at.is_(None), *where)
        rows = await self.world.read(
            lambda conn: conn.execute(there.order_by(HANDOFF.c.decided_at, HANDOFF.c.lead_id)).all()
        )
        return self.random.choice(rows) if rows else None
