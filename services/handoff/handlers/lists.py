"""Lists that policies name: competitors, own staff, customers. Daily work, every version kept.

A change counts from the next evaluation on, in every process, without a new version of the
policies that name the list; each evaluation says which version of it was asked.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from services.handoff.domain.comparing import comparable
from services.handoff.store import lists, territories
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.db import RunAgain
from shared.preconditions import changed_meanwhile
from shared.problem import Problem, invalid, not_found

NAME = r"^[a-z][a-z0-9_-]{0,62}$"
"""What a list may be called."""
MOST_LISTS = 200
MOST_VALUES = 100_000

Mode = Literal["replace", "add", "remove"]


def add_list(uow: UnitOfWork, caller: Caller, name: str, values: Iterable[str], why: str) -> Any:
    """Make a list; return it. The name of a deleted one goes on counting its versions.

    Raises ``Problem``: 409 when there is one of this name, or there are too many.
    """
    row = lists.lock_list(uow.conn, name)
    if row is not None and row.deleted_at is None:
        where = {"pointer": "/name", "message": "a list has this name already"}
        raise Problem(409, "name_taken", where["message"], [where])
    if lists.count_lists(uow.conn) >= MOST_LISTS:
        raise Problem(409, "too_many_lists", f"there are {MOST_LISTS} lists already")
    if row is None:
        try:
            lists.add_list(uow.conn, name)
        except IntegrityError as error:
            raise RunAgain("another list of this name was made just now") from error
    held = frozenset[str]() if row is None else lists.keys_of(uow.conn, name, row.number)
    number = 0 if row is None else row.number
    return _write(uow, caller, name, number, held, _by_key(values), held, why, "list.added")


def change_list(
    uow: UnitOfWork,
    caller: Caller,
    name: str,
    expected: int | None,
    add: Iterable[str],
    remove: Iterable[str],
    why: str,
) -> Any:
    """Add and remove values; return the list. A change that changes nothing makes no version.

    ``expected`` is the version the change was based on; None for whatever is there.

    Raises ``Problem``: 404, 412, 422 when the list would be too long, or a value is in both.
    """
    row = _locked(uow, name, expected)
    wanted, unwanted = _by_key(add), set(_by_key(remove))
    if both := wanted.keys() & unwanted:
        raise invalid("/remove", f"these are to be added too: {', '.join(sorted(both)[:5])}")
    return _change(uow, caller, row, wanted, unwanted, why)


def replace_list(
    uow: UnitOfWork,
    caller: Caller,
    name: str,
    expected: int | None,
    values: Iterable[str],
    why: str,
) -> Any:
    """Let a list hold these values and no others; return it. Else as ``change_list``."""
    row = _locked(uow, name, expected)
    return _change(uow, caller, row, _by_key(values), None, why)


def delete_list(uow: UnitOfWork, caller: Caller, name: str, expected: int | None, why: str) -> None:
    """Let policies name a list no more. Its versions stay readable in old decisions.

    Raises ``Problem``: 404, 412, 409 with the policies in force and the territories
    that name it.
    """
    row = _locked(uow, name, expected)
    users = used_by(uow, name)
    asking = territories.naming_list(uow.conn, name)
    if users or asking:
        message = f"in use by {', '.join((*users, *asking))}: take it out of there first"
        errors = [
            *({"policy": one, "message": f"{one} names it"} for one in users),
            *({"territory": one, "message": f"the territory {one} names it"} for one in asking),
        ]
        raise Problem(409, "list_in_use", message, errors)
    lists.delete_list(uow.conn, name, uow.now)
    detail = {"version": row.number}
    add_audit(uow.conn, uow.now, caller.name, "list.deleted", name, why, detail)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change would make of a list, as values people wrote."""

    number: int
    """Of the version it is compared with."""
    new: list[str]
    gone: list[str]
    same: int
    """Given values that are on the list already, or that are not on it and are to be off it."""


