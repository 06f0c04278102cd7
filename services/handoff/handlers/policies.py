"""Policy versions: drafted, and brought back. What becomes of one: ``sign_policies`` and on."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from services.handoff.domain.policy import PolicyVersion
from services.handoff.policy_document import Compilation, Vocabulary, compile_policy
from services.handoff.policy_document import Problem as Fault
from services.handoff.store import calendars, policies
from services.handoff.store.handoffs import add_audit
from services.handoff.store.lists import hold_lists, list_names
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.clock import to_text
from shared.db import RunAgain
from shared.preconditions import changed_meanwhile, expected_revision
from shared.problem import Problem, not_found

MOST_COMPILED = 64
"""Texts that are kept compiled: the same one is drafted, looked at, saved and signed."""


class UnusablePolicy(Exception):
    """The policy cannot be put in force; the message says where it is wrong."""


def draft_version(
    uow: UnitOfWork,
    caller: Caller,
    text: str,
    file: str,
    if_match: str | None = None,
    comment: str = "",
) -> Row[Any]:
    """Store a policy as it was written; return its row. It decides nothing yet.

    ``if_match`` names the newest version when the text was begun; not needed for the first.

    Raises ``Problem``: 422 with every error and its place, 428 without ``if_match``, 412 when
    somebody drafted another version meanwhile.
    """
    version = usable(compiled(uow, text, file))
    number = _next_number(uow, version.policy, if_match)
    row = _add_version(uow, caller, version, number, text)
    note_step(uow, caller, "drafted", row, comment, digest=row.digest)
    return row


def restore_version(
    uow: UnitOfWork,
    caller: Caller,
    policy: str,
    number: int,
    if_match: str | None = None,
    comment: str = "",
) -> Row[Any]:
    """Draft the text of an older version again; return the new row. It is signed anew.

    Raises ``Problem``: 404, 422 when this release cannot use it any more, 412.
    """
    old = find_version(uow, policy, number)
    version = usable(compiled(uow, old.text))
    next_number = _next_number(uow, policy, if_match or "*")
    row = _add_version(uow, caller, version, next_number, old.text, restored_from=number)
    detail = {"restored_from": number, "digest": row.digest}
    note_step(uow, caller, "restored", row, comment, **detail)
    return row


def find_version(uow: UnitOfWork, policy: str, number: int) -> Row[Any]:
    """Return a version's row, with who signed it. Raises ``Problem`` (404)."""
    row = policies.find_version(uow.conn, policy, number)
    if row is None:
        raise not_found("policy version")
    return row


def version_of(rows: Iterable[Row[Any]], number: int) -> Row[Any]:
    """Return the one with this number. Raises ``Problem`` (404)."""
    for row in rows:
        if row.number == number:
            return row
    raise not_found("policy version")


def note_step(
    uow: UnitOfWork,
    who: Caller | str,
    what: str,
    row: Row[Any],
    comment: str = "",
    **detail: Any,
) -> None:
    """Write one step in the life of a version into the audit.

    ``who`` is a caller, or a name where nobody is calling now.
    """
    caller = Caller("", who, frozenset()) if isinstance(who, str) else who
    person = {} if caller.person_id is None else {"person_id": caller.person_id}
    detail = {"policy": row.policy, "number": row.number, **detail, **person}
    add_audit(uow.conn, uow.now, caller.name, f"policy.{what}", row.version_id, comment, detail)


def compiled(uow: UnitOfWork, text: str, file: str = "policy.yaml") -> Compilation:
    """Compile a text that may name what is kept here, beside the policies in force."""
    beside = tuple(each.version for each in uow.parts.shelf.in_force(uow.conn))
    lists = tuple(list_names(uow.conn))
    return _compiled(_Asked(text, file, lists, _known_here(uow), tuple(map(id, beside)), beside))


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that compiling depends on.

    The policies beside are told apart as objects, which are alive as long as this is: one
    whose lists change is another.
    """

    text: str
    file: str
    lists: tuple[str, ...]
    known: Vocabulary
    ids: tuple[int, ...]
    beside: tuple[PolicyVersion, ...] = field(compare=False)


@lru_cache(maxsize=MOST_COMPILED)
def _compiled(asked: _Asked) -> Compilation:
    return compile_policy(asked.text, asked.file, asked.lists, asked.known, asked.beside)


def compile_for_shelf(text: str, version_id: str, number: int) -> PolicyVersion:
    """Compile a stored version, whose lists were there when it was drafted.

    Raises ``UnusablePolicy`` when this release cannot read it.
    """
    found = compile_policy(text, lists=None, judge=False)
    if found.version is None:
        faults = "\n".join(str(fault) for fault in found.errors)
        raise UnusablePolicy(f"version {number} ({version_id}) cannot be used:\n{faults}")
    return replace(found.version, version_id=version_id, number=number)


def _known_here(uow: UnitOfWork) -> Vocabulary:
    """Return the names a policy may use in this installation."""
    return Vocabulary(calendars=calendars.names(uow.conn))


def usable(found: Compilation) -> PolicyVersion:
    """Return what was compiled. Raises ``Problem`` (422) with every error and its place."""
    if found.version is not None:
        return found.version
    first = found.errors[0]
    raise Problem(
        422,
        "policy_has_errors",
        f"{len(found.errors)} to mend; {first.file}:{first.line}:{first.column}: {first.message}",
        places(found.errors),
    )


def check_text(uow: UnitOfWork, row: Row[Any]) -> None:
    """Make sure that a stored text still says what its digest, and so each signature, is of.

    The lists it names are there until the commit at least.

    Raises ``Problem``: 422 when this release cannot use it, 409 when it reads it differently
    or somebody changed it behind our back.
    """
    version = usable(compiled(uow, row.text))
    if hold_lists(uow.conn, version.list_names) != version.list_names:
        raise RunAgain("a list this policy names was deleted just now")
    digest = version.digest
    if digest != row.digest:
        message = (
            f"version {row.number} was stored as {row.digest} and reads as {digest} now: draft "
            "it again"
        )
        raise Problem(409, "reads_differently", message)


def places(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Return each fault with its pointer and place in the file."""
    return [
        {
            "pointer": fault.path,
            "line": fault.line,
            "column": fault.column,
            "code": fault.code,
            "message": fault.message,
        }
        for fault in faults
    ]


def _next_number(uow: UnitOfWork, policy: str, if_match: str | None) -> int:
    """Return the number of the next version, if the newest is the one ``if_match`` names."""
    newest = policies.newest_version(uow.conn, policy)
    if newest is None and if_match is None:
        return 1  # of a new policy nobody can have read an older version
    expected = expected_revision(if_match)
    number = None if newest is None else newest.number
    if expected in (None, number):
        return 1 + (number or 0)
    if newest is None:
        raise changed_meanwhile()
    message = (
        f"{newest.created_by} drafted version {number} at {to_text(newest.created_at)}: "
        "read it, then draft again"
    )
    where = {"pointer": "header.if-match", "message": f'the newest is "{number}"'}
    raise Problem(412, "changed_meanwhile", message, [where])


def _add_version(
    uow: UnitOfWork,
    caller: Caller,
    version: PolicyVersion,
    number: int,
    text: str,
    restored_from: int | None = None,
) -> Row[Any]:
    try:
        policies.add_version(
            uow.conn,
            version.policy,
            number,
            text,
            version.digest,
            caller.name,
            uow.now,
            restored_from,
        )
    except IntegrityError as error:
        raise RunAgain("another version of this policy was drafted just now") from error
    return find_version(uow, version.policy, number)
