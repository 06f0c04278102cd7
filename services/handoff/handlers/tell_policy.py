"""Which versions are told in plain words, and compared. Writes nothing."""

from services.handoff.domain.policy import PolicyVersion
from services.handoff.handlers.policies import UnusablePolicy
from services.handoff.handlers.try_policy import stored_version
from services.handoff.store.policies import find_version, version_in_force
from services.handoff.unit_of_work import UnitOfWork
from shared.problem import Problem


def version_to_tell(uow: UnitOfWork, policy: str, number: int | None) -> PolicyVersion:
    """Return a stored version; without a number the one in force.

    Raises ``Problem``: 404, or 422 when this release cannot read it.
    """
    try:
        return stored_version(uow, policy, number)
    except UnusablePolicy as error:
        raise Problem(422, "policy_has_errors", str(error)) from error


def version_to_compare(
    uow: UnitOfWork, policy: str, number: int, against: int | None
) -> PolicyVersion:
    """Return what version ``number`` is compared with: ``against``, or what it would succeed.

    That is the version in force, and for the one in force itself the number before.

    Raises ``Problem``: 404 when there is none, 422 when this release cannot read it.
    """
    if against is not None:
        return version_to_tell(uow, policy, against)
    in_force = version_in_force(uow.conn, policy)
    if in_force is not None and in_force.number != number:
        return version_to_tell(uow, policy, in_force.number)
    if find_version(uow.conn, policy, number - 1) is None:
        message = f"nothing came before version {number}: name a version by `against`"
        raise Problem(404, "nothing_to_compare", message)
    return version_to_tell(uow, policy, number - 1)
