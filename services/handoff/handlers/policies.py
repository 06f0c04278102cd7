"""Policy versions: written down as drafts, put in force, the first one at the first start."""

from collections.abc import Iterable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from services.handoff.domain.policy import PolicyVersion
from services.handoff.policy_document import Compilation, compile_policy
from services.handoff.policy_document import Problem as Fault
from services.handoff.settings import HandoffSettings
from services.handoff.store import policies
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import SOURCE, UnitOfWork
from shared import trace
from shared.contracts import Envelope
from shared.contracts.handoffs import PolicyActivated
from shared.db import RunAgain
from shared.ids import new_id
from shared.problem import Problem, not_found


class UnusablePolicy(Exception):
    """The policy cannot be put in force; the message says where it is wrong."""


def draft_version(uow: UnitOfWork, who: str, text: str, file: str) -> Row[Any]:
    """Store a policy as it was written; return its row. It decides nothing yet.

    Raises ``Problem`` (422) with every error and its place.
    """
    version = usable(compile_policy(text, file))
    try:
        version_id, number = policies.add_version(
            uow.conn, version.policy, text, version.digest, who, uow.now
        )
    except IntegrityError as error:
        raise RunAgain("another version of this policy was drafted just now") from error
    detail = {"policy": version.policy, "number": number, "digest": version.digest}
    add_audit(uow.conn, uow.now, who, "policy.drafted", version_id, detail=detail)
    return find_version(uow, version.policy, number)


def find_version(uow: UnitOfWork, policy: str, number: int) -> Row[Any]:
    """Return a version's row. Raises ``Problem`` (404)."""
    row = policies.find_version(uow.conn, policy, number)
    if row is None:
        raise not_found("policy version")
    return row


def activate_version(uow: UnitOfWork, who: str, policy: str, number: int) -> Row[Any]:
    """Let a draft decide from now on, as a trial; return its row. Repeating changes nothing.

    Raises ``Problem``: 404, 422 when it has errors by now, 409 when it has been succeeded.
    """
    rows = {row.number: row for row in policies.lock_versions(uow.conn, policy)}
    row = rows.get(number)
    if row is None:
        raise not_found("policy version")
    if row.state == "in_force":
        return row
    if row.state != "draft":
        message = "a version that was succeeded stays so: draft a new one with its text"
        raise Problem(409, "version_succeeded", message)
    usable(compile_policy(row.text))
    policies.put_in_force(uow.conn, row, who, uow.now)
    detail = {"policy": policy, "number": number, "agreement": row.agreement}
    add_audit(uow.conn, uow.now, who, "policy.activated", row.version_id, detail=detail)
    uow.stage([_activated(uow, who, row)])
    return find_version(uow, policy, number)


def ensure_policy(uow: UnitOfWork) -> None:
    """Give a new installation its first policy: the one its settings name, or the starter.

    Raises ``UnusablePolicy``.
    """
    if policies.has_versions(uow.conn):
        return
    file, text = _first_policy(uow.parts.settings)
    compiled = compile_policy(text, file)
    if compiled.version is None:
        raise UnusablePolicy("\n".join(str(fault) for fault in compiled.errors))
    row = draft_version(uow, "relevo", text, file)
    activate_version(uow, "relevo", row.policy, row.number)


def compile_for_shelf(text: str, version_id: str, number: int) -> PolicyVersion:
    """Compile a stored version. Raises ``UnusablePolicy`` when this release cannot read it."""
    compiled = compile_policy(text, judge=False)
    if compiled.version is None:
        faults = "\n".join(str(fault) for fault in compiled.errors)
        raise UnusablePolicy(f"version {number} ({version_id}) cannot be used:\n{faults}")
    return replace(compiled.version, version_id=version_id, number=number)


def usable(compiled: Compilation) -> PolicyVersion:
    """Return what was compiled. Raises ``Problem`` (422) with every error and its place."""
    if compiled.version is not None:
        return compiled.version
    first = compiled.errors[0]
    raise Problem(
        422,
        "policy_has_errors",
        f"{len(compiled.errors)} to mend; {first.file}:{first.line}:{first.column}: "
        f"{first.message}",
        places(compiled.errors),
    )


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


def _first_policy(settings: HandoffSettings) -> tuple[str, str]:
    """Return name and text of the file a new installation begins with."""
    if settings.policy_file:
        return settings.policy_file, Path(settings.policy_file).read_text(encoding="utf-8")
    starters = files("services.handoff.policy_document") / "starters"
    starter = starters / f"starter.{settings.language}.yaml"
    return starter.name, starter.read_text(encoding="utf-8")


def _activated(uow: UnitOfWork, who: str, row: Row[Any]) -> Envelope:
    event = PolicyActivated(
        policy=row.policy,
        version=row.number,
        version_id=row.version_id,
        agreement=row.agreement,
        digest=row.digest,
        activated_at=uow.now,
        by=who,
    )
    return Envelope(
        id=new_id(),
        source=SOURCE,
        subject=row.policy,
        key=row.policy,
        time=uow.now,
        data=event,
        traceparent=trace.current.get(),
    )
