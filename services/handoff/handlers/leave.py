"""People leave: at once by somebody's word, or when their last day is over where they are.

Whoever leaves is messaged no more, their keys are revoked and their open hand-offs move.
"""

from dataclasses import replace
from typing import Any

from services.handoff.domain.leaving import end_of, today
from services.handoff.handlers.clocks import LAST_DAY
from services.handoff.handlers.console_sessions import sessions_follow
from services.handoff.handlers.directory import tell_people
from services.handoff.handlers.keys import narrow_keys
from services.handoff.handlers.move_handoffs import move_later
from services.handoff.store import people, teams, territories
from services.handoff.store.handoffs import add_audit
from services.handoff.store.people import Employee
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.audit import RELEVO
from shared.timers import Timer

ITSELF = Caller(RELEVO, RELEVO, frozenset())
FIRST = 1


def settled_leaving(
    uow: UnitOfWork, before: Employee, after: Employee, given: dict[str, Any]
) -> Employee:
    """Return a person with the last day that goes with whether they work here.

    Who leaves by somebody's word leaves today unless a day was; who comes back stays.
    """
    if before.active and not after.active:
        now = today(uow.now, after.zone)
        return after.model_copy(update={"last_day": min(after.last_day or now, now)})
    is_back = after.active and not before.active
    if is_back and "last_day" not in given:
        return after.model_copy(update={"last_day": None})
    return after


def watch_last_day(uow: UnitOfWork, one: Employee) -> None:
    """Let a person leave when their last day is over; or not, where they have none."""
    timers = uow.parts.timers
    if one.active and one.last_day is not None:
        timer = Timer(LAST_DAY, one.person_id, FIRST, end_of(one.last_day, one.zone))
        timers.arm(uow.conn, [timer])
    else:
        timers.cancel(uow.conn, one.person_id, [LAST_DAY], uow.now)


def ensure_last_days(uow: UnitOfWork) -> None:
    """Let everybody leave whose last day was known before anything came of it."""
    for one in people.everybody(uow.conn):
        if one.active and one.last_day is not None:
            watch_last_day(uow, one)


def last_day_ends(uow: UnitOfWork, timer: Timer) -> None:
    """Let a person leave whose last day is over.

    The teams whose fallback they were get the last resort as theirs, and territories that
    went to them are asked no longer; the last resort itself stays.
    """
    known = teams.lock_teams(uow.conn)
    theirs = territories.lock_taken_by(uow.conn, timer.subject)
    person = people.lock_person(uow.conn, timer.subject)
    if person is None or not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    if not person.active or person.last_day is None:
        return
    if end_of(person.last_day, person.zone) > uow.now:
        watch_last_day(uow, person)
        return
    last_resort = people.find_person(uow.conn, uow.parts.settings.owner_email)
    if last_resort is None or last_resort.person_id == person.person_id:
        stays = person.model_copy(update={"last_day": None})
        _store(uow, stays, "person.changed", "named in the settings as the last resort: stays")
        return
    for team in known.values():
        if team.fallback.person_id == person.person_id:
            teams.change_team(uow.conn, team, team.name, last_resort.person_id, team.takes_leads)
            why = "the fallback left: the last resort takes their place"
            detail = {"fallback_id": last_resort.person_id}
            add_audit(uow.conn, uow.now, RELEVO, "team.changed", team.team_id, why, detail)
    for one in theirs:
        off = replace(one, revision=one.revision + 1, active=False)
        territories.change(uow.conn, off, RELEVO, uow.now)
        detail = {"name": one.name, "revision": off.revision, "changed": ["active"]}
        why, what = "the person who took its leads left", "territory.changed"
        add_audit(uow.conn, uow.now, RELEVO, what, one.territory_id, why, detail)
    gone = person.model_copy(update={"active": False})
    left = _store(uow, gone, "person.changed", "the last day is over")
    has_left(uow, ITSELF, left)


def has_left(uow: UnitOfWork, caller: Caller, one: Employee) -> None:
    """Take from a person who has just left what they had: keys, and soon their hand-offs."""
    narrow_keys(uow, caller, one)
    move_later(uow, one.person_id)


def _store(uow: UnitOfWork, one: Employee, what: str, why: str) -> Employee:
    stored = people.save_person(uow.conn, one)
    tell_people(uow, stored)
    sessions_follow(uow, stored)
    detail = {"changed": ["active", "last_day"], "roles": stored.roles, "active": stored.active}
    add_audit(uow.conn, uow.now, RELEVO, what, one.person_id, why, detail)
    return stored
