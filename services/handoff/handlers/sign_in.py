"""Signing in to the console: passwords and the links that set them, sessions, too many failures.

Hashing a password takes a tenth of a second and cannot be done inside a transaction, so
signing in has two halves: ``begin_attempt`` counts the attempt before anybody compares
anything, and ``begin_session`` takes it back. What is answered is the same for an unknown
address, a person without a password and a wrong password.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.handoff.handlers.console_sessions import end_sessions, start_session
from services.handoff.store import people, sessions
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller, scopes_of
from shared.fields import normal_email
from shared.problem import Problem, not_found

LINK_LASTS = timedelta(days=3)
FREE_FAILURES = {"account": 5, "address": 30}
FIRST_WAIT_S = 15
LONGEST_WAIT_S = 900
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody wants to sign in. Without ``person_id`` nobody can with what was typed."""

    account: str
    address: str
    person_id: str | None
    password_hash: str | None


def begin_attempt(uow: UnitOfWork, email: str, address: str) -> Attempt:
    """Count an attempt of the account ``email`` from ``address`` and return whom it may be.

    Raises ``Problem`` (429) where too many failed, whether or not there is such an account.
    """
    try:
        normal = normal_email(email)
    except ValueError:
        normal = email.strip().lower()
    keys = {"account": _digest("account", normal), "address": _digest("address", address)}
    for kind, key in sorted(keys.items(), key=lambda item: item[1]):  # in one order: no deadlock
        _count(uow, kind, key)
    row = sessions.find_credential(uow.conn, normal)
    known = row is not None and row.active and row.password_hash is not None
    return Attempt(
        keys["account"],
        keys["address"],
        row.person_id if row is not None and known else None,
        row.password_hash if row is not None and known else None,
    )


def begin_session(uow: UnitOfWork, attempt: Attempt, agent: str) -> str | None:
    """Sign in whose password was right; return the session's token.

    None where the password was changed, or the person left, meanwhile.
    """
    assert attempt.person_id is not None, "whose password was right is known"
    staff = people.lock_staff(uow.conn, [attempt.person_id])
    current = sessions.password_hash(uow.conn, attempt.person_id)
    if attempt.person_id not in staff or current != attempt.password_hash:
        return None
    take_back(uow, attempt)
    return begin(uow, attempt.person_id, agent, "by password")


def take_back(uow: UnitOfWork, attempt: Attempt) -> None:
    """Forget an attempt whose password was right, and the failures of its account before."""
    for key in sorted((attempt.account, attempt.address)):
        seen = sessions.lock_failures(uow.conn, key, uow.now)
        count = 0 if key == attempt.account else max(0, seen.failures - 1)
        sessions.set_failures(uow.conn, key, count, seen.last_at)


def count_address(uow: UnitOfWork, address: str) -> None:
    """Count an attempt from ``address`` alone. Raises ``Problem`` (429)."""
    _count(uow, "address", _digest("address", address))


def forget_address(uow: UnitOfWork, address: str) -> None:
    """Take back what ``count_address`` counted: it was no failure."""
    key = _digest("address", address)
    seen = sessions.lock_failures(uow.conn, key, uow.now)
    sessions.set_failures(uow.conn, key, max(0, seen.failures - 1), seen.last_at)


def make_link(uow: UnitOfWork, caller: Caller, person: str) -> tuple[str, datetime]:
    """Return the token of a link that sets a person's password once, and when it ends.

    Earlier links of the person end. ``person`` is an id or an e-mail address.

    Raises ``Problem``: 404, 409 for somebody who has left and where passwords are off, 403
    where the person may do what the caller may not: the link would be a way to it.
    """
    check_passwords(uow)
    row = people.find_person(uow.conn, person)
    if row is None:
        raise not_found("person")
    if not row.active:
        raise Problem(409, "has_left", "this person does not work here any more")
    beyond = sorted(scope for scope in scopes_of(row.roles) if not caller.may(scope))
    if beyond:
        message = f"this person may do what you may not: {', '.join(beyond)}"
        raise Problem(403, "exceeds_your_scopes", message)
    sessions.delete_links(uow.conn, row.person_id)
    return _link(uow, row.person_id, caller.name)


def first_link(uow: UnitOfWork) -> str | None:
    """Return the token of a link for the last resort, while nobody has a password yet.

    Each start makes one; replicas that start together each have their own.
    """
    if sessions.has_passwords(uow.conn) or not uow.parts.settings.password_sign_in:
        return None
    row = people.find_person(uow.conn, uow.parts.settings.owner_email)
    return None if row is None or not row.active else _link(uow, row.person_id, "relevo")[0]


