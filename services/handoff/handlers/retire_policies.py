"""A policy that is no longer wanted decides no more. What it handed over goes on."""

from typing import Any

from sqlalchemy import Row

from services.handoff.handlers.policies import find_version, note_step
from services.handoff.store import agreement, policies
from services.handoff.unit_of_work import SOURCE, UnitOfWork
from shared import trace
from shared.access import Caller
from shared.contracts import Envelope
from shared.contracts.policies import PolicyRetired
from shared.ids import stable_id
from shared.problem import Problem, not_found


def retire_policy(uow: UnitOfWork, caller: Caller, policy: str, why: str) -> Row[Any]:
    """Let no version of ``policy`` hand leads over; return the one that did until now.

    Owners of its open hand-offs go on hearing news. A new version can be put in force later.

    Repeating it changes nothing.

    Raises ``Problem``: 404, 409 when none of its versions was in force, or one is scheduled.
    """
    rows = policies.lock_versions(uow.conn, policy)
    if not rows:
        raise not_found("policy")
    row = next((each for each in rows if each.state == "in_force"), None)
    if row is None:
        ended = [each for each in rows if each.retired_at is not None]
        if not ended:
            raise Problem(409, "not_in_force", "no version of this policy is in force")
        return find_version(uow, policy, max(ended, key=lambda each: each.retired_at).number)
    waiting = next((each for each in rows if each.state == "scheduled"), None)
    if waiting is not None:
        message = f"version {waiting.number} waits for its date: unschedule it first"
        raise Problem(409, "version_scheduled", message)
    agreement.retire(uow.conn, row, caller.name, why, uow.now)
    note_step(uow, caller, "retired", row, why)
    uow.stage([_retired(uow, caller, row, why)])
    return find_version(uow, policy, row.number)


def _retired(uow: UnitOfWork, caller: Caller, row: Row[Any], why: str) -> Envelope:
    event = PolicyRetired(
        policy=row.policy,
        version=row.number,
        version_id=row.version_id,
        why=why,
        retired_at=uow.now,
        by=caller.name,
    )
    return Envelope(
        id=stable_id("policy.retired", row.version_id),
        source=SOURCE,
        subject=row.policy,
        key=row.policy,
        time=uow.now,
        data=event,
        traceparent=trace.current.get(),
    )