def differ(uow: UnitOfWork, name: str, mode: Mode, values: Iterable[str]) -> Difference:
    """Return what taking these values in would change. Nothing is written.

    Raises ``Problem``: 404; 422 for a value without anything to compare, or too many values.
    """
    row = find_list(uow, name)
    held, given = lists.values_of(uow.conn, name, row.number), _by_key(values)
    new = {} if mode == "remove" else {k: v for k, v in given.items() if k not in held}
    kept = given.keys() if mode == "replace" else held.keys() - given.keys()
    gone = [] if mode == "add" else [v for k, v in held.items() if (k not in kept)]
    if len(held) - len(gone) + len(new) > MOST_VALUES:
        raise _too_long()
    touched = len(new) + (len(gone) if mode == "remove" else 0)
    return Difference(row.number, list(new.values()), gone, len(given) - touched)


def take_in(
    uow: UnitOfWork,
    caller: Caller,
    name: str,
    expected: int | None,
    mode: Mode,
    values: list[str],
    why: str,
) -> Any:
    """Take values in: in place of what is there, beside it, or out of it; return the list.

    Raises ``Problem`` as ``change_list``.
    """
    if mode == "replace":
        return replace_list(uow, caller, name, expected, values, why)
    add, remove = (values, []) if mode == "add" else ([], values)
    return change_list(uow, caller, name, expected, add, remove, why)


def find_list(uow: UnitOfWork, name: str) -> Any:
    """Return a list. Raises ``Problem`` (404)."""
    row = lists.find_list(uow.conn, name)
    if row is None or row.deleted_at is not None:
        raise not_found("list")
    return row


def used_by(uow: UnitOfWork, name: str) -> list[str]:
    """Return the policies that decide and name a list."""
    in_force = uow.parts.shelf.in_force(uow.conn)
    return [each.policy for each in in_force if name in each.version.list_names]


def _locked(uow: UnitOfWork, name: str, expected: int | None) -> Row[Any]:
    row = lists.lock_list(uow.conn, name)
    if row is None or row.deleted_at is not None:
        raise not_found("list")
    if expected not in (None, row.number):
        raise changed_meanwhile()
    return row


def _change(
    uow: UnitOfWork,
    caller: Caller,
    row: Row[Any],
    wanted: Mapping[str, str],
    unwanted: Collection[str] | None,
    why: str,
) -> Any:
    """Write the next version; ``unwanted`` None takes out whatever is not wanted."""
    held = lists.keys_of(uow.conn, row.name, row.number)
    out = held - wanted.keys() if unwanted is None else held.intersection(unwanted)
    new = {key: value for key, value in wanted.items() if key not in held}
    if not new and not out:
        return row
    return _write(uow, caller, row.name, row.number, held, new, out, why, "list.changed")


def _write(
    uow: UnitOfWork,
    caller: Caller,
    name: str,
    number: int,
    held: frozenset[str],
    new: Mapping[str, str],
    out: Collection[str],
    why: str,
    what: str,
) -> Any:
    keys = (held - set(out)) | new.keys()
    if len(keys) > MOST_VALUES:
        raise _too_long()
    counts = {"size": len(keys), "added": len(new), "removed": len(out)}
    made = {"made_at": uow.now, "made_by": caller.name, "why": why, "place": uow.places()}
    version = {"digest": digest_of(keys), **counts, **made}
    lists.add_version(uow.conn, name, number + 1, new, out, version)
    detail = {"version": number + 1, **counts}
    add_audit(uow.conn, uow.now, caller.name, what, name, why, detail)
    return find_list(uow, name)


def _too_long() -> Problem:
    return invalid("/values", f"a list holds at most {MOST_VALUES:,} values", "list_too_long")


def digest_of(keys: Iterable[str]) -> str:
    """Return the SHA-256 of a list's values as they are compared, sorted, one a line."""
    return hashlib.sha256("".join(f"{key}\n" for key in sorted(keys)).encode()).hexdigest()


def _by_key(values: Iterable[str]) -> dict[str, str]:
    """Return values by what they are compared as; of two spellings the first stays."""
    found: dict[str, str] = {}
    for place, value in enumerate(values):
        key = comparable(value)
        if not key:
            raise invalid(f"/values/{place}", "a value needs a letter, a digit or a sign")
        found.setdefault(key, value)
    return found
