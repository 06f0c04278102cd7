"""Random histories, lived through by production's own handlers.

People with several identifiers at a few companies do what the policy asks for and what it
does not; machines imitate them; news is late, repeated, and cut into batches at random;
leads turn out to be one, by identifiers and by hand, and are parted again; sales answers,
late and in every way; cool-downs end. Everything comes from a seed.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from services.handoff.handlers.allow_leads import allow
from services.handoff.handlers.merge_leads import merge_leads, unmerge_lead
from services.handoff.handlers.read_answers import Besides
from services.handoff.handlers.right_person import introduce
from services.handoff.handlers.set_consent import Said, set_consent
from services.handoff.handlers.settle_requests import mend
from services.handoff.policy_document import compile_policy
from services.handoff.store.overrides import open_requests
from services.handoff.store.scope_tables import OVERRIDE
from services.handoff.store.tables import HANDOFF, LEAD, MERGE
from shared.access import Caller
from shared.contracts import Envelope
from shared.problem import Problem
from tests.service.handoff.world import World

TEXT = """
policy: b2b
title: {en: "Ready", es: "Listo"}
signals:
  demo: {touch: [demo.requested, meeting.booked], points: 100, within: 30d}
  guide:
    touch: content.downloaded
    where: {content.topic: [pricing]}
    points: 30
    at_most: 2
    distinct_by: content.id
    half_life: 5d
    within: 40d
  reading: {touch: content.downloaded, points: 8, at_most: 3, half_life: 7d}
  webinar: {touch: webinar.attended, points: 25, at_most: 2, half_life: 9d, within: 60d}
  opened: {touch: email.opened, points: 1, at_most: 4, weak: true}
  jobs: {touch: careers.viewed, points: -40, within: 4d}
fit:
  decides: {when: {lead.title: {contains: [cto, head]}}, points: 30}
  big: {when: {account.employees: {at_least: 50}}, points: 20}
  student: {when: {lead.title: {contains: [student]}}, points: -50}
exclude:
  rival: {when: {account.domain: [rival.com]}}
  customer: {when: {account.customer: true}}
gates:
  asked: {tier: hot, when: {all: [{signal: demo}, {not: {signal: jobs, within: 4d}}]}}
  engaged:
    tier: warm
    when: {all: [{fit: {at_least: 20}}, {engagement: {at_least: 40}}, {different_signals: {at_least: 2}}]}
cool_down: 3d
response:
  hot: {accept_in: 15m, first_attempt_in: 1h}
  warm: {accept_in: 4h, first_attempt_in: 1d}
reject_reasons:
  not_now: {effect: recycle, after: 6d}
  bad_data: {effect: fix}
  do_not_contact: {effect: opt_out}
  not_our_market: {effect: suppress}
  not_a_buyer: {effect: exclude}
  wrong_person: {effect: ask_right_person}
  already_worked: {effect: join}
  existing_customer: {effect: owner}
  other: {effect: text}
