"""Policy versions: stored as written, compiled once a process."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, exists, func, or_, select

from services.handoff.domain.agreement import SIGNING_ROLES, Agreement
from services.handoff.domain.facts import ListVersion
from services.handoff.domain.lists import bind
from services.handoff.domain.policy import PolicyVersion
from services.handoff.store.lists import ListShelf
from services.handoff.store.tables import CYCLE, PERSON, POLICY_VERSION, TRIAL
from shared import pages
from shared.db import insert
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class InForce:
    """A version that decides, and whether both teams have signed it."""

    version: PolicyVersion
    agreement: Agreement
    since: datetime | None = None
    """When it came into force."""
    is_retired: bool = False
    """It hands nobody over any more; owners of its open hand-offs hear news all the same."""

    @property
    def policy(self) -> str:
        return self.version.policy

    @property
    def asks_about_people(self) -> bool:
        """Whether one of its gates asks about several people of an account."""
        return bool(self.version.people_positions)

    @property
    def people_key(self) -> bytes:
        """Names what accounts remember for it, from the time on it came into force."""
        return self.version.people_key(self.since)


_IN_FORCE = (
    select(POLICY_VERSION)
    .where(POLICY_VERSION.c.state == "in_force")
    .order_by(POLICY_VERSION.c.policy)
)
_LATER = POLICY_VERSION.alias("later")
_FINISHING = and_(  # retired, and some of its hand-offs are still open
    POLICY_VERSION.c.retired_at.is_not(None),
    exists().where(CYCLE.c.policy == POLICY_VERSION.c.policy, CYCLE.c.open_handoff_id.is_not(None)),
    ~exists().where(
        _LATER.c.policy == POLICY_VERSION.c.policy,
        or_(
            _LATER.c.state == "in_force",
            _LATER.c.retired_at > POLICY_VERSION.c.retired_at,
        ),
    ),
)
_JUDGING = (
    select(POLICY_VERSION)
    .where(or_(POLICY_VERSION.c.state == "in_force", _FINISHING))
    .order_by(POLICY_VERSION.c.policy)
)


@dataclass
class PolicyShelf:
    """Compiled versions by id. A version is never edited, so what is compiled stays true.

    What its lists hold does change: each transaction asks for the versions of the lists
    that count now, and a version is bound again where one has another number.
    """

    compile: Callable[[str, str, int], PolicyVersion]  # (text, version id, number)
    lists: ListShelf = field(default_factory=ListShelf)
    _compiled: dict[str, PolicyVersion] = field(default_factory=dict)
    _bound: dict[str, tuple[Sequence[ListVersion], PolicyVersion]] = field(default_factory=dict)

    def version(self, row: Row[Any]) -> PolicyVersion:
        """Return the compiled version of a ``policy_version`` row; its lists are not bound."""
        compiled = self._compiled.get(row.version_id)
        if compiled is None:
            compiled = self.compile(row.text, row.version_id, row.number)
            self._compiled[row.version_id] = compiled
        return compiled

    def in_force(self, conn: Connection) -> list[InForce]:
        """Return the version of each policy that decides now."""
        return self._read(conn, conn.execute(_IN_FORCE).all())

    def judging(self, conn: Connection) -> list[InForce]:
        """Return the same, and retired ones some of whose hand-offs are still open."""
        return self._read(conn, conn.execute(_JUDGING).all())

    def by_id(self, conn: Connection, version_id: str) -> PolicyVersion:
        """Return a version that is known to exist."""
        compiled = self._compiled.get(version_id)
        if compiled is None:
            of_version = select(POLICY_VERSION).where(POLICY_VERSION.c.version_id == version_id)
            compiled = self.version(conn.execute(of_version).one())
        return self.bound(conn, compiled)

    def bound(self, conn: Connection, version: PolicyVersion) -> PolicyVersion:
        """Return ``version`` with its lists as they are in this transaction."""
        return self._bind([version], conn)[0]

    def _read(self, conn: Connection, rows: Sequence[Row[Any]]) -> list[InForce]:
        versions = self._bind([self.version(row) for row in rows], conn)
        return [
            InForce(version, row.agreement, row.activated_at, row.retired_at is not None)
            for version, row in zip(versions, rows, strict=True)
        ]

    def _bind(self, versions: list[PolicyVersion], conn: Connection) -> list[PolicyVersion]:
        names = frozenset[str]().union(*(version.list_names for version in versions))
        if not names:
            return versions
        lists = self.lists.current(conn, names)
        return [self._bind_one(version, lists) for version in versions]

    def _bind_one(self, version: PolicyVersion, lists: Mapping[str, ListVersion]) -> PolicyVersion:
        asked = [lists[name] for name in sorted(version.list_names)]
        if not asked:
            return version
        before, bound = self._bound.get(version.version_id, ((), version))
        if len(before) == len(asked) and all(map(operator.is_, before, asked)):
            return bound
        bound = bind(version, lists)
        if version.version_id:
            self._bound[version.version_id] = asked, bound
        return bound


def add_version(
    conn: Connection,
    policy: str,
    number: int,
    text: str,
    digest: str,
    who: str,
    now: datetime,
    restored_from: int | None = None,
) -> None:
    """Store a new draft. Refused when the policy has a version of this number."""
    conn.execute(
        insert(conn, POLICY_VERSION).values(
            version_id=new_id(),
            policy=policy,
            number=number,
            text=text,
            digest=digest,
            state="draft",
            agreement="trial",
            created_at=now,
            created_by=who,
            restored_from=restored_from,
        )
    )


def _with_signers() -> Select[Any]:
    """Return the versions, each with ``marketing_name``, ``sales_email`` and so on."""
    signers = {role: PERSON.alias(role) for role in SIGNING_ROLES}
    names = [
        signer.c[field].label(f"{role}_{field}")
        for role, signer in signers.items()
        for field in ("name", "email")
    ]
    query = select(POLICY_VERSION, *names)
    for role, signer in signers.items():
        signed_by = POLICY_VERSION.c[f"{role}_signed_by"]
        query = query.outerjoin(signer, signer.c.person_id == signed_by)
    return query


_VERSIONS = _with_signers()


def find_version(conn: Connection, policy: str, number: int) -> Row[Any] | None:
    """Return one version of a policy, with who signed it."""
    return conn.execute(
        _VERSIONS.where(POLICY_VERSION.c.policy == policy, POLICY_VERSION.c.number == number)
    ).first()


def newest_version(conn: Connection, policy: str) -> Row[Any] | None:
    """Return the version of a policy that was drafted last."""
    return conn.execute(
        select(POLICY_VERSION)
        .where(POLICY_VERSION.c.policy == policy)
        .order_by(POLICY_VERSION.c.number.desc())
        .limit(1)
    ).first()


def policy_of(conn: Connection, version_id: str) -> str | None:
    """Return the name of the policy a version is of."""
    return conn.execute(
        select(POLICY_VERSION.c.policy).where(POLICY_VERSION.c.version_id == version_id)
    ).scalar()


def versions_that_say(conn: Connection, policy: str, text: str, digest: str) -> list[Row[Any]]:
    """Return the versions of a policy with this content, newest first."""
    same = or_(POLICY_VERSION.c.digest == digest, POLICY_VERSION.c.text == text)
    query = _VERSIONS.where(POLICY_VERSION.c.policy == policy, same)
    return list(conn.execute(query.order_by(POLICY_VERSION.c.number.desc())))


def find_version_by_id(conn: Connection, version_id: str) -> Row[Any]:
    """Return a version that is known to exist."""
    query = select(POLICY_VERSION).where(POLICY_VERSION.c.version_id == version_id)
    return conn.execute(query).one()


def names(conn: Connection) -> frozenset[str]:
    """Return the names of all policies that ever were drafted here."""
    return frozenset(conn.execute(select(POLICY_VERSION.c.policy).distinct()).scalars())


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


def activated_versions(conn: Connection) -> list[Row[Any]]:
    """Return every version that ever decided, in the order in which they came into force."""
    columns = (
        POLICY_VERSION.c[name]
        for name in ("version_id", "policy", "number", "activated_at", "succeeded_at")
    )
    query = select(*columns).where(POLICY_VERSION.c.activated_at.is_not(None))
    return list(conn.execute(query.order_by(POLICY_VERSION.c.activated_at)))


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


def _policies() -> Select[Any]:
    name, number = POLICY_VERSION.c.policy, POLICY_VERSION.c.number
    decides, waits = (POLICY_VERSION.c.state == state for state in ("in_force", "scheduled"))
    return (
        select(
            name,
            func.max(number).label("latest"),
            func.max(case((decides, number))).label("in_force"),
            func.max(case((decides, POLICY_VERSION.c.agreement))).label("agreement"),
            func.max(case((waits, number))).label("scheduled"),
            func.max(case((waits, POLICY_VERSION.c.starts_at))).label("starts_at"),
            TRIAL.c.began_at.label("trial_since"),
        )
        .outerjoin(TRIAL, TRIAL.c.policy == name)
        .group_by(name, TRIAL.c.began_at)
    )


_POLICIES = _policies()


def find_policy(conn: Connection, policy: str) -> Row[Any] | None:
    """Return a policy as ``page_of_policies`` does."""
    return conn.execute(_POLICIES.where(POLICY_VERSION.c.policy == policy)).first()


def lock_version(conn: Connection, version_id: str) -> Row[Any] | None:
    """Lock the versions of a version's policy, then return it as it is then."""
    policy = select(POLICY_VERSION.c.policy).where(POLICY_VERSION.c.version_id == version_id)
    rows = lock_versions(conn, conn.execute(policy).scalar() or "")
    return next((row for row in rows if row.version_id == version_id), None)


def page_of_policies(
    conn: Connection, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """Return each policy with the numbers of its versions, by name."""
    name = POLICY_VERSION.c.policy
    query = pages.by_name(_POLICIES, name, name, cursor, limit)
    return pages.cut(conn.execute(query).all(), limit, "policy", "policy")


def page_of_versions(
    conn: Connection, policy: str, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """Return the versions of a policy, newest first, with who signed them."""
    query = _VERSIONS.where(POLICY_VERSION.c.policy == policy)
    at, version_id = POLICY_VERSION.c.created_at, POLICY_VERSION.c.version_id
    query = pages.newest_first(query, at, version_id, cursor, limit)
    return pages.cut(conn.execute(query).all(), limit, "created_at", "version_id")
