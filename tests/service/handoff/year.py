"""A year of two teams in virtual time: leads come, people answer, forget, go away and leave.

Nothing waits: the clock jumps to whatever happens next, a timer or something somebody does.
Who does what is drawn from a seed. Nobody here knows how owners are chosen or clocks are
counted; ``year_ledger`` says what must have come out.
"""

import heapq
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select

from services.handoff.domain.pauses import PAUSE_REASONS
from services.handoff.domain.policy import PolicyVersion, ResponseTarget
from services.handoff.handlers.calendars import add_calendar, change_calendar, change_hours
from services.handoff.handlers.pause_clocks import NewPause, pause_clocks, resume_clocks
from services.handoff.handlers.people import add_person, change_person
from services.handoff.handlers.read_answers import Besides
from services.handoff.handlers.set_consent import Said, set_consent
from services.handoff.handlers.teams import add_team, change_team
from services.handoff.handlers.territories import add_territory
from services.handoff.store import calendars, leaks, people
from services.handoff.store.people import Employee
from services.handoff.store.tables import HANDOFF, LEAD, TIMER, TOLD
from shared.access import Caller
from shared.ids import new_id, stable_id
from shared.problem import Problem
from tests.service.handoff.world import POLICY, World

ADMIN = Caller("key", "admin", frozenset({"admin"}))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST_DAY, DAYS = date(2026, 1, 1), 365
AFTERWARDS = 90 * DAY
"""Time for what is still open to be answered: no new leads come."""
AT_A_FAIR = 8
BOSS = stable_id("person", "boss")
WEEKDAYS = calendars.WEEKDAYS[:5]
NIGHT = ("22:00-06:00",)
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


@dataclass(frozen=True)
class Office:
    """Where a team is, and when it works there."""

    zone: str
    hours: tuple[str, ...]
    country: str


@dataclass
class Colleague:
    """Somebody, as they are in life."""

    person_id: str
    name: str
    team: str
    weight: float = 0
    cap: int | None = None
    pace: timedelta = HOUR
    """Of their working time, until they look at what came."""
    never_answers: bool = False
    zone: str = "UTC"
    away: list[tuple[datetime, datetime]] = field(default_factory=list)
    stints: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    """From when until when they worked here."""
    notices: list[tuple[datetime, date]] = field(default_factory=list)
    """When which last day was said."""

    def is_here(self, at: datetime) -> bool:
        """Return whether they work here."""
        return any(since <= at and (end is None or at < end) for since, end in self.stints)

    def leave_until(self, at: datetime) -> datetime | None:
        """Return when they are back from leave of a day or more; None: they are not away."""
        ends = (e for s, e in self.away if e - s >= DAY and s <= at < e)
        return max(ends, default=None)

    def leaves_within_a_week(self, at: datetime) -> bool:
        """Return whether it is known that their last day is less than a week away."""
        today = at.astimezone(ZoneInfo(self.zone)).date()
        known = [day for said, day in self.notices if said <= at]
        return self.is_here(at) and bool(known) and 0 <= (known[-1] - today).days < 7


