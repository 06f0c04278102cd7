"""Policy versions: stored as written, compiled once a process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, case, func, select, update

from services.handoff.domain.policy import PolicyVersion
from services.handoff.store.tables import POLICY_VERSION
from shared import pages
from shared.db import insert
from shared.ids import new_id

Agreement = Literal["trial", "signed"]


@dataclass(frozen=True, slots=True)
class InForce:
    """A version that decides, and whether both teams have signed it."""

    version: PolicyVersion
    agreement: Agreement
    since: datetime | None = None
    """When it came into force."""

    @property
    def policy(self) -> str:
        return self.version.policy


_IN_FORCE = (
    select(POLICY_VERSION)
    .where(POLICY_VERSION.c.state == "in_force")
    .order_by(POLICY_VERSION.c.policy)
)


@dataclass
class PolicyShelf:
    """Compiled versions by id. A version is never edited, so what is compiled stays true."""

    compile: Callable[[str, str, int], PolicyVersion]  # (text, version id, number)
    _compiled: dict[str, PolicyVersion] = field(default_factory=dict)

    def version(self, row: Row[Any]) -> PolicyVersion:
        """Return the compiled version of a ``policy_version`` row."""
        compiled = self._compiled.get(row.version_id)
        if compiled is None:
            compiled = self.compile(row.text, row.version_id, row.number)
            self._compiled[row.version_id] = compiled
        return compiled

    def in_force(self, conn: Connection) -> list[InForce]:
        """Return the version of each policy that decides now."""
        return [
            InForce(self.version(row), row.agreement, row.activated_at)
            for row in conn.execute(_IN_FORCE).all()
        ]

    def by_id(self, conn: Connection, version_id: str) -> PolicyVersion:
        """Return a version that is known to exist."""
        if version_id in self._compiled:
            return self._compiled[version_id]
        rows = conn.execute(select(POLICY_VERSION).where(POLICY_VERSION.c.version_id == version_id))
        return self.version(rows.one())


def add_version(
    conn: Connection, policy: str, text: str, digest: str, who: str, now: datetime
) -> tuple[str, int]:
    """Store a new draft; return its id and number. Numbers rise by one within a policy."""
    number: int = conn.execute(
        select(func.coalesce(func.max(POLICY_VERSION.c.number), 0) + 1).where(
            POLICY_VERSION.c.policy == policy
        )
    ).scalar_one()
    version_id = new_id()
    conn.execute(
        insert(conn, POLICY_VERSION).values(
            version_id=version_id,
            policy=policy,
            number=number,
            text=text,
            digest=digest,
            state="draft",
            agreement="trial",
            created_at=now,
            created_by=who,
        )
    )
    return version_id, number


def put_in_force(conn: Connection, row: Row[Any], who: str, now: datetime) -> None:
    """Let a version decide from now on; the one before it is succeeded."""
    conn.execute(
        update(POLICY_VERSION)
        .where(POLICY_VERSION.c.policy == row.policy, POLICY_VERSION.c.state == "in_force")
        .values(state="succeeded", succeeded_at=now)
    )
    conn.execute(
        update(POLICY_VERSION)
        .where(POLICY_VERSION.c.version_id == row.version_id)
        .values(state="in_force", activated_at=now, activated_by=who)
    )


def find_version(conn: Connection, policy: str, number: int) -> Row[Any] | None:
    """Return one version of a policy."""
    return conn.execute(
        select(POLICY_VERSION).where(
            POLICY_VERSION.c.policy == policy, POLICY_VERSION.c.number == number
        )
    ).first()


def has_versions(conn: Connection) -> bool:
    """Return whether any policy was ever stored."""
    return conn.execute(select(POLICY_VERSION.c.version_id).limit(1)).first() is not None


def version_in_force(conn: Connection, policy: str) -> Row[Any] | None:
    """Return the version of a policy that decides now."""
    return conn.execute(
        select(POLICY_VERSION).where(
            POLICY_VERSION.c.policy == policy, POLICY_VERSION.c.state == "in_force"
        )
    ).first()


def lock_versions(conn: Connection, policy: str) -> list[Row[Any]]:
    """Return the versions of a policy, locked until the commit."""
    return list(
        conn.execute(
            select(POLICY_VERSION)
            .where(POLICY_VERSION.c.policy == policy)
            .order_by(POLICY_VERSION.c.number)
            .with_for_update()
        )
    )


def page_of_policies(
    conn: Connection, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """Return each policy's name with its latest number and the one in force, by name."""
    name, number = POLICY_VERSION.c.policy, POLICY_VERSION.c.number
    in_force = func.max(case((POLICY_VERSION.c.state == "in_force", number)))
    query = select(name, func.max(number).label("latest"), in_force.label("in_force"))
    query = pages.by_name(query.group_by(name), name, name, cursor, limit)
    return pages.cut(conn.execute(query).all(), limit, "policy", "policy")


def page_of_versions(
    conn: Connection, policy: str, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """Return the versions of a policy, newest first."""
    query = select(POLICY_VERSION).where(POLICY_VERSION.c.policy == policy)
    at, version_id = POLICY_VERSION.c.created_at, POLICY_VERSION.c.version_id
    query = pages.newest_first(query, at, version_id, cursor, limit)
    return pages.cut(conn.execute(query).all(), limit, "created_at", "version_id")
