"""Agreements in handoff's core: handlers in transactions of their own, at a set clock."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from sqlalchemy import Connection, Row, insert, select

from services.handoff.domain.agreement import SigningRole
from services.handoff.handlers import sign_policies, start_policies
from services.handoff.handlers.fire_timers import timer_handlers
from services.handoff.handlers.policies import draft_version
from services.handoff.store.tables import AUDIT, PERSON, POLICY_VERSION, TIMER
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.ids import new_id, stable_id
from shared.problem import Problem
from shared.timers import Timers
from tests.service.handoff.signing import text
from tests.service.handoff.world import World

# People of both teams, Bo of both at once; and a program that deploys.
ROLES = {
    "mara": ["marketing"],
    "max": ["marketing"],
    "sam": ["sales"],
    "bo": ["marketing", "sales"],
}
CALLERS = {name: Caller(name, name, frozenset(), stable_id("person", name)) for name in ROLES}
DEPLOYER = Caller("ci", "ci", frozenset())

Step = Callable[[UnitOfWork], Any]


def sign(policy: str, number: int, role: str, who: str) -> Step:
    """Return the step of a signature."""

    def step(uow: UnitOfWork) -> Row[Any]:
        rows = uow.conn.execute(
            select(POLICY_VERSION.c.digest).where(
                POLICY_VERSION.c.policy == policy, POLICY_VERSION.c.number == number
            )
        )
        digest = rows.scalar_one()
        signing = cast("SigningRole", role)
        return sign_policies.sign_version(uow, CALLERS[who], policy, number, signing, digest)

    return step


def withdraw(policy: str, number: int, role: str, who: str) -> Step:
    """Return the step of a withdrawal."""
    signing = cast("SigningRole", role)
    return lambda uow: sign_policies.withdraw_signature(uow, CALLERS[who], policy, number, signing)


def activate(policy: str, number: int, starts_at: Any = None) -> Step:
    """Return the step of an activation."""
    return lambda uow: start_policies.activate_version(uow, DEPLOYER, policy, number, starts_at)


def unschedule(policy: str, number: int) -> Step:
    """Return the step that takes a date back."""
    return lambda uow: start_policies.unschedule_version(uow, DEPLOYER, policy, number)


def draft(policy: str, number: int, if_match: str | None = "*") -> Step:
    """Return the step that drafts a version; ``number`` tells the texts apart."""
    written = text(number, policy)
    return lambda uow: draft_version(uow, DEPLOYER, written, "p.yaml", if_match)


@dataclass
class Agreements:
    """A world whose people sign."""

    world: World

    async def take(self, step: Step) -> str:
        """Take a step in a transaction of its own; return ``ok`` or why it was refused."""
        try:
            await self.world.write(step)
        except Problem as problem:
            return problem.code
        return "ok"

    async def prepare(self, policy: str, *numbers: int, signed: bool = True) -> None:
        """Draft versions that were tried, and let both teams sign them."""

        def work(uow: UnitOfWork) -> None:
            for number in numbers:
                row = draft(policy, number)(uow)
                sign_policies.mark_tried(uow, "ci", row.version_id, new_id())
                if signed:
                    sign(policy, number, "marketing", "mara")(uow)
                    sign(policy, number, "sales", "sam")(uow)

        await self.world.write(work)

    async def versions(self, policy: str) -> dict[int, Row[Any]]:
        """Return the versions of a policy by number."""
        query = select(POLICY_VERSION).where(POLICY_VERSION.c.policy == policy)
        rows = await self.world.read(lambda conn: conn.execute(query).all())
        return {row.number: row for row in rows}

    async def states(self, policy: str) -> list[str]:
        """Return the states of a policy's versions, in their order."""
        return [row.state for _, row in sorted((await self.versions(policy)).items())]

    async def steps(self, policy: str) -> list[tuple[int, str]]:
        """Return number and step of a policy's history."""
        query = select(AUDIT).where(AUDIT.c.what.like("policy.%")).order_by(AUDIT.c.audit_id)
        rows = await self.world.read(lambda conn: conn.execute(query).all())
        return [
            (row.detail["number"], row.what.removeprefix("policy."))
            for row in rows
            if row.detail["policy"] == policy
        ]

    async def told(self, policy: str) -> list[tuple[int, str]]:
        """Return (version, agreement) of the activations that left."""
        return [
            (one.data.version, one.data.agreement)  # type: ignore[attr-defined] # by its type
            for one in await self.world.staged()
            if one.type == "policy.activated.v1" and one.subject == policy
        ]

    def replica(self) -> Timers:
        """Return the timers of another process on this database."""
        timers = Timers(self.world.db, TIMER)
        timers.handlers = timer_handlers(self.world.parts)
        return timers


async def open_agreements(world: World) -> Agreements:
    """Let people of both teams work in a world."""
    await world.db.write(partial(_hire, sorted(ROLES)))
    return Agreements(world)


def _hire(names: list[str], conn: Connection) -> None:
    rows = [
        {
            "person_id": stable_id("person", name),
            "revision": 1,
            "name": name.title(),
            "email": f"{name}@ours.com",
            "roles": ROLES[name],
            "language": "en",
            "zone": "UTC",
            "channels": [],
            "active": True,
        }
        for name in names
    ]
    conn.execute(insert(PERSON), rows)
