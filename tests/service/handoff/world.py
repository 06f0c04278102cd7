"""Handoff's core on a real database: handlers in real transactions, no HTTP, no bus."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, insert, select

from services.handoff.domain.conditions import (
    DifferentSignals,
    EngagementAtLeast,
    FitAtLeast,
    Group,
    SignalSeen,
)
from services.handoff.domain.facts import Contains, Equals, FactTest
from services.handoff.domain.policy import Gate, PolicyVersion, ResponseTarget, Targets
from services.handoff.domain.questions import Exclusion, FitCriterion, Signal, Titles
from services.handoff.domain.reject_reasons import DEFAULT_REJECT_REASONS
from services.handoff.handlers.answer_handoffs import Answer, answer
from services.handoff.handlers.fire_timers import timer_handlers
from services.handoff.handlers.policies import compile_for_shelf
from services.handoff.handlers.record_touches import record_touches
from services.handoff.settings import HandoffSettings
from services.handoff.store import people
from services.handoff.store.policies import PolicyShelf
from services.handoff.store.tables import (
    LEASE,
    OUTBOX,
    PERSON,
    POLICY_VERSION,
    TABLES,
    TEAM,
    TEAM_MEMBER,
    TIMER,
    TRIAL,
)
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.bus import open_bus
from shared.contracts import EVENTS, Catalogue, Envelope
from shared.contracts.touches import ConsentChange, LeadIdentified, TouchRecorded
from shared.db import Database
from shared.ids import stable_id
from shared.migrations import migrate
from shared.outbox import Outbox
from shared.timers import Timers

T = TypeVar("T")

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CATALOGUE = Catalogue.of(*EVENTS)


def titles(text: str) -> Titles:
    return Titles(text, text)


def signal(name: str, touch: str, points: int, **options: Any) -> Signal:
    return Signal(name, titles(name), (touch,), points * 10, options.pop("at_most", 2), **options)


POLICY = PolicyVersion(
    policy="b2b",
    title=titles("b2b"),
    signals=(
        signal("demo", "demo.requested", 100, at_most=1),
        signal("guide", "content.downloaded", 30, distinct_by="content.id"),
        signal("webinar", "webinar.attended", 30),
        signal("opened", "email.opened", 1, at_most=5, weak=True),
    ),
    fit=(
        FitCriterion(
            "decides", titles("decides"), FactTest("lead.title", (Contains(("cto",)),)), 400
        ),
    ),
    exclude=(
        Exclusion("rival", titles("rival"), FactTest("account.domain", (Equals(("rival.com",)),))),
    ),
    gates=(
        Gate("asked_for_us", titles("asked"), "hot", SignalSeen(("demo",))),
        Gate(
            "engaged",
            titles("engaged"),
            "warm",
            Group(
                "all",
                3,
                (FitAtLeast(400), EngagementAtLeast(600), DifferentSignals(2, timedelta(days=30))),
            ),
        ),
    ),
    cool_down=timedelta(days=30),
    response={
        tier: ResponseTarget(tier, timedelta(minutes=15), timedelta(hours=1), "always")
        for tier in ("hot", "warm")
    },
    reject_reasons=DEFAULT_REJECT_REASONS,
    targets=Targets(),
    reviewed_every=timedelta(days=90),
)


class SetClock:
    """A clock that stands where a test puts it."""

    def __init__(self, moment: datetime = NOON):
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> datetime:
        self.moment += by
        return self.moment


@dataclass
class World:
    db: Database
    parts: Parts
    clock: SetClock
    counter: int = 0
    taken: list[Envelope] = field(default_factory=list)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self.db.write(lambda conn: work(unit_of_work(self.parts, conn)))

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self.db.read(work)

    def touch(self, email: str | Sequence[str], kind: str, **options: Any) -> Envelope:
        """Return a touch of a lead, at the clock's moment unless ``at`` says otherwise."""
        self.counter += 1
        return self._envelope(
            TouchRecorded,
            email,
            options,
            touch=kind,
            name=options.pop("name", kind),
            made_by=options.pop("made_by", "human"),
            made_by_reason="test",
            properties=options.pop("properties", {}),
        )

    def identify(self, email: str | Sequence[str], **options: Any) -> Envelope:
        self.counter += 1
        return self._envelope(LeadIdentified, email, options)

    def _envelope(
        self, kind: Any, who: str | Sequence[str], options: Any, **fields: Any
    ) -> Envelope:
        identifiers = [f"email:{who}"] if isinstance(who, str) else list(who)
        at = options.pop("at", self.clock.now())
        number = options.pop("number", self.counter)
        consent = [ConsentChange(**change) for change in options.pop("consent", [])]
        data = kind(
            source=options.pop("source", "web"),
            vendor="generic",
            source_event_id=str(number),
            receipt_id=stable_id("receipt", str(number)),
            identity=identifiers[0],
            identifiers=identifiers,
            occurred_at=at,
            received_at=options.pop("received_at", self.clock.now()),
            consent=consent,
            **fields,
            **options,
        )
        return Envelope(
            stable_id("touch", str(number)), "relevo/ingest", "", identifiers[0], at, data
        )

    async def take(self, *envelopes: Envelope) -> None:
        self.taken.extend(envelopes)
        await self.write(lambda uow: record_touches(uow, envelopes))

    async def answer(
        self, handoff_id: str, kind: str, who: str = "ana@ours.com", **said: Any
    ) -> None:
        def work(uow: UnitOfWork) -> None:
            person = people.find_person(uow.conn, who)
            assert person is not None
            answer(uow, Answer(handoff_id, kind, person, **said))

        await self.write(work)

    async def staged(self) -> list[Envelope]:
        """Return all events that left, in their order."""
        rows = await self.read(
            lambda conn: (
                conn.execute(select(OUTBOX.c.payload).order_by(OUTBOX.c.id)).scalars().all()
            )
        )
        read = (CATALOGUE.read(payload) for payload in rows)
        return [envelope for envelope in read if envelope is not None]

    async def types(self) -> list[str]:
        return [envelope.type for envelope in await self.staged()]

    async def sales_ready(self) -> list[Any]:
        return [one.data for one in await self.staged() if one.type == "handoff.sales_ready.v1"]


