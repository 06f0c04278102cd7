"""Who works with leads: joining, changing, leaving."""

from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.handoff.handlers.channels import settled_channels, unmasked
from services.handoff.handlers.console_sessions import sessions_follow
from services.handoff.handlers.directory import tell_people
from services.handoff.handlers.keys import narrow_keys
from services.handoff.handlers.leave import has_left, settled_leaving, watch_last_day
from services.handoff.store import people, teams, territories
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
    _check_last_day(uow, entry)
    stored = _save(uow, entry)
    watch_last_day(uow, stored)
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
    if "channels" in changes:
        said = unmasked(after.channels, before.channels)
        settled = settled_channels(uow.parts.settings, after.email, said)
        after = after.model_copy(update={"channels": settled})
    after = settled_leaving(uow, before, after, changes)
    fields = {*changes, "last_day"}
    changed = sorted(name for name in fields if getattr(before, name) != getattr(after, name))
    if not changed:
        return before
    _check_admin(caller, before, after)
    _check_last_resort(uow, before, after)
    if before.active and not after.active:
        _check_not_needed(uow, person_id)
    stored = _save(uow, _with_new_address(before, after))
    watch_last_day(uow, stored)
    if before.active and not stored.active:
        has_left(uow, caller, stored)
    else:
        narrow_keys(uow, caller, stored)
    # names of fields only: the audit outlives what is known of a person
    detail = {"changed": changed, "roles": stored.roles, "active": stored.active}
    add_audit(uow.conn, uow.now, caller.name, "person.changed", person_id, detail=detail)
    return stored


def set_last_day(uow: UnitOfWork, caller: Caller, person_id: str, last_day: date | None) -> None:
    """Say which day is a person's last, or that they stay. Raises as ``change_person``."""
    change_person(uow, caller, person_id, None, {"last_day": last_day})


def _save(uow: UnitOfWork, entry: Employee) -> Employee:
    channels = settled_channels(uow.parts.settings, entry.email, entry.channels)
    try:
        stored = people.save_person(uow.conn, entry.model_copy(update={"channels": channels}))
    except IntegrityError as error:
        message = "somebody has this e-mail address already"
        where = {"pointer": "/email", "message": message}
        raise Problem(409, "email_taken", message, [where]) from error
    tell_people(uow, stored)
    sessions_follow(uow, stored)
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
        raise _is_last_resort("/email" if after.active else "/active")
    _check_last_day(uow, after)


def _check_last_day(uow: UnitOfWork, entry: Employee) -> None:
    if entry.last_day is not None and entry.email == uow.parts.settings.owner_email:
        raise _is_last_resort("/last_day")


def _is_last_resort(pointer: str) -> Problem:
    message = (
        "RELEVO_OWNER_EMAIL names this person for what nobody else can take: "
        "name somebody else there first"
    )
    return Problem(409, "is_last_resort", message, [{"pointer": pointer, "message": message}])


def _check_not_needed(uow: UnitOfWork, person_id: str) -> None:
    """Refuse to let somebody go whom teams or territories name."""
    names = teams.fallback_for(uow.conn, person_id)
    if names:
        raise Problem(
            409,
            "is_fallback",
            f"is the fallback of {', '.join(names)}: name somebody else there first",
            [{"pointer": "/active", "message": f"fallback of {name}"} for name in names],
        )
    names = territories.taken_by(uow.conn, person_id)
    if names:
        raise Problem(
            409,
            "takes_territory",
            f"takes the territory {', '.join(names)}: name somebody else there first",
            [{"pointer": "/active", "message": f"takes the territory {name}"} for name in names],
        )