"""  # noqa: E501 - a policy is read line by line
COMPILED = compile_policy(TEXT).version
assert COMPILED is not None
VERSION = COMPILED
REASONS = tuple(VERSION.reasons_by_name)
MIA = Caller("key", "Mia", frozenset(), None)

KINDS = {
    "email.opened": 5,
    "page.viewed": 3,
    "content.downloaded": 7,
    "webinar.attended": 4,
    "demo.requested": 2,
    "meeting.booked": 1,
    "careers.viewed": 2,
}
TITLES = ("CTO", "Head of IT", "Student", "Buyer")
COMPANIES = ("acme.com", "globex.com", "initech.com", "rival.com", "gmail.com")
LATE = timedelta(days=100)
PEOPLE = 24


@dataclass
class Somebody:
    """A person and the identifiers they use."""

    identifiers: list[str]


@dataclass
class Life:
    """One random history."""

    world: World
    seed: int
    chance: random.Random = field(init=False)
    people: list[Somebody] = field(init=False)
    sent: list[Envelope] = field(default_factory=list)
    pending: list[Envelope] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.people = [self._person(number) for number in range(PEOPLE)]

    async def live(self, steps: int) -> None:
        """Let so many things happen, one after the other."""
        acts = {
            self._touch: 60,
            self._tell: 8,
            self._repeat: 4,
            self._take: 18,
            self._answer: 10,
            self._merge: 1,
            self._part: 1,
            self._wait: 4,
            self._allow: 3,
            self._consent: 3,
            self._settle: 2,
        }
        for _ in range(steps):
            [act] = self.chance.choices(list(acts), list(acts.values()))
            await act()
            self.world.clock.advance(timedelta(minutes=self.chance.uniform(0, 90)))
        await self._take_all()

    async def race(self, rounds: int) -> None:
        """Let batches, answers, merges and ends of cool-downs happen at the same time.

        Merges come in each fourth round: in every one, nobody was left to be merged or handed
        over after a while.
        """
        for number in range(rounds):
            for _ in range(30):
                await self.chance.choice([self._touch, self._touch, self._touch, self._tell])()
            batches = [self._next_batch() for _ in range(4)]
            acts = [self.world.take(*batch) for batch in batches if batch]
            merges = [self._try(self._merge)] if number % 4 == 0 else []
            await asyncio.gather(*acts, self._try(self._answer), *merges)
            self.world.clock.advance(timedelta(minutes=self.chance.uniform(1, 600)))
            await self._wait()
        await self._take_all()

    async def _try(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do something another one may just have made impossible."""
        with suppress(Problem):
            await act()

    def _person(self, number: int) -> Somebody:
        host = self.chance.choice(COMPANIES)
        mail, user, anon = f"email:p{number}@{host}", f"user:crm:{number}", f"anon:web:{number}"
        many = [mail, user, anon, f"email:p{number}@home{number}.com"]
        return Somebody(many[: self.chance.choice([1, 2, 3, 4])] if number % 7 else [anon])

    def _ids(self, somebody: Somebody) -> list[str]:
        most = min(2, len(somebody.identifiers))
        return self.chance.sample(somebody.identifiers, self.chance.randint(1, most))

    async def _touch(self) -> None:
        chance, now = self.chance, self.world.clock.now()
        [kind] = chance.choices(list(KINDS), list(KINDS.values()))
        ago = chance.choice([timedelta(0)] * 6 + [timedelta(days=2), timedelta(days=20), LATE])
        options: dict[str, Any] = {
            "at": now - ago - timedelta(minutes=chance.random()),
            "received_at": now - timedelta(seconds=chance.uniform(0, 5)),
            "made_by": chance.choices(["human", "machine", "unsure"], [8, 1, 1])[0],
            "properties": {
                "content": {
                    "id": chance.choice("abcd"),
                    "topic": chance.choice(["pricing", "blog"]),
                }
            },
        }
        if chance.random() < 0.15:
            options |= self._news()
        somebody = chance.choice(self.people)
        self._send(self.world.touch(self._ids(somebody), kind, **options))

    async def _tell(self) -> None:
        somebody = self.chance.choice(self.people)
        ids = somebody.identifiers if self.chance.random() < 0.3 else self._ids(somebody)
        self._send(self.world.identify(ids, **self._news()))

    def _news(self) -> dict[str, Any]:
        chance = self.chance
        return chance.choice(
            [
                {"lead": {"title": chance.choice(TITLES)}},
                {"account": {"employees": chance.choice([5, 80, 400])}},
                {"account": {"customer": chance.random() < 0.2}},
                {"lead": {"city": "Vigo"}, "account": {"domain": chance.choice(COMPANIES)}},
            ]
        )

    def _send(self, envelope: Envelope) -> None:
        self.sent.append(envelope)
        self.pending.append(envelope)

    async def _repeat(self) -> None:
        if self.sent:
            self.pending.append(self.chance.choice(self.sent))

    async def _take(self) -> None:
        """Take some of what was sent, in any order, as one batch."""
        if batch := self._next_batch():
            await self.world.take(*batch)

    def _next_batch(self) -> list[Envelope]:
        self.chance.shuffle(self.pending)
        size = self.chance.randint(1, 8)
        batch, self.pending = self.pending[:size], self.pending[size:]
        return batch

    async def _take_all(self) -> None:
        while self.pending:
            await self._take()

    async def _answer(self) -> None:
        rows = await self.world.read(
            lambda conn: conn.execute(
                select(HANDOFF.c.handoff_id, HANDOFF.c.stage).where(HANDOFF.c.closed_at.is_(None))
            ).all()
        )
        if not rows:
            return
        handoff = self.chance.choice(sorted(rows))
        if handoff.stage == "assigned":
            reason = self.chance.choice([*REASONS, "not_now", "other"])
            await self.world.answer(
                handoff.handoff_id,
                *self.chance.choice([("accept",), ("reject",)]),
                reason=reason,
                text="so it is",
                at=self._said_at(),
                besides=self._besides(reason),
            )
        else:
            kind = self.chance.choice(["won", "lost", "talked", "reject"])
            await self.world.answer(handoff.handoff_id, kind, reason="bad_data", at=self._said_at())

    def _besides(self, reason: str) -> Besides:
        """Say something with a reason, or nothing."""
        chance, now = self.chance, self.world.clock.now()
        if reason == "not_now":
            later = Besides(returns_at=now + timedelta(days=chance.randint(1, 9)))
            return chance.choice([Besides(), Besides(returns_on="new_evidence"), later])
        if reason == "wrong_person" and chance.random() < 0.5:
            number = chance.randint(100, 110)
            return Besides(right_email=f"p{number}@{chance.choice(COMPANIES)}", right_name="Pat")
        return Besides()

    async def _allow(self) -> None:
        """Take back what verdicts caused, of one lead of whom they did."""
        if (lead_id := await self._held(OVERRIDE.c.cause != "person")) is not None:
            with suppress(Problem):  # it refused every channel itself, say
                await self.world.write(lambda uow: allow(uow, MIA, lead_id, None, "a mistake"))

    async def _consent(self) -> None:
        """Let somebody refuse every channel, or allow one again, in their own words or by hand."""
        status = self.chance.choice(["granted", "refused"])
        channel = "all" if status == "refused" else self.chance.choice(["all", "email", "phone"])
        if self.chance.random() < 0.5 and (leads := await self._roots()):
            lead_id, said = self.chance.choice(leads), [Said(channel, status)]
            await self.world.write(
                lambda uow: set_consent(uow, MIA, lead_id, said, "phone", "they said so")
            )
            return
        ago = timedelta(hours=self.chance.choice([0, 1, 50]))
        change = {"channel": channel, "status": status, "at": self.world.clock.now() - ago}
        ids = self._ids(self.chance.choice(self.people))
        self._send(self.world.touch(ids, "page.viewed", consent=[change]))

    async def _settle(self) -> None:
        """Give sales what it asked for: better data, or the right person."""
        rows = await self.world.read(lambda conn: open_requests(conn, None, None, 50))
        if not rows:
            return
        row = self.chance.choice(sorted(rows, key=lambda row: row.override_id))
        request_id, email = row.override_id, f"p{self.chance.randint(100, 110)}@acme.com"
        with suppress(Problem):  # the right person is the wrong one
            if row.cause == "fix":
                await self.world.write(lambda uow: mend(uow, request_id, "Mia", "mended"))
            else:
                await self.world.write(lambda uow: introduce(uow, request_id, email, None, "Mia"))

    async def _held(self, which: Any) -> str | None:
        query = select(OVERRIDE.c.lead_id).where(which, OVERRIDE.c.lifted_at.is_(None))
        held = await self.world.read(lambda conn: conn.execute(query).scalars().all())
        return self.chance.choice(sorted(held)) if held else None

    def _said_at(self) -> Any:
        """Now, or some time ago: CRMs report late."""
        ago = self.chance.choice([0, 0, 0, 1, 30])
        return self.world.clock.now() - timedelta(hours=ago)

    async def _merge(self) -> None:
        leads = await self._roots()
        if len(leads) > 1:
            one, other = self.chance.sample(leads, 2)
            await self.world.write(lambda uow: merge_leads(uow, one, other, "Ana", "same person"))

    async def _part(self) -> None:
        rows = await self.world.read(
            lambda conn: (
                conn.execute(select(MERGE.c.merged_lead_id).where(MERGE.c.undone_at.is_(None)))
                .scalars()
                .all()
            )
        )
        if rows:
            merged = self.chance.choice(sorted(rows))
            try:
                await self.world.write(lambda uow: unmerge_lead(uow, merged, "Ana"))
            except Problem as error:
                assert error.code == "not_merged", error  # noqa: PT017 - merged further since

    async def _roots(self) -> list[str]:
        return await self.world.read(
            lambda conn: list(
                conn.execute(
                    select(LEAD.c.lead_id)
                    .where(LEAD.c.lead_id == LEAD.c.root_id)
                    .order_by(LEAD.c.lead_id)
                ).scalars()
            )
        )

    async def _wait(self) -> None:
        """Let days go by, and cool-downs end."""
        self.world.clock.advance(timedelta(days=self.chance.uniform(0.2, 5)))
        for _ in range(30):
            await self.world.parts.timers.fire_due()