class Year:
    """One seed's year: ``prepare`` it and ``live`` it, then look at the tables."""

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
        self._diary: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []
        self._order = itertools.count()

    @property
    def end(self) -> datetime:
        return _utc(FIRST_DAY) + DAYS * DAY + AFTERWARDS

    # --- before the year ----------------------------------------------------------------

    async def prepare(self) -> None:
        """Set up calendars, teams, people and territories, and fill the diary."""
        self.world.clock.moment = _utc(FIRST_DAY) - 20 * DAY
        boss = Colleague(BOSS, "boss", "", zone="Europe/Madrid")
        boss.stints.append((self.world.clock.now(), None))
        self.staff[BOSS] = boss
        await self.world.write(self._make_calendars)
        for name in self.offices:
            await self._make_team(name)
        await self._make_territories()
        for number in range(self.leads):
            self._at(self._some_moment(), partial(self._lead_comes, number))
        for number, day in enumerate((12, 130, 262)):
            at = _utc(FIRST_DAY + timedelta(days=day)) + 10 * HOUR
            self._at(at, partial(self._fair, number))
        for day in (60, 100, 200, 250):  # somebody finds out that a calendar was wrong
            self._at(_utc(FIRST_DAY + timedelta(days=day)) + 12 * HOUR, self._close_a_day)
        for _ in range(self.leads // 6):
            self._at(self._some_moment(), self._given_by_hand)
            self._at(self._some_moment(), self._claimed)
            self._at(self._some_moment(), self._consent_changes)
        for day in range(30, DAYS + AFTERWARDS.days, 30):
            self._at(_utc(FIRST_DAY + timedelta(days=day)), self._look_for_leaks)

    def _make_calendars(self, uow: Any) -> None:
        for name, office in self.offices.items():
            week = {day: list(office.hours) for day in WEEKDAYS}
            holidays = {"country": office.country}
            document = {"zone": office.zone, "week": week, "holidays": holidays, "days": {}}
            add_calendar(uow, ADMIN, name, name.title(), document)

    async def _make_team(self, name: str) -> None:
        team = [self._colleague(name, number) for number in range(self.random.randint(3, 5))]
        late = self._colleague(name, len(team))
        manager = self._colleague(name, 9)
        manager.weight, manager.cap, manager.never_answers = 0, None, False
        for one in (manager, *team):
            await self._write(partial(self._join, one=one))
        members = [_member(one) for one in (manager, *team)]

        def make(uow: Any) -> None:
            fields: Any = {
                "name": name,
                "fallback_id": BOSS,
                "fallbacks": [manager.person_id],
                "calendar": name,
                "members": members,
                "window_days": self.windows[name],
                "takes_leads": name == "iberia",
            }
            self.team_ids[name] = add_team(uow, ADMIN, fields).team_id

        await self._write(make)
        for one in team[2:]:
            if self.random.random() < 0.6:
                self._at(self._some_moment(), partial(self._leaves, one))
        self._at(self._some_moment(), lambda: self._joins_late(late, members))

    def _colleague(self, team: str, number: int) -> Colleague:
        zone, name = self.offices[team].zone, f"{team}{number}"
        one = Colleague(
            person_id=stable_id("person", name),
            name=name,
            team=team,
            weight=self.random.choice((0.5, 1.0, 1.0, 1.0, 2.0)),
            cap=self.random.choice((None, None, 1, 2, 6, 12)),
            pace=self.random.choice((HOUR / 6, HOUR, 3 * HOUR, 9 * HOUR)),
            never_answers=number > 0 and self.random.random() < 0.2,
            zone=zone,
        )
        for _ in range(self.random.randint(1, 4)):
            start = FIRST_DAY + timedelta(days=self.random.randint(0, DAYS))
            begins = datetime.combine(start, time(10), ZoneInfo(zone))
            if self.random.random() < 0.25:
                one.away.append((_moment(begins), _moment(begins + 2 * HOUR)))
                continue
            begins = begins.replace(hour=0)
            days = self.random.choice((1, 3, 7, 21)) * DAY
            one.away.append((_moment(begins), _moment(begins + days)))
        return one

    def _join(self, uow: Any, one: Colleague) -> None:
        entry = Employee(
            person_id=one.person_id,
            revision=0,
            name=one.name,
            email=f"{one.name}@ours.com",
            roles=["rep"] if one.weight else ["manager"],
            language="en",
            zone=one.zone,
            channels=[],
            active=True,
        )
        add_person(uow, ADMIN, entry)
        zone = ZoneInfo(one.zone)
        leave = [
            {
                "from": start.astimezone(zone).replace(tzinfo=None).isoformat(),
                "until": end.astimezone(zone).replace(tzinfo=None).isoformat(),
            }
            for start, end in one.away
        ]
        hours: Any = {"calendar": one.team, "leave": leave}
        if self.random.random() < 0.15:
            hours["week"] = {day: list(NIGHT) for day in WEEKDAYS}
        change_hours(uow, ADMIN, one.person_id, None, hours)
        one.stints.append((uow.now, None))
        self.staff[one.person_id] = one

    async def _make_territories(self) -> None:
        america = {"countries": ["US"], "team_id": self.team_ids["america"]}
        keeper = next(one for one in self.staff.values() if one.name == "iberia1")
        mexico = {"countries": ["MX"], "person_id": keeper.person_id}
        await self._write(lambda uow: add_territory(uow, ADMIN, "america", america))
        await self._write(lambda uow: add_territory(uow, ADMIN, "mexico", mexico))
        if self.random.random() < 0.5:
            self._at(self._some_moment(), lambda: self._gives_notice(keeper))

    # --- what happens -------------------------------------------------------------------

    async def live(self) -> None:
        """Let the year pass, and the time after it."""
        while True:
            timer, now_open = await self.world.read(_what_is_open)
            await self._notice_owners(now_open)
            action = self._diary[0][0] if self._diary else self.end
            moment = min(timer or self.end, action)
            if moment >= self.end:
                break
            self.world.clock.moment = max(self.world.clock.moment, moment)
            if timer is not None and timer <= moment:
                while await self.world.parts.timers.fire_due() == 0:
                    pass
            else:
                _, _, act = heapq.heappop(self._diary)
                await act()
        self.world.clock.moment = self.end
        await self._look_for_leaks()

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

    # --- what leads do ------------------------------------------------------------------

    async def _lead_comes(self, number: int) -> None:
        country = self.random.choice(("ES", "ES", "US", "US", "MX"))
        some = self.random.randint(1, self.leads // 3)
        company = f"company{some}.com" if self.random.random() < 0.4 else f"of{number}.com"
        who = f"lead{number}@{company}"
        await self._ask_for_a_demo(who, country)
        for _ in range(3):  # and ask again, when they were perhaps sent back
            if self.random.random() < 0.4:
                later = self.world.clock.now() + self.random.randint(2, 150) * DAY
                self._at(later, lambda: self._ask_for_a_demo(who, country))

    async def _ask_for_a_demo(self, who: str, country: str) -> None:
        if self.world.clock.now() < _utc(FIRST_DAY) + DAYS * DAY:
            facts = {"lead.country": country}
            await self.world.take(self.world.touch(who, "demo.requested", facts=facts))

    async def _fair(self, number: int) -> None:
        """Many leads at one moment, in one transaction."""
        touches = [
            self.world.touch(
                f"fair{number}@guest{place}-{number}.com",
                "demo.requested",
                facts={"lead.country": "ES"},
            )
            for place in range(AT_A_FAIR)
        ]
        await self.world.take(*touches)

    async def _consent_changes(self) -> None:
        known = select(LEAD.c.lead_id).where(LEAD.c.root_id == LEAD.c.lead_id)
        ids = await self.world.read(
            lambda conn: (
                conn.execute(known.order_by(LEAD.c.created_at, LEAD.c.lead_id)).scalars().all()
            )
        )
        if not ids:
            return
        lead_id = self.random.choice(ids)
        channel = self.random.choice(("all", "phone", "email"))
        said = Said(channel, self.random.choice(("refused", "granted")))
        await self._write(lambda uow: set_consent(uow, ADMIN, lead_id, [said], "call", "so said"))
        self.done["consent"] += 1

    # --- what colleagues do -------------------------------------------------------------

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

    def _present(self) -> list[Colleague]:
        now = self.world.clock.now()
        return [one for one in self.staff.values() if one.is_here(now)]

    async def _some_open(self, *where: Any) -> Any:
        there = select(HANDOFF).where(HANDOFF.c.closed_at.is_(None), *where)
        rows = await self.world.read(
            lambda conn: conn.execute(there.order_by(HANDOFF.c.decided_at, HANDOFF.c.lead_id)).all()
        )
        return self.random.choice(rows) if rows else None

    async def _leaves(self, one: Colleague) -> None:
        if self.random.random() < 0.7:
            await self._gives_notice(one)
        else:
            await self._change(one, {"active": False})
            self._is_gone(one, self.world.clock.now())

    async def _gives_notice(self, one: Colleague) -> None:
        now = self.world.clock.now()
        last_day = now.date() + timedelta(days=self.random.randint(1, 30))
        await self._change(one, {"last_day": last_day})
        one.notices.append((now, last_day))
        midnight = datetime.combine(last_day + timedelta(days=1), time(), ZoneInfo(one.zone))
        self._is_gone(one, _moment(midnight))

    def _is_gone(self, one: Colleague, at: datetime) -> None:
        since, _ = one.stints.pop()
        one.stints.append((since, at))
        self.done["left"] += 1
        if self.random.random() < 0.4:
            back = at + self.random.randint(5, 60) * DAY
            self._at(back, lambda: self._comes_back(one))

    async def _comes_back(self, one: Colleague) -> None:
        await self._change(one, {"active": True})
        one.stints.append((self.world.clock.now(), None))
        one.notices.clear()
        self.done["came back"] += 1

    async def _change(self, one: Colleague, changes: dict[str, Any]) -> None:
        await self._write(lambda uow: change_person(uow, ADMIN, one.person_id, None, changes))

    async def _joins_late(self, one: Colleague, members: list[dict[str, Any]]) -> None:
        await self._write(lambda uow: self._join(uow, one))
        fields: Any = {"members": [*members, _member(one)]}
        team_id = self.team_ids[one.team]
        await self._write(lambda uow: change_team(uow, ADMIN, team_id, None, fields))
        self.done["joined late"] += 1

    async def _close_a_day(self) -> None:
        now = self.world.clock.now()
        day = (now + self.random.randint(1, 10) * DAY).date()
        name = self.random.choice(sorted(self.offices))
        self.closed_days[name].append((now, day))

        def change(uow: Any) -> None:
            before = calendars.find(uow.conn, name)
            assert before is not None
            closed = {"title": {"es": "Cerrado", "en": "Closed"}, "hours": []}
            days = {**before.document["days"], day.isoformat(): closed}
            change_calendar(uow, ADMIN, name, None, {"days": days})

        await self._write(change)

    async def _look_for_leaks(self) -> None:
        now = self.world.clock.now()
        found = await self.world.read(lambda conn: leaks.counts(conn, now))
        self.leaks.append((now, {str(kind): count for kind, count in found.items() if count}))

    # ------------------------------------------------------------------------------------

    async def _handoff(self, handoff_id: str) -> Any:
        find = select(HANDOFF).where(HANDOFF.c.handoff_id == handoff_id)
        return await self.world.read(lambda conn: conn.execute(find).one())

    async def _write(self, work: Callable[[Any], Any]) -> None:
        await self.world.write(work)

    def _at(self, moment: datetime, act: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self._diary, (moment, next(self._order), act))

    def _some_moment(self) -> datetime:
        return _utc(FIRST_DAY) + self.random.random() * DAYS * DAY


def promising(within: timedelta) -> PolicyVersion:
    """Return the policy of the year: its promises are counted on the team's calendar."""
    response = {tier: ResponseTarget(tier, within, 3 * within, "team") for tier in ("hot", "warm")}
    return replace(POLICY, response=response, cool_down=20 * DAY)


def _what_is_open(conn: Any) -> tuple[datetime | None, Any]:
    armed = select(func.min(TIMER.c.try_at)).where(TIMER.c.state == "armed")
    now_open = select(HANDOFF.c.handoff_id, HANDOFF.c.lead_id, HANDOFF.c.owner_id).where(
        HANDOFF.c.closed_at.is_(None)
    )
    rows = conn.execute(now_open.order_by(HANDOFF.c.decided_at, HANDOFF.c.lead_id)).all()
    return conn.execute(armed).scalar(), rows


def _member(one: Colleague) -> dict[str, Any]:
    return {"person_id": one.person_id, "weight": one.weight, "cap": one.cap}


def _moment(wall: datetime) -> datetime:
    return wall.astimezone(UTC)


def _utc(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
