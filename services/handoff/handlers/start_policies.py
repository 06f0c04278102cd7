"""A version begins to decide: now, or at its date; the one before it is succeeded.

Both happen in one transaction with the event that tells it, whose id is made of the version
and its agreement. A date is a timer: any replica fires it, once, and looks again under lock.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.agreement import (
    SIGNING_ROLES,
    Agreement,
    judge_start,
    judge_unscheduling,
)
from services.handoff.handlers.clocks import START_POLICY
from services.handoff.handlers.policies import check_text, find_version, note_step, version_of
from services.handoff.handlers.policy_reviews import look_now
from services.handoff.handlers.sign_policies import judged
from services.handoff.store import agreement, people, policies
from services.handoff.unit_of_work import SOURCE, UnitOfWork
from shared import trace
from shared.access import Caller
from shared.contracts import Envelope
from shared.contracts.policies import PolicyActivated, PolicySignature
from shared.ids import stable_id
from shared.problem import invalid
from shared.timers import Timer

FURTHEST = timedelta(days=731)


def activate_version(
    uow: UnitOfWork,
    caller: Caller,
    policy: str,
    number: int,
    starts_at: datetime | None = None,
    comment: str = "",
    signed_only: bool = False,
) -> Row[Any]:
    """Let a version decide from now on, or from ``starts_at``; return its row.

    Repeating it changes nothing. With both signatures it is the agreement; without, it runs
    as a trial where there is one, unless it is to decide ``signed_only``.

    Raises ``Problem``: 404, 409 with what stands against it, 422 for a date that cannot be
    or a text that this release cannot use any more.
    """
    rows = policies.lock_versions(uow.conn, policy)
    row = version_of(rows, number)
    waiting = [other for other in rows if other.state == "scheduled" and other is not row]
    may_run_unsigned = not signed_only and agreement.may_run_unsigned(uow.conn, policy)
    start = judged(
        lambda: judge_start(
            agreement.standing_of(row),
            starts_at,
            agreement.standing_of(waiting[0]) if waiting else None,
            may_run_unsigned,
        )
    )
    if start is None:
        return find_version(uow, policy, number)
    check_text(uow, row)
    if start.starts_at is not None:
        _schedule(uow, caller, row, start.starts_at, comment)
    else:
        _start(uow, rows, row, start.agreement, caller, comment)
    return find_version(uow, policy, number)


def unschedule_version(
    uow: UnitOfWork, caller: Caller, policy: str, number: int, comment: str = ""
) -> Row[Any]:
    """Take back the date of a version; its signatures stand. Return its row.

    Raises ``Problem``: 404, 409 when it has begun to decide.
    """
    row = version_of(policies.lock_versions(uow.conn, policy), number)
    if judged(lambda: judge_unscheduling(agreement.standing_of(row))):
        uow.parts.timers.cancel(uow.conn, row.version_id, [START_POLICY], uow.now)
        agreement.unschedule(uow.conn, row)
        note_step(uow, caller, "unscheduled", row, comment)
    return find_version(uow, policy, number)


def start_scheduled(uow: UnitOfWork, timer: Timer) -> None:
    """The date of a version has come: it decides from now on.

    Raises ``Problem`` when this release cannot use its text: the version before goes on, and
    the timer is tried again.
    """
    policy = policies.policy_of(uow.conn, timer.subject)
    rows = [] if policy is None else policies.lock_versions(uow.conn, policy)
    if not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    for row in rows:
        if row.version_id == timer.subject and row.state == "scheduled":
            check_text(uow, row)
            _start(uow, rows, row, "signed", row.scheduled_by)


def _schedule(
    uow: UnitOfWork, caller: Caller, row: Row[Any], starts_at: datetime, comment: str
) -> None:
    if not uow.now < starts_at <= uow.now + FURTHEST:
        message = f"a date to come, {FURTHEST.days} days away at most; without one it starts now"
        raise invalid("/starts_at", message)
    agreement.schedule(uow.conn, row, caller.name, starts_at)
    uow.parts.timers.arm(uow.conn, [Timer(START_POLICY, row.version_id, 1, starts_at)])
    note_step(uow, caller, "scheduled", row, comment, starts_at=starts_at.isoformat())


def _start(
    uow: UnitOfWork,
    rows: Sequence[Row[Any]],
    row: Row[Any],
    under: Agreement,
    who: Caller | str,
    comment: str = "",
) -> None:
    """Put a version in force; ``rows`` are all of its policy, locked."""
    name = who if isinstance(who, str) else who.name
    before = next((other for other in rows if other.state == "in_force"), None)
    if under == "trial":
        agreement.begin_trial(uow.conn, row.policy, name, uow.now)
    if before is not None and before is not row:
        agreement.succeed(uow.conn, before, uow.now)
        note_step(uow, who, "succeeded", before, succeeded_by=row.number)
    agreement.put_in_force(uow.conn, row, under, name, uow.now)
    look_now(uow, row.version_id)
    if under == "signed":
        agreement.end_trial(uow.conn, row.policy)
    note_step(uow, who, "activated", row, comment, agreement=under)
    uow.stage([_activated(uow, row, under, name, before)])


def _activated(
    uow: UnitOfWork, row: Row[Any], under: Agreement, who: str, before: Row[Any] | None
) -> Envelope:
    event = PolicyActivated(
        policy=row.policy,
        version=row.number,
        version_id=row.version_id,
        agreement=under,
        digest=row.digest,
        activated_at=uow.now,
        by=who,
        signatures=_signatures(uow, row),
        version_before=None if before is None else before.number,
    )
    return Envelope(
        id=stable_id("policy.activated", row.version_id, under),
        source=SOURCE,
        subject=row.policy,
        key=row.policy,
        time=uow.now,
        data=event,
        traceparent=trace.current.get(),
    )


def _signatures(uow: UnitOfWork, row: Row[Any]) -> list[PolicySignature]:
    signed_by = agreement.standing_of(row).signed_by
    known = people.people_by_id(uow.conn, signed_by.values())
    return [
        PolicySignature(role=role, by=known[signed_by[role]], at=getattr(row, f"{role}_signed_at"))
        for role in SIGNING_ROLES
        if role in signed_by
    ]