async def open_world(url: str, policy: PolicyVersion = POLICY) -> World:
    """Migrate handoff's tables; put a team of two and a policy in force into them."""
    world = await join_world(url, policy)
    await migrate(world.db)
    await world.db.write(_prepare)
    return world


async def join_world(url: str, policy: PolicyVersion = POLICY) -> World:
    """Return a world that another process has opened."""
    clock = SetClock()
    db = Database(url, "handoff", TABLES, clock)
    await db.start()
    bus = open_bus("sqlite:///unused")  # handlers never publish; nothing is opened
    outbox, timers = Outbox(db, bus, OUTBOX, LEASE), Timers(db, TIMER)

    def compiled(text: str, version_id: str, number: int) -> PolicyVersion:
        if text:
            return compile_for_shelf(text, version_id, number)
        return replace(policy, version_id=version_id, number=number)

    settings = HandoffSettings(owner_email="boss@ours.com", owner_name="Boss")
    parts = Parts(db, settings, outbox, timers, PolicyShelf(compiled))
    timers.handlers = timer_handlers(parts)
    return World(db, parts, clock)


def _prepare(conn: Connection) -> None:
    staff = {name: stable_id("person", name) for name in ("ana", "ben", "boss")}
    conn.execute(
        insert(PERSON),
        [
            {
                "person_id": person_id,
                "revision": 1,
                "name": name.title(),
                "email": f"{name}@ours.com",
                "roles": ["rep"],
                "language": "es",
                "zone": "Europe/Madrid",
                "channels": [],
                "active": True,
            }
            for name, person_id in staff.items()
        ],
    )
    team_id = stable_id("team", "sales")
    conn.execute(
        insert(TEAM).values(
            team_id=team_id, revision=1, name="Sales", fallback_id=staff["boss"], takes_leads=True
        )
    )
    conn.execute(
        insert(TEAM_MEMBER),
        [
            {"team_id": team_id, "person_id": staff[name], "dealt": 0, "last_dealt_at": None}
            for name in ("ana", "ben")
        ],
    )
    conn.execute(insert(TRIAL).values(policy="b2b", began_at=NOON, began_by="test"))
    conn.execute(
        insert(POLICY_VERSION).values(
            version_id=stable_id("version", "1"),
            policy="b2b",
            number=1,
            text="",
            digest="",
            state="in_force",
            agreement="trial",
            trial_of="b2b",
            created_at=NOON,
            created_by="test",
        )
    )


def as_json(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))
