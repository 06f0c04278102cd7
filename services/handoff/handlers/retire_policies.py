"""A policy that is no longer wanted decides no more. What it handed over goes on."""

from typing import Any

from sqlalchemy import Row

from services.handoff.store import policies
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import SOURCE, UnitOfWork
from shared import trace
from shared.access import Caller
from shared.contracts import Envelope
from shared.contracts.handoffs import PolicyRetired
from shared.ids import stable_id
from shared.problem import Problem, not_found


def retire_policy(uow: UnitOfWork, caller: Caller, policy: str, why: str) -> Row[Any]:
    """Let no version of ``policy`` hand leads over; return the one that did until now.

    Owners of its open hand-offs go on hearing news. A new version can be put in force later.

    Raises ``Problem``: 404, 409 when none of its versions is in force.
    """
    rows = policies.lock_versions(uow.conn, policy)
    if not rows:
        raise not_found("policy")
    row = next((each for each in rows if each.state == "in_force"), None)
    if row is None:
        raise Problem(409, "not_in_force", "no version of this policy is in force")
    policies.retire(uow.conn, row, caller.name, why, uow.now)
    detail = {"policy": policy, "number": row.number}
    add_audit(uow.conn, uow.now, caller.name, "policy.retired", row.version_id, why, detail)
    uow.stage([_retired(uow, caller, row, why)])
    found = policies.find_version(uow.conn, policy, row.number)
    assert found is not None, "it is locked in this transaction"
    return found


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
