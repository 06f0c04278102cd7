"""What becomes of a policy version, as rows: tried, signed, scheduled, in force, on trial.

Callers hold the lock of the policy's versions. What may decide is checked again by the
database itself; see the constraints of ``policy_version``.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, and_, cast, delete, func, or_, select, update

from services.handoff.domain.agreement import SIGNING_ROLES, Agreement, SigningRole, Standing
from services.handoff.store.tables import AUDIT, POLICY_VERSION, TRIAL
from shared import pages
from shared.db import insert

MOST_STEPS = 50


def standing_of(row: Row[Any]) -> Standing:
    """Return where the version of a ``policy_version`` row stands."""
    signers = {role: getattr(row, f"{role}_signed_by") for role in SIGNING_ROLES}
    return Standing(
        number=row.number,
        state=row.state,
        agreement=row.agreement,
        digest=row.digest,
        is_tried=row.tried_at is not None,
        signed_by={role: person_id for role, person_id in signers.items() if person_id},
        starts_at=row.starts_at,
    )


def open_versions(conn: Connection, policy: str | None = None) -> list[Row[Any]]:
    """Return the versions that can still become the agreement: of each policy (or of one) the
    newest, while it is a draft, and what runs on trial.
    """
    number = POLICY_VERSION.c.number
    newest = select(POLICY_VERSION.c.policy, func.max(number).label("number"))
    newest_of = newest.group_by(POLICY_VERSION.c.policy).subquery()
    is_newest = and_(newest_of.c.policy == POLICY_VERSION.c.policy, newest_of.c.number == number)
    is_draft = and_(POLICY_VERSION.c.state == "draft", newest_of.c.number.is_not(None))
    is_trial = and_(POLICY_VERSION.c.state == "in_force", POLICY_VERSION.c.agreement == "trial")
    query = (
        select(POLICY_VERSION)
        .outerjoin(newest_of, is_newest)
        .where(or_(is_draft, is_trial))
        .order_by(POLICY_VERSION.c.policy, number.desc())
    )
    if policy is not None:
        query = query.where(POLICY_VERSION.c.policy == policy)
    return list(conn.execute(query))


def scheduled_version(conn: Connection, policy: str) -> Row[Any] | None:
    """Return the version of a policy that waits for its date."""
    this = (POLICY_VERSION.c.policy == policy, POLICY_VERSION.c.state == "scheduled")
    return conn.execute(select(POLICY_VERSION).where(*this)).first()


def last_in_force(conn: Connection, policy: str) -> Row[Any] | None:
    """Return the version of a policy that decided until the policy was ended."""
    this = (POLICY_VERSION.c.policy == policy, POLICY_VERSION.c.retired_at.is_not(None))
    query = select(POLICY_VERSION).where(*this).order_by(POLICY_VERSION.c.retired_at.desc())
    return conn.execute(query.limit(1)).first()


def may_run_unsigned(conn: Connection, policy: str) -> bool:
    """Return whether a trial goes on, or the installation is new: nothing signed ever decided."""
    return is_on_trial(conn, policy) or not has_agreement(conn)


def note_tryout(conn: Connection, row: Row[Any], who: str, tryout_id: str, now: datetime) -> None:
    """Remember the try-out that people sign upon."""
    _change(conn, row, tried_at=now, tried_by=who, tryout_id=tryout_id)


def add_signature(
    conn: Connection, row: Row[Any], role: SigningRole, person_id: str, comment: str, now: datetime
) -> None:
    """Sign for one of the two teams."""
    signature = {"signed_by": person_id, "signed_at": now, "comment": comment}
    _change(conn, row, **{f"{role}_{field}": value for field, value in signature.items()})


def remove_signature(conn: Connection, row: Row[Any], role: SigningRole) -> None:
    """Take a signature away; the audit remembers it."""
    fields = ("signed_by", "signed_at", "comment")
    _change(conn, row, **dict.fromkeys((f"{role}_{field}" for field in fields), None))


def schedule(conn: Connection, row: Row[Any], who: str, starts_at: datetime) -> None:
    """Let a signed version wait for its date."""
    _change(conn, row, state="scheduled", agreement="signed", starts_at=starts_at, scheduled_by=who)


def unschedule(conn: Connection, row: Row[Any]) -> None:
    """Let a scheduled version be a draft again; its signatures stand."""
    _change(conn, row, state="draft", agreement="trial", starts_at=None, scheduled_by=None)


def put_in_force(
    conn: Connection, row: Row[Any], agreement: Agreement, who: str, now: datetime
) -> None:
    """Let a version decide from now on; no other of its policy may."""
    trial_of = row.policy if agreement == "trial" else None
    begun = {"activated_at": now, "activated_by": who}
    _change(conn, row, state="in_force", agreement=agreement, trial_of=trial_of, **begun)


def succeed(conn: Connection, row: Row[Any], now: datetime) -> None:
    """Let a version that decides decide no more."""
    _change(conn, row, state="succeeded", succeeded_at=now, trial_of=None)


def retire(conn: Connection, row: Row[Any], who: str, why: str, now: datetime) -> None:
    """Let a version that decides decide no more, though none follows it."""
    succeed(conn, row, now)
    _change(conn, row, retired_at=now, retired_by=who, retired_why=why)


def _change(conn: Connection, row: Row[Any], **values: Any) -> None:
    this = POLICY_VERSION.c.version_id == row.version_id
    conn.execute(update(POLICY_VERSION).where(this).values(values))


def is_on_trial(conn: Connection, policy: str) -> bool:
    """Return whether versions of this policy may decide unsigned."""
    return conn.execute(select(TRIAL).where(TRIAL.c.policy == policy)).first() is not None


def has_agreement(conn: Connection) -> bool:
    """Return whether any version was ever in force with both signatures."""
    once = (POLICY_VERSION.c.agreement == "signed", POLICY_VERSION.c.activated_at.is_not(None))
    query = select(POLICY_VERSION.c.version_id).where(*once).limit(1)
    return conn.execute(query).first() is not None


def begin_trial(conn: Connection, policy: str, who: str, now: datetime) -> None:
    """Let versions of this policy decide unsigned; a trial that goes on is left as it is."""
    row = {"policy": policy, "began_at": now, "began_by": who}
    conn.execute(insert(conn, TRIAL).values(row).on_conflict_do_nothing())


def end_trial(conn: Connection, policy: str) -> None:
    """Let no version of this policy decide unsigned any more; refused while one does."""
    conn.execute(delete(TRIAL).where(TRIAL.c.policy == policy))


def page_of_history(
    conn: Connection, policy: str, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """Return what happened to the versions of a policy, in its order."""
    versions = select(cast(POLICY_VERSION.c.version_id, Text)).where(
        POLICY_VERSION.c.policy == policy
    )
    query = select(AUDIT).where(AUDIT.c.subject.in_(versions), AUDIT.c.what.like("policy.%"))
    query = pages.by_name(query, AUDIT.c.happened_at, AUDIT.c.audit_id, cursor, limit)
    return pages.cut(conn.execute(query).all(), limit, "happened_at", "audit_id")


def steps_of(conn: Connection, version_id: str) -> list[Row[Any]]:
    """Return what happened to a version, newest first."""
    steps = (AUDIT.c.subject == version_id, AUDIT.c.what.like("policy.%"))
    query = select(AUDIT).where(*steps).order_by(AUDIT.c.audit_id.desc())
    return list(conn.execute(query.limit(MOST_STEPS)))
