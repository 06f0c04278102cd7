"""An agreement is made: a version is tried on history, and both teams sign it.

Each handler locks the versions of the policy, lets ``domain.agreement`` judge, writes, and
leaves one line in the audit. Repeating a step changes nothing.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Row

from services.handoff.domain.agreement import (
    Refused,
    SigningRole,
    judge_signature,
    judge_withdrawal,
)
from services.handoff.handlers.policies import check_text, find_version, note_step, version_of
from services.handoff.store import agreement, people, policies
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.problem import Problem, not_found

T = TypeVar("T")


def mark_tried(uow: UnitOfWork, who: str, version_id: str, tryout_id: str) -> None:
    """Say that a try-out of a version on history is complete: now it can be signed.

    People sign upon the latest try-out before the first signature; the audit has all of them.

    Raises ``Problem`` (404).
    """
    policy = policies.policy_of(uow.conn, version_id)
    rows = [] if policy is None else policies.lock_versions(uow.conn, policy)
    row = next((row for row in rows if row.version_id == version_id), None)
    if row is None:
        raise not_found("policy version")
    standing = agreement.standing_of(row)
    if standing.takes_signatures and not standing.signed_by:
        agreement.note_tryout(uow.conn, row, who, tryout_id, uow.now)
    note_step(uow, who, "tried", row, tryout_id=tryout_id)


def sign_version(
    uow: UnitOfWork,
    caller: Caller,
    policy: str,
    number: int,
    role: SigningRole,
    digest: str,
    comment: str = "",
) -> Row[Any]:
    """Sign for one of the two teams; return the row. ``digest`` is that of what was read.

    Raises ``Problem``: 403 when the caller is no person with that role, 404, 409 with what
    stands against it or that the text reads differently, 422 when it cannot be used any more.
    """
    person_id = _signer(uow, caller, role)
    row = version_of(policies.lock_versions(uow.conn, policy), number)
    if not judged(lambda: judge_signature(agreement.standing_of(row), role, person_id, digest)):
        return find_version(uow, policy, number)
    check_text(uow, row)
    agreement.add_signature(uow.conn, row, role, person_id, comment, uow.now)
    note_step(uow, caller, "signed", row, comment, **{"as": role, "digest": digest})
    return find_version(uow, policy, number)


def withdraw_signature(
    uow: UnitOfWork,
    caller: Caller,
    policy: str,
    number: int,
    role: SigningRole,
    comment: str = "",
) -> Row[Any]:
    """Take back the signature of a team, by anybody who may sign for it; return the row.

    Raises ``Problem``: 403, 404, 409 once it was activated with the signature.
    """
    _signer(uow, caller, role)
    row = version_of(policies.lock_versions(uow.conn, policy), number)
    if judged(lambda: judge_withdrawal(agreement.standing_of(row), role)):
        agreement.remove_signature(uow.conn, row, role)
        detail = {"as": role, "signed_by": getattr(row, f"{role}_signed_by")}
        note_step(uow, caller, "signature_withdrawn", row, comment, **detail)
    return find_version(uow, policy, number)


def judged(judge: Callable[[], T]) -> T:
    """Return what ``judge`` does. Raises ``Problem`` (409) with why a step is refused."""
    try:
        return judge()
    except Refused as refused:
        raise Problem(409, refused.code, refused.message) from refused


def _signer(uow: UnitOfWork, caller: Caller, role: SigningRole) -> str:
    """Return the person the caller signs as; neither they nor their roles can change meanwhile."""
    if caller.person_id is None:
        message = "people sign: use a key that acts for a person"
        raise Problem(403, "no_person", message)
    person = people.lock_staff(uow.conn, [caller.person_id]).get(caller.person_id)
    if person is None or role not in person.roles:
        raise Problem(403, "lacks_role", f"whoever signs as {role} has the role {role}")
    return person.person_id
