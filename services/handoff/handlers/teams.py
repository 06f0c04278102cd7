"""Teams: exactly one takes leads, each names who takes what nobody in it can."""

from collections.abc import Sequence
from typing import Required

from sqlalchemy.exc import IntegrityError
from typing_extensions import TypedDict

from services.handoff.handlers.calendars import check_exists
from services.handoff.handlers.deadlines import recount_later
from services.handoff.store import people, teams
from services.handoff.store.handoffs import add_audit
from services.handoff.store.teams import Team
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.db import RunAgain
from shared.ids import new_id
from shared.preconditions import changed_meanwhile
from shared.problem import Problem, invalid, not_found


class MemberFields(TypedDict, total=False):
    """What can be said about somebody in a team."""

    person_id: Required[str]
    weight: float
    cap: int | None


class TeamFields(TypedDict, total=False):
    """What can be said about a team."""

    name: str
    fallback_id: str
    takes_leads: bool
    members: list[MemberFields]
    calendar: str | None  # name of a calendar; None: day and night
    fallbacks: list[str]  # ids of people, in order
    window_days: int
    requires: list[str]  # language, skill


def add_team(uow: UnitOfWork, caller: Caller, fields: TeamFields) -> Team:
    """Make a team; the first one takes the leads.

    Raises ``Problem``: 409 when the name is taken, 422 for people who do not work here.
    """
    known = teams.lock_teams(uow.conn)
    takes = fields.get("takes_leads", not known)
    if not takes and not known:
        raise invalid("/takes_leads", "the first team takes the leads", "nobody_takes_leads")
    _check_name(known, None, fields["name"])
    _check_staff(uow, [fields["fallback_id"]], "/fallback_id")
    team_id = new_id()
    try:
        teams.add_team(uow.conn, team_id, fields["name"], fields["fallback_id"], takes)
    except IntegrityError as error:
        raise RunAgain("another team was made just now") from error
    _set_members(uow, _stored(uow, team_id), fields.get("members", []))
    _set_calendar(uow, _stored(uow, team_id), fields)
    _set_routing(uow, _stored(uow, team_id), fields)
    add_audit(uow.conn, uow.now, caller.name, "team.added", team_id, detail=dict(fields))
    return _stored(uow, team_id)


def change_team(
    uow: UnitOfWork, caller: Caller, team_id: str, expected: int | None, changes: TeamFields
) -> Team:
    """Change fields of a team. To take leads is to take them from the team that did.

    ``expected`` is the revision the change was based on; None for whatever is there.

    Raises ``Problem``: 404, 412, and as ``add_team``; 409 when no team would take leads.
    """
    known = teams.lock_teams(uow.conn)
    before = known.get(team_id)
    if before is None:
        raise not_found("team")
    if expected not in (None, before.revision):
        raise changed_meanwhile()
    if not _is_news(before, changes):
        return before
    takes = changes.get("takes_leads", before.takes_leads)
    if before.takes_leads and not takes:
        message = "one team must take leads: let another one take them instead"
        raise Problem(409, "nobody_takes_leads", message)
    name = changes.get("name", before.name)
    _check_name(known, team_id, name)
    fallback_id = changes.get("fallback_id", before.fallback.person_id)
    if fallback_id != before.fallback.person_id:
        _check_staff(uow, [fallback_id], "/fallback_id")
    try:
        teams.change_team(uow.conn, before, name, fallback_id, takes)
    except IntegrityError as error:
        raise RunAgain("a team of this name was made just now") from error
    if "members" in changes:
        _set_members(uow, before, changes["members"])
    _set_calendar(uow, before, changes)
    _set_routing(uow, before, changes)
    add_audit(uow.conn, uow.now, caller.name, "team.changed", team_id, detail=dict(changes))
    return _stored(uow, team_id)


def _is_news(before: Team, changes: TeamFields) -> bool:
    """Return whether ``changes`` say anything about a team that is not so already."""
    said: dict[str, object] = dict(changes)
    members = changes.get("members")
    said.pop("members", None)
    is_so = {
        "name": before.name,
        "fallback_id": before.fallback.person_id,
        "takes_leads": before.takes_leads,
        "calendar": before.calendar,
        "fallbacks": [one.person_id for one in before.fallbacks],
        "window_days": before.window_days,
        "requires": list(before.requires),
    }
    if any(is_so[name] != value for name, value in said.items()):
        return True
    if members is None:
        return False
    held = {one.person_id: one for one in before.members}
    return held.keys() != {one["person_id"] for one in members} or any(
        getattr(held[one["person_id"]], name) != value
        for one in members
        for name, value in one.items()
    )


def _set_members(uow: UnitOfWork, team: Team, wanted: Sequence[MemberFields]) -> None:
    """Let people join and go. Who joins has a share of what is dealt from now on."""
    given: dict[str, MemberFields] = {}
    for place, one in enumerate(wanted):
        if given.setdefault(one["person_id"], one) != one:
            message = "this member is there twice, with another weight or cap"
            raise invalid(f"/members/{place}", message, "there_twice")
    present = {member.person_id: member for member in team.members}
    joining = [person_id for person_id in given if person_id not in present]
    _check_staff(uow, joining, "/members")
    teams.add_members(uow.conn, team.team_id, joining)
    teams.remove_members(uow.conn, team.team_id, sorted(present.keys() - given.keys()))
    for person_id, one in given.items():
        shares = {name: value for name, value in one.items() if name != "person_id"}
        held = present.get(person_id)
        if held is None or any(getattr(held, name) != value for name, value in shares.items()):
            teams.set_shares(uow.conn, team.team_id, person_id, shares)


def _set_calendar(uow: UnitOfWork, team: Team, fields: TeamFields) -> None:
    """Give the team the hours it is to have; its deadlines still ahead are counted again."""
    if "calendar" not in fields or fields["calendar"] == team.calendar:
        return
    name = fields["calendar"]
    one = None if name is None else check_exists(uow, name, "/calendar")
    teams.set_calendar(uow.conn, team.team_id, None if one is None else one.calendar_id)
    recount_later(uow, team.team_id)


def _set_routing(uow: UnitOfWork, team: Team, fields: TeamFields) -> None:
    """Say who takes what nobody in the team can, and how its turns are counted."""
    known = [one.person_id for one in team.fallbacks]
    wanted = list(dict.fromkeys(fields.get("fallbacks", known)))
    _check_staff(uow, [one for one in wanted if one not in known], "/fallbacks")
    window = fields.get("window_days", team.window_days)
    requires = fields.get("requires", list(team.requires))
    if (wanted, window, sorted(requires)) != (known, team.window_days, sorted(team.requires)):
        teams.set_routing(uow.conn, team.team_id, wanted, window, requires)


def _check_staff(uow: UnitOfWork, person_ids: Sequence[str], pointer: str) -> None:
    staff = people.lock_staff(uow.conn, person_ids)
    strangers = [person_id for person_id in person_ids if person_id not in staff]
    if strangers:
        message = f"nobody who works here has the id {', '.join(strangers)}"
        raise invalid(pointer, message, "unknown_person")


def _check_name(known: dict[str, Team], team_id: str | None, name: str) -> None:
    if any(team.name == name and team.team_id != team_id for team in known.values()):
        message = "a team has this name already"
        raise Problem(409, "name_taken", message, [{"pointer": "/name", "message": message}])


def _stored(uow: UnitOfWork, team_id: str) -> Team:
    team = teams.find_team(uow.conn, team_id)
    assert team is not None, "it was written in this transaction"
    return team
