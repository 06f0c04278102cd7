"""Who works with leads: joining, changing, leaving."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from services.handoff.handlers.channels import settled_channels, unmasked
from services.handoff.handlers.directory import tell_people
from services.handoff.handlers.keys import narrow_keys
from services.handoff.store import people, teams
from services.handoff.store.handoffs import add_audit
from services.handoff.store.people import Employee
from services.handoff.unit_of_work import UnitOfWork
from shared.access import ADMIN, Caller
from shared.preconditions import changed_meanwhile
from shared.problem import Problem, not_found


def add_person(uow: UnitOfWork, caller: Caller, entry: Employee) -> Employee:
    """Let somebody join; return what was stored.

    Raises ``Problem``: 409 when the e-mail address is somebody's, 422 for a channel that
    cannot be used, 403 when only an admin may do it.
    """
    _check_admin(caller, entry)
    stored = _save(uow, entry)
    detail = {"roles": stored.roles}
    add_audit(uow.conn, uow.now, caller.name, "person.added", stored.person_id, detail=detail)
    return stored


def change_person(
    uow: UnitOfWork, caller: Caller, person_id: str, expected: int | None, changes: dict[str, Any]
) -> Employee:
    """Change fields of a person, ``active`` too: somebody leaves, or comes back.

    ``expected`` is the revision the change was based on; None for whatever is there. Keys
    that act for the person keep what the new roles allow; those of a leaver are revoked.

    Raises ``Problem``: 404, 412, and as ``add_person``; 409 for somebody who must stay.
    """
    before = people.lock_person(uow.conn, person_id)
    if before is None:
        raise not_found("person")
    if expected not in (None, before.revision):
        raise changed_meanwhile()
    after = Employee.model_validate(before.model_dump() | changes)
    after = after.model_copy(update={"channels": unmasked(after.channels, before.channels)})
    changed = sorted(name for name in changes if getattr(before, name) != getattr(after, name))
    if not changed:
        return before
    _check_admin(caller, before, after)
    _check_last_resort(uow, before, after)
    if before.active and not after.active:
        _check_no_fallback(uow, person_id)
    stored = _save(uow, _with_new_address(before, after))
    narrow_keys(uow, caller, stored)
    # names of fields only: the audit outlives what is known of a person
    detail = {"changed": changed, "roles": stored.roles, "active": stored.active}
    add_audit(uow.conn, uow.now, caller.name, "person.changed", person_id, detail=detail)
    return stored


def _save(uow: UnitOfWork, entry: Employee) -> Employee:
    channels = settled_channels(uow.parts.settings, entry.email, entry.channels)
    try:
        stored = people.save_person(uow.conn, entry.model_copy(update={"channels": channels}))
    except IntegrityError as error:
        message = "somebody has this e-mail address already"
        where = {"pointer": "/email", "message": message}
        raise Problem(409, "email_taken", message, [where]) from error
    tell_people(uow, stored)
    return stored


def _with_new_address(before: Employee, after: Employee) -> Employee:
    """Let mail go to a person's new address where it went to their old one."""
    channels = [
        channel.model_copy(update={"address": after.email})
        if channel.channel == "email" and channel.address == before.email
        else channel
        for channel in after.channels
    ]
    return after.model_copy(update={"channels": channels})


def _check_admin(caller: Caller, *entries: Employee) -> None:
    """Admins are made and changed by admins: else an address changed were a key stolen."""
    if not caller.may(ADMIN) and any("admin" in entry.roles for entry in entries):
        raise Problem(403, "not_allowed", "only an admin may make or change an admin")


def _check_last_resort(uow: UnitOfWork, before: Employee, after: Employee) -> None:
    if before.email != uow.parts.settings.owner_email:
        return
    if after.email != before.email or not after.active:
        raise Problem(
            409,
            "is_last_resort",
            "RELEVO_OWNER_EMAIL names this person for what nobody else can take: "
            "name somebody else there first",
        )


def _check_no_fallback(uow: UnitOfWork, person_id: str) -> None:
    names = teams.fallback_for(uow.conn, person_id)
    if names:
        raise Problem(
            409,
            "is_fallback",
            f"is the fallback of {', '.join(names)}: name somebody else there first",
            [{"pointer": "/active", "message": f"fallback of {name}"} for name in names],
        )
