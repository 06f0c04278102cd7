"""How teams of a ``Year`` are made, and how people join, are away, leave and come back."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from services.handoff.handlers.calendars import add_calendar, change_calendar, change_hours
from services.handoff.handlers.people import add_person, change_person
from services.handoff.handlers.teams import add_team, change_team
from services.handoff.handlers.territories import add_territory
from services.handoff.store import calendars
from services.handoff.store.people import Employee
from shared.access import Caller
from shared.ids import stable_id
from tests.service.handoff.year_people import BOSS, DAY, HOUR, NIGHT, WEEKDAYS, Colleague, member_of
from tests.service.handoff.year_state import DAYS, FIRST_DAY, Course, in_utc

ADMIN = Caller("key", "admin", frozenset({"admin"}))


class Staff(Course):
    """A course with people in it."""

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
        members = [member_of(one) for one in (manager, *team)]

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
                self._leaving.add(one.name)
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
                one.away.append((in_utc(begins), in_utc(begins + 2 * HOUR)))
                continue
            begins = begins.replace(hour=0)
            days = self.random.choice((1, 3, 7, 21)) * DAY
            one.away.append((in_utc(begins), in_utc(begins + days)))
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
            self._leaving.add(keeper.name)
            self._at(self._some_moment(), lambda: self._gives_notice(keeper))

    def _present(self) -> list[Colleague]:
        now = self.world.clock.now()
        return [one for one in self.staff.values() if one.is_here(now)]

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
        self._is_gone(one, in_utc(midnight))

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
        fields: Any = {"members": [*members, member_of(one)]}
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
