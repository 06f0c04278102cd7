"""Teams: who takes leads in turn, with which weight and cap, and how it went lately."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Response
from pydantic import ValidationError
from sqlalchemy import Connection

from services.handoff.console import team_form
from services.handoff.console.filling import Filled, refused
from services.handoff.console.people_routes import with_news
from services.handoff.console.team_view import turns_of
from services.handoff.console.tools import Tools
from services.handoff.fields.teams import NewTeam, TeamChanges
from services.handoff.handlers.teams import TeamFields, add_team, change_team
from services.handoff.store import calendars, staff, teams
from services.handoff.store.people import Employee, as_entry, rows_by_id
from services.handoff.store.teams import Team
from services.handoff.store.turns import dealt_in
from services.handoff.unit_of_work import UnitOfWork
from shared.console.forms import revision_of
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.pages import PathId
from shared.problem import Problem, not_found

SUGGESTED = 300
SAID = ("added", "changed", "member_changed", "member_added", "member_removed")
Members = Sequence[dict[str, Any]]


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/teams``."""
    routes = APIRouter(prefix="/teams")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:read"))]
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:write"))]

    @routes.get("")
    async def show_all(member: Reader) -> Response:
        """Show every team with how its leads were dealt."""

        def work(conn: Connection) -> list[Any]:
            return [
                (one, turns_of(one, dealt_in(conn, one.team_id, member.now, one.window_days)))
                for one in teams.all_teams(conn)
            ]

        return tools.pages.show(
            member,
            "teams.html",
            teams=await tools.read(work),
            may_change=member.may("people:write"),
        )

    @routes.get("/new")
    async def ask(member: Writer) -> Response:
        """Ask for a new team."""
        return await _form(tools, member, None, Filled(team_form.empty_form()))

    @routes.post("/new")
    async def add(member: Writer) -> Response:
        """Make a team."""
        form = team_form.typed(member.form)

        def work(uow: UnitOfWork) -> str:
            new = NewTeam.model_validate(team_form.said(uow.conn, form, is_new=True))
            return add_team(uow, member.caller, cast("TeamFields", new.model_dump())).team_id

        try:
            team_id = await tools.take(member, work)
        except (Problem, ValidationError) as fault:
            filled = refused(fault, tools.formats(member), form, team_form.NAMED)
            return await _form(tools, member, None, filled)
        return go(f"/teams/{team_id}", said="added") if team_id else go("/teams")

    @routes.get("/{team_id}")
    async def show(member: Reader, team_id: PathId, said: str = "") -> Response:
        """Show a team."""
        return await _show(tools, member, team_id, said=f"team_{said}" if said in SAID else "")

    @routes.get("/{team_id}/edit")
    async def edit(member: Writer, team_id: PathId) -> Response:
        """Show what can be changed about a team."""
        team = await tools.read(lambda conn: _existing(conn, team_id))
        return await _form(tools, member, team, Filled(team_form.form_of(team)))

    @routes.post("/{team_id}/edit")
    async def change(member: Writer, team_id: PathId) -> Response:
        """Change a team."""
        form = team_form.typed(member.form)

        def work(uow: UnitOfWork) -> None:
            said = TeamChanges.model_validate(team_form.said(uow.conn, form, is_new=False))
            fields = cast("TeamFields", said.model_dump())
            change_team(uow, member.caller, team_id, revision_of(form), fields)

        try:
            await tools.take(member, work)
        except (Problem, ValidationError) as fault:
            filled = refused(fault, tools.formats(member), form, team_form.NAMED)
            team = await tools.read(lambda conn: _existing(conn, team_id))
            return await _form(tools, member, team, with_news(filled, team_form.form_of(team)))
        return go(f"/teams/{team_id}", said="changed")

    async def change_members(
        member: Member, team_id: str, done: str, act: Callable[[Connection, Members], Members]
    ) -> Response:
        """Change who is in a team; all of the others stay as they are."""
        form = dict.fromkeys(("weight", "cap", "email"), "") | member.form

        def work(uow: UnitOfWork) -> None:
            held = [
                {"person_id": one.person_id, "weight": one.weight, "cap": one.cap}
                for one in _existing(uow.conn, team_id).members
            ]
            said = TeamChanges.model_validate({"members": [*act(uow.conn, held)]})
            fields = cast("TeamFields", said.model_dump())
            change_team(uow, member.caller, team_id, revision_of(form), fields)

        try:
            await tools.take(member, work)
        except (Problem, ValidationError) as fault:
            filled = refused(fault, tools.formats(member), form, {"members": "weight"})
            return await _show(tools, member, team_id, filled=filled)
        return go(f"/teams/{team_id}", said=done)

    @routes.post("/{team_id}/members")
    async def join(member: Writer, team_id: PathId) -> Response:
        """Let somebody join."""

        def act(conn: Connection, held: Members) -> Members:
            joins = team_form.person_id(conn, member.form.get("email", ""), "email")
            shares = team_form.member_shares(member.form)
            others = [one for one in held if one["person_id"] != joins]
            return [*others, {"person_id": joins} | shares]

        return await change_members(member, team_id, "member_added", act)

    @routes.post("/{team_id}/members/{person_id}")
    async def share(member: Writer, team_id: PathId, person_id: PathId) -> Response:
        """Change what somebody takes."""

        def act(_conn: Connection, held: Members) -> Members:
            shares = team_form.member_shares(member.form)
            return [one | shares if one["person_id"] == person_id else one for one in held]

        return await change_members(member, team_id, "member_changed", act)

    @routes.post("/{team_id}/members/{person_id}/remove")
    async def remove(member: Writer, team_id: PathId, person_id: PathId) -> Response:
        """Let somebody go from a team; their hand-offs stay theirs."""

        def act(_conn: Connection, held: Members) -> Members:
            return [one for one in held if one["person_id"] != person_id]

        return await change_members(member, team_id, "member_removed", act)

    return routes


async def _show(
    tools: Tools, member: Member, team_id: str, said: str = "", filled: Filled | None = None
) -> Response:
    def work(conn: Connection) -> dict[str, Any]:
        team = _existing(conn, team_id)
        entries = _entries(conn, team)
        calendar = calendars.find_by_id(conn, team.calendar_id)
        return {
            "team": team,
            "calendar": calendar,
            "turns": turns_of(team, dealt_in(conn, team_id, member.now, team.window_days)),
            "around": staff.around(conn, entries, member.now),
            "addresses": staff.addresses(conn, SUGGESTED),
        }

    found = await tools.read(work)
    form = filled or Filled({"email": "", "weight": "", "cap": ""})
    about = member.form.get("about", "") if filled is not None else ""
    return tools.pages.show(
        member,
        "team.html",
        form.status,
        said=said,
        form=form,
        about=about,
        may_change=member.may("people:write"),
        **found,
    )


async def _form(tools: Tools, member: Member, team: Team | None, filled: Filled) -> Response:
    def work(conn: Connection) -> dict[str, Any]:
        return {
            "addresses": staff.addresses(conn, SUGGESTED),
            "calendars": [(name, name) for name in calendars.names(conn)],
        }

    found = await tools.read(work)
    return tools.pages.show(
        member, "team_form.html", filled.status, team=team, form=filled, **found
    )


def _entries(conn: Connection, team: Team) -> list[Employee]:
    rows = rows_by_id(conn, [one.person_id for one in team.members])
    return [as_entry(row) for row in rows.values()]


def _existing(conn: Connection, team_id: str) -> Team:
    team = teams.find_team(conn, team_id)
    if team is None:
        raise not_found("team")
    return team