def use_link(uow: UnitOfWork, token: str, password_hash: str, agent: str) -> str:
    """Set the password a link is for and sign its person in; return the session's token.

    Raises ``Problem``: 410 for a link that was used before, or has ended; 409 where passwords
    are off.
    """
    check_passwords(uow)
    row = sessions.find_link(uow.conn, token, uow.now, lock=True)
    if row is None:
        raise Problem(410, "link_used", "this link was used before, or is too old")
    sessions.save_password(uow.conn, row.person_id, password_hash, uow.now)
    end_sessions(uow, row.person_id)
    add_audit(uow.conn, uow.now, row.person_id, "password.set", row.person_id, "by link")
    return begin(uow, row.person_id, agent, "by link")


def change_password(
    uow: UnitOfWork, person_id: str, before: str, password_hash: str, agent: str
) -> str | None:
    """Set another password; every session ends. Return the token of a new one.

    ``before`` is the hash the old password was compared with; None where it changed meanwhile.
    """
    people.lock_staff(uow.conn, [person_id])
    if sessions.password_hash(uow.conn, person_id) != before:
        return None
    sessions.save_password(uow.conn, person_id, password_hash, uow.now)
    end_sessions(uow, person_id)
    add_audit(uow.conn, uow.now, person_id, "password.set", person_id, "by hand")
    return begin(uow, person_id, agent, "by password")


def begin(uow: UnitOfWork, person_id: str, agent: str, how: str) -> str:
    """Begin a session of somebody who proved who they are; return its token."""
    token = sessions.new_token()
    start_session(uow, token, person_id, agent)
    add_audit(uow.conn, uow.now, person_id, "session.began", person_id, how)
    return token


def check_passwords(uow: UnitOfWork) -> None:
    """Raise ``Problem`` (409) where nobody signs in by password."""
    if not uow.parts.settings.password_sign_in:
        message = "people sign in by the company's accounts: nobody has a password or needs a link"
        raise Problem(409, "no_passwords", message)


def sign_out(uow: UnitOfWork, person_id: str, session_id: str | None = None) -> None:
    """End one of a person's own sessions, or all of them."""
    if end_sessions(uow, person_id, session_id):
        what = "session.ended" if session_id else "sessions.ended"
        add_audit(uow.conn, uow.now, person_id, what, person_id)


def sign_out_person(uow: UnitOfWork, caller: Caller, person_id: str) -> int:
    """End all sessions of a person; return how many there were. Raises ``Problem`` (404)."""
    if people.person(uow.conn, person_id) is None:
        raise not_found("person")
    ended = end_sessions(uow, person_id)
    detail = {"sessions": ended}
    add_audit(uow.conn, uow.now, caller.name, "sessions.ended", person_id, detail=detail)
    return ended


def _link(uow: UnitOfWork, person_id: str, made_by: str) -> tuple[str, datetime]:
    token, ends_at = sessions.new_token(), uow.now + LINK_LASTS
    sessions.add_link(uow.conn, token, person_id, made_by, uow.now, ends_at)
    add_audit(uow.conn, uow.now, made_by, "person.invited", person_id)
    return token, ends_at


def _count(uow: UnitOfWork, kind: str, key: str) -> None:
    seen = sessions.lock_failures(uow.conn, key, uow.now)
    count = 0 if uow.now - seen.last_at > FORGOTTEN_AFTER else seen.failures
    wait_s = _wait_s(kind, count)
    # Who began before another's failure and came after it is no earlier than that failure.
    last_at = max(seen.last_at, uow.now)
    passed_s = (last_at - seen.last_at).total_seconds()
    if passed_s < wait_s:
        message = "too many attempts to sign in failed: wait before the next one"
        headers = {"Retry-After": str(int(wait_s - passed_s) + 1)}
        raise Problem(429, "too_many_attempts", message, headers=headers)
    sessions.set_failures(uow.conn, key, count + 1, last_at)


def _wait_s(kind: str, failures: int) -> float:
    """Return how long after the last failure nobody may try: 15 s, 30 s … 15 minutes."""
    beyond = failures - FREE_FAILURES[kind]
    return 0 if beyond < 0 else min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(beyond, 10))


def _digest(kind: str, text: str) -> str:
    """Return what failures are counted under: the table names nobody."""
    return hashlib.sha256(f"{kind} {text}".encode(errors="replace")).hexdigest()
