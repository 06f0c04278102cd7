"""API keys: made, shown once, narrowed with their person's roles, revoked."""

from collections.abc import Iterable, Sequence

from services.handoff.handlers.directory import tell_keys
from services.handoff.store import keys, people
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import UnitOfWork
from shared.access import ADMIN, Caller, hash_key, new_key, scopes_of
from shared.contracts.directory import KeyChanged, PersonChanged
from shared.ids import new_id
from shared.problem import Problem, invalid, not_found


def make_key(
    uow: UnitOfWork, caller: Caller, name: str, scopes: Sequence[str], person: str | None
) -> tuple[KeyChanged, str]:
    """Make a key; return it and its text, which nobody can read again.

    ``person`` is the id or e-mail address of whom the key acts for. Without ``scopes`` it
    gets what that person's roles allow.

    Raises ``Problem``: 422 for what the person's roles do not allow, 403 for what the
    caller may not do either.
    """
    owner = None if person is None else _staff(uow, person)
    wanted = _wanted(owner, scopes)
    if beyond := _beyond(caller, wanted):
        message = f"a key cannot give what it lacks: {', '.join(beyond)}"
        raise Problem(403, "exceeds_your_scopes", message)
    text = new_key()
    entry = KeyChanged(
        key_id=new_id(),
        revision=1,
        hash=hash_key(text),
        name=name,
        scopes=wanted,
        person_id=None if owner is None else owner.person_id,
        revoked_at=None,
    )
    keys.add_key(uow.conn, entry)
    detail = {"scopes": wanted, "person_id": entry.person_id}
    add_audit(uow.conn, uow.now, caller.name, "key.made", entry.key_id, detail=detail)
    tell_keys(uow, entry)
    return entry, text


def revoke_key(uow: UnitOfWork, caller: Caller, key_id: str) -> None:
    """Revoke a key, everywhere within seconds. Revoking it again changes nothing.

    Raises ``Problem``: 404, or 403 for an admin's key and a caller who is none.
    """
    entry = keys.lock_key(uow.conn, key_id)
    if entry is None:
        raise not_found("key")
    if ADMIN in entry.scopes and not caller.may(ADMIN):
        raise Problem(403, "not_allowed", "only an admin may revoke an admin's key")
    if entry.revoked_at is None:
        _change(uow, caller, entry, (), "revoked by hand")


def narrow_keys(uow: UnitOfWork, caller: Caller, person: PersonChanged) -> None:
    """Let the keys that act for ``person`` do no more than the person may now."""
    allowed = scopes_of(person.roles) if person.active else frozenset()
    for entry in keys.lock_keys_of(uow.conn, person.person_id):
        left = [scope for scope in entry.scopes if scope in allowed]
        if left != entry.scopes:
            why = "the person's roles changed" if person.active else "the person has left"
            _change(uow, caller, entry, left, why)


def _change(
    uow: UnitOfWork, caller: Caller, entry: KeyChanged, left: Iterable[str], why: str
) -> None:
    """Leave a key these scopes; with none it is revoked, and keeps on record what it had."""
    scopes = list(left)
    if scopes:
        stored = keys.change_key(uow.conn, entry, scopes, None)
    else:
        stored = keys.change_key(uow.conn, entry, entry.scopes, uow.now)
    what = "key.changed" if scopes else "key.revoked"
    detail = {"scopes": stored.scopes}
    add_audit(uow.conn, uow.now, caller.name, what, entry.key_id, why, detail)
    tell_keys(uow, stored)


def _staff(uow: UnitOfWork, person: str) -> PersonChanged:
    row = people.find_person(uow.conn, person)
    staff = {} if row is None else people.lock_staff(uow.conn, [row.person_id])
    if row is None or row.person_id not in staff:
        message = "nobody who works here has that id or e-mail address"
        raise invalid("/person", message, "unknown_person")
    return staff[row.person_id]


def _wanted(owner: PersonChanged | None, scopes: Sequence[str]) -> list[str]:
    if owner is None:
        if not scopes:
            raise invalid("/scopes", "say what the key may do, or whom it acts for")
        return sorted(set(scopes))
    allowed = scopes_of(owner.roles)
    beyond = sorted(set(scopes) - allowed)
    if beyond:
        message = f"the person's roles do not allow {', '.join(beyond)}"
        raise invalid("/scopes", message, "exceeds_roles")
    return sorted(set(scopes) or allowed)


def _beyond(caller: Caller, scopes: Iterable[str]) -> list[str]:
    return [scope for scope in scopes if not caller.may(scope)]
