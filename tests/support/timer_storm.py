"""Many deadlines due at nearly the same time, and three processes to fire them that get killed."""

import asyncio
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, insert, select

from services.handoff.store.deadlines import save as save_deadlines
from services.handoff.store.tables import (
    HANDOFF,
    LEAD,
    OUTBOX,
    PERSON,
    POLICY_VERSION,
    STEP,
    TABLES,
    TEAM,
    TIMER,
)
from shared.bulk import bulk_insert
from shared.db import Database, chunks
from shared.ids import new_id, stable_id
from shared.timers import Timer
from tests.support.processes import Child
from tests.support.timer_process import OWNER, parts_of

PROCESSES = 3
POLICY = """
policy: storm
signals:
  demo: {touch: demo.requested, points: 100}
gates:
  asked: {tier: hot, when: {signal: demo}}
response:
  hot: {accept_in: 15m, first_attempt_in: 1h, ladder: {manager: 100%}}
"""
VERSION = stable_id("version", "storm")
TEAM_ID = stable_id("team", "storm")
BOSS, REP = stable_id("person", "boss"), stable_id("person", "rep")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the timers."""

    armed: int
    fired: int
    early: int
    """Timers that fired before they were due."""
    told: int
    """Escalations written down."""
    told_twice: int
    """Hand-offs with more than one."""
    events: int
    kills: int
    took_s: float
    """From the first due time until the last timer had fired."""
    latest_s: float

    def __str__(self) -> str:
        """Return the figures in a line."""
        return (
            f"{self.fired} of {self.armed} timers fired, {self.early} early, {self.told_twice} "
            f"twice, {self.events} events, {self.kills} kills, {self.took_s:.0f} s, the latest "
            f"{self.latest_s:.0f} s after it was due"
        )


class Storm:
    """``count`` hand-offs nobody answers, due within ``within``, and who fires their timers."""

    def __init__(self, url: str, directory: Path, count: int, within: timedelta):
        self._url, self._directory, self._count, self._within = url, directory, count, within
        self._db = Database(url, "handoff", TABLES)

    async def ride_out(self, kills: int, every_s: float, most_s: float) -> Outcome:
        """Arm the timers, kill a process every ``every_s``, and wait for the last one to fire."""
        await self._db.start()
        try:
            first = await self._db.write(self._prepare)
            children = [self._start(number) for number in range(PROCESSES)]
            try:
                killed = await self._kill(children, first, kills, every_s)
                await self._until_none_is_armed(children, most_s)
            finally:
                for child in children:
                    child.kill()
            return await self._db.read(lambda conn: self._look(conn, first, killed))
        finally:
            await self._db.stop()

    async def _kill(
        self, children: list[Child], first: datetime, kills: int, every_s: float
    ) -> int:
        now = await self._db.read(self._db.now)
        await asyncio.sleep(max(0.0, (first - now).total_seconds()))
        for number in range(kills):
            began, place = monotonic(), number % PROCESSES
            children[place].kill()
            children[place] = self._start(place)
            await asyncio.sleep(max(0.0, every_s - (monotonic() - began)))
        return kills

    async def _until_none_is_armed(self, children: list[Child], most_s: float) -> None:
        armed = select(TIMER.c.id).where(TIMER.c.state == "armed").limit(1)
        async with asyncio.timeout(most_s):
            while await self._db.read(lambda conn: conn.execute(armed).first()):
                for child in children:
                    child.check()
                await asyncio.sleep(0.2)

    def _start(self, number: int) -> Child:
        command = [sys.executable, "-m", "tests.support.timer_process", self._url]
        return Child(command, self._directory / f"timers-{number}.log")

    def _prepare(self, conn: Connection) -> datetime:
        """Store hand-offs and their timers; return when the first of them is due."""
        now = self._db.now(conn)
        _add_staff(conn, now)
        first = now + timedelta(seconds=5 + self._count / 5_000)
        step = self._within / self._count
        numbers = list(range(self._count))
        timers = parts_of(self._db).timers
        for some in chunks(numbers, 5_000):
            due = {new_id(): first + step * number for number in some}
            leads = {handoff_id: new_id() for handoff_id in due}
            _add_rows(conn, LEAD, [_lead(lead_id, now) for lead_id in leads.values()])
            _add_rows(conn, HANDOFF, [_handoff(one, leads[one], at) for one, at in due.items()])
            save_deadlines(conn, [_deadline(one, at) for one, at in due.items()])
            timers.arm(conn, [Timer("accept", one, 1, at) for one, at in due.items()])
        return first

    def _look(self, conn: Connection, first: datetime, kills: int) -> Outcome:
        timers = conn.execute(select(TIMER.c.due_at, TIMER.c.settled_at, TIMER.c.state)).all()
        fired = [row for row in timers if row.state == "fired"]
        steps = list(conn.execute(select(STEP.c.handoff_id).where(STEP.c.kind == "escalated")))
        kind = OUTBOX.c.type == "handoff.escalated.v1"
        events = len(conn.execute(select(OUTBOX.c.id).where(kind)).all())
        told = [row.handoff_id for row in steps]
        return Outcome(
            armed=self._count,
            fired=len(fired),
            early=sum(row.settled_at < row.due_at for row in fired),
            told=len(told),
            told_twice=len(told) - len(set(told)),
            events=events,
            kills=kills,
            took_s=(max(row.settled_at for row in fired) - first).total_seconds(),
            latest_s=max((row.settled_at - row.due_at).total_seconds() for row in fired),
        )


def _add_rows(conn: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    bulk_insert(conn, table, tuple(rows[0]), [tuple(row.values()) for row in rows], "refuse")


def _add_staff(conn: Connection, now: datetime) -> None:
    for person_id, email in ((BOSS, OWNER), (REP, "rep@ours.com")):
        conn.execute(insert(PERSON).values(**_person(person_id, email)))
    team = {"team_id": TEAM_ID, "revision": 1, "name": "Storm", "fallback_id": BOSS}
    conn.execute(insert(TEAM).values(**team, takes_leads=True))
    version = {"version_id": VERSION, "policy": "storm", "number": 1, "text": POLICY}
    state: dict[str, Any] = {"digest": "", "state": "draft", "agreement": "trial"}
    state |= {"created_at": now, "created_by": "test"}
    conn.execute(insert(POLICY_VERSION).values(**version, **state))


def _person(person_id: str, email: str) -> dict[str, Any]:
    named = {"person_id": person_id, "revision": 1, "name": email, "email": email}
    where = {"language": "en", "zone": "UTC", "channels": [], "active": True}
    return named | where | {"roles": ["rep"]}


def _lead(lead_id: str, now: datetime) -> dict[str, Any]:
    return {
        "lead_id": lead_id,
        "root_id": lead_id,
        "is_known": True,
        "identifiers": 1,
        "facts": {},
        "consent": {},
        "sequence": 0,
        "first_seen_at": now,
        "created_at": now,
    }


def _handoff(handoff_id: str, lead_id: str, due_at: datetime) -> dict[str, Any]:
    return {
        "handoff_id": handoff_id,
        "lead_id": lead_id,
        "policy": "storm",
        "cycle": 1,
        "version_id": VERSION,
        "version": 1,
        "agreement": "trial",
        "gate": "asked",
        "tier": "hot",
        "stage": "assigned",
        "lead_name": "Somebody",
        "owner_id": REP,
        "team_id": TEAM_ID,
        "engagement": 100.0,
        "fit": 0.0,
        "decided_at": due_at - timedelta(minutes=15),
        "due_at": due_at,
        "attempts": 0,
        "snapshot": b"{}",
    }


def _deadline(handoff_id: str, due_at: datetime) -> dict[str, Any]:
    return {
        "handoff_id": handoff_id,
        "kind": "accept",
        "step": 1,
        "starts_at": due_at - timedelta(minutes=15),
        "within_s": 900,
        "due_at": due_at,
        "asked": "always",
        "calendar": "always",
        "explanation": {},
        "ladder_step": "manager",
    }
