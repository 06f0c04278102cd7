"""A year of two teams in virtual time: leads come, people answer, forget, go away and leave.

Nothing waits: the clock jumps to whatever happens next, a timer or something somebody does.
Who does what is drawn from a seed. Nobody here knows how owners are chosen or clocks are
counted; ``year_ledger`` says what must have come out.
"""

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select

from services.handoff.domain.policy import PolicyVersion, ResponseTarget
from services.handoff.handlers.set_consent import Said, set_consent
from services.handoff.store import leaks
from services.handoff.store.tables import HANDOFF, LEAD, TIMER
from tests.service.handoff.world import POLICY
from tests.service.handoff.year_answers import Answers
from tests.service.handoff.year_people import BOSS, DAY, HOUR, Colleague
from tests.service.handoff.year_staff import ADMIN
from tests.service.handoff.year_state import AFTERWARDS, DAYS, FIRST_DAY, utc_midnight

FAIRS = (12, 130, 262)
AT_A_FAIR = 8


class Year(Answers):
    """One seed's year: ``prepare`` it and ``live`` it, then look at the tables."""

    async def prepare(self) -> None:
        """Set up calendars, teams, people and territories, and fill the diary."""
        self.world.clock.moment = utc_midnight(FIRST_DAY) - 20 * DAY
        boss = Colleague(BOSS, "boss", "", zone="Europe/Madrid")
        boss.stints.append((self.world.clock.now(), None))
        self.staff[BOSS] = boss
        await self.world.write(self._make_calendars)
        for name in self.offices:
            await self._make_team(name)
        await self._make_territories()
        for number in range(self.leads):
            self._at(self._some_moment(), partial(self._lead_comes, number))
        if not self._leaving:
            leaver = next(one for one in self.staff.values() if one.name == "america2")
            self._at(utc_midnight(FIRST_DAY) + 200 * DAY, partial(self._leaves, leaver))
        for number, day in enumerate(FAIRS):
            at = utc_midnight(FIRST_DAY + timedelta(days=day)) + 10 * HOUR
            self._at(at, partial(self._fair, number))
        for day in (60, 100, 200, 250):  # somebody finds out that a calendar was wrong
            self._at(utc_midnight(FIRST_DAY + timedelta(days=day)) + 12 * HOUR, self._close_a_day)
        for _ in range(self.leads // 6):
            self._at(self._some_moment(), self._given_by_hand)
            self._at(self._some_moment(), self._claimed)
            self._at(self._some_moment(), self._consent_changes)
        for day in range(30, DAYS + AFTERWARDS.days, 30):
            self._at(utc_midnight(FIRST_DAY + timedelta(days=day)), self._look_for_leaks)

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
        if self.world.clock.now() < utc_midnight(FIRST_DAY) + DAYS * DAY:
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
        if number == len(FAIRS) - 1:
            await self._make_up_for_what_never_happened()

    async def _make_up_for_what_never_happened(self) -> None:
        """Do what the dice have left out so far, so that every year has all of it."""
        _, rows = await self.world.read(_what_is_open)
        fresh = [row for row in rows if row.handoff_id not in self._seen]
        others = [one for one in self._present() if one.person_id != fresh[0].owner_id]
        given = {"to": others[0].person_id, "text": "you know them"}
        ways: dict[str, Callable[[], Awaitable[None]]] = {
            "reassign": lambda: self._say(fresh[0].handoff_id, BOSS, "reassign", **given),
            "accept": lambda: self._say(fresh[1].handoff_id, fresh[1].owner_id, "accept"),
            "reject": lambda: self._say(
                fresh[2].handoff_id, fresh[2].owner_id, "reject", reason="not_our_market"
            ),
            "pauses": lambda: self._pauses(fresh[3].handoff_id, fresh[3].owner_id),
            "consent": self._consent_changes,
        }
        for what, make_up in ways.items():
            if not self.done[what]:
                await make_up()

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

    async def _look_for_leaks(self) -> None:
        now = self.world.clock.now()
        found = await self.world.read(lambda conn: leaks.counts(conn, now))
        self.leaks.append((now, {str(kind): count for kind, count in found.items() if count}))


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
