"""Signing in by a provider of accounts: who it is, has been proven before any of this runs.

The first time a person is found by the address the provider has verified; from then on by the
account, so an address that changes hands opens nothing. Nobody gets a record by signing in.
"""

from services.handoff.handlers import sign_in
from services.handoff.store import identities, people
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.fields import normal_email
from shared.problem import Problem, not_found


def begin_return(uow: UnitOfWork, state: str, address: str) -> bool:
    """Count somebody who comes back from the provider; return whether it is the first time.

    Raises ``Problem`` (429) where too many failed from ``address``.
    """
    sign_in.count_address(uow, address)
    return identities.use_return(uow.conn, state, uow.now)


def sign_in_by_identity(
    uow: UnitOfWork, issuer: str, subject: str, email: str, address: str, agent: str
) -> str:
    """Sign in whom the provider's account belongs to; return the session's token.

    Raises ``Problem`` (403): ``sso_domain``, ``sso_unknown``, ``sso_left``, ``sso_other`` where
    the person of that address signs in by another account.
    """
    normal = _checked(uow, email)
    linked = identities.person_of(uow.conn, issuer, subject)
    row = linked or people.find_person(uow.conn, normal)
    if row is None:
        raise _refused("sso_unknown", "nobody here has this address")
    # Locked alone: of two who come with one address at once, the second sees what the first did.
    person = people.lock_person(uow.conn, row.person_id)
    if person is None or not person.active:
        raise _refused("sso_left", "this person does not work here any more")
    if linked is None:
        _link(uow, issuer, subject, row.person_id)
    sign_in.forget_address(uow, address)
    return sign_in.begin(uow, row.person_id, agent, "by the provider")


def unlink_person(uow: UnitOfWork, caller: Caller, person_id: str) -> int:
    """Let the next account with a person's address be theirs; return how many were forgotten.

    Their sessions end. Raises ``Problem`` (404).
    """
    if people.person(uow.conn, person_id) is None:
        raise not_found("person")
    count = identities.unlink(uow.conn, person_id)
    if count:
        detail = {"accounts": count}
        add_audit(uow.conn, uow.now, caller.name, "account.unlinked", person_id, detail=detail)
        sign_in.sign_out_person(uow, caller, person_id)
    return count


def _link(uow: UnitOfWork, issuer: str, subject: str, person_id: str) -> None:
    linked = identities.subject_of(uow.conn, issuer, person_id)
    if linked == subject:
        return
    if linked is not None:
        raise _refused("sso_other", "this person signs in by another account")
    identities.link(uow.conn, issuer, subject, person_id, uow.now)
    detail = {"issuer": issuer}
    add_audit(uow.conn, uow.now, person_id, "account.linked", person_id, detail=detail)


def _checked(uow: UnitOfWork, email: str) -> str:
    try:
        normal = normal_email(email)
    except ValueError:
        raise _refused("sso_unverified", "the provider gave no address we can read") from None
    domains = uow.parts.settings.domains()
    if domains and normal.rpartition("@")[2] not in domains:
        raise _refused("sso_domain", "addresses of this domain may not sign in")
    return normal


def _refused(code: str, message: str) -> Problem:
    return Problem(403, code, message)
