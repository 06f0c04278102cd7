"""Territories: the rules in their order, in words, and whose a lead would be."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError
from sqlalchemy import Connection, Row

from services.handoff.console import territory_form, trial_form
from services.handoff.console.filling import Filled, refused
from services.handoff.console.people_routes import with_news
from services.handoff.console.tools import Tools
from services.handoff.fields.territories import NewTerritory, TerritoryChanges
from services.handoff.handlers.ask_territories import ask_about, ask_territories
from services.handoff.handlers.territories import add_territory, change_territory, move_territory
from services.handoff.store import people, staff, teams, territories
from services.handoff.store.territories import Stored
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.console.forms import revision_of
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.pages import PathId
from shared.problem import Problem, not_found

SUGGESTED = 300
SAID = ("added", "changed", "moved")
MOST = 500
TRIED = ("lead", "policy", *trial_form.DESCRIBED)


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/territories``."""
    routes = APIRouter(prefix="/territories")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:read"))]
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:write"))]

    @routes.get("")
    async def show_all(member: Reader, request: Request, said: str = "") -> Response:
        """Show the rules in order, and whose a lead is that was asked about."""
        given = trial_form.asked(request.query_params, TRIED)
        told = f"territory_{said}" if said in SAID else ""
        return await _show_all(tools, member, given, told)

    @routes.get("/new")
    async def ask(member: Writer) -> Response:
        """Ask for a new territory."""
        return await _form(tools, member, None, Filled(territory_form.empty_form()))

    @routes.post("/new")
    async def add(member: Writer) -> Response:
        """Make a territory; it is asked last."""
        form = territory_form.typed(member.form)

        def work(uow: UnitOfWork) -> None:
            fields = territory_form.said(uow.conn, form)
            new = NewTerritory.model_validate({"name": form["name"].strip(), **fields})
            add_territory(uow, member.caller, new.name, new.fields())

        try:
            await tools.take(member, work)
        except (Problem, ValidationError) as fault:
            filled = refused(fault, tools.formats(member), form, territory_form.NAMED)
            return await _form(tools, member, None, filled)
        return go("/territories", said="added")

    @routes.get("/{territory_id}")
    async def edit(member: Writer, territory_id: PathId) -> Response:
        """Show what can be changed about a territory."""

        def work(conn: Connection) -> tuple[Stored, dict[str, str]]:
            one = _existing(conn, territory_id)
            return one, territory_form.form_of(conn, one)

        one, values = await tools.read(work)
        return await _form(tools, member, one, Filled(values))

    @routes.post("/{territory_id}")
    async def change(member: Writer, territory_id: PathId) -> Response:
        """Change a territory; new hand-offs are asked about it as it is then."""
        form = territory_form.typed(member.form)

        def work(uow: UnitOfWork) -> None:
            said = TerritoryChanges.model_validate(territory_form.said(uow.conn, form)).fields()
            change_territory(uow, member.caller, territory_id, revision_of(form), said)

        try:
            await tools.take(member, work)
        except (Problem, ValidationError) as fault:
            filled = refused(fault, tools.formats(member), form, territory_form.NAMED)

            def now(conn: Connection) -> tuple[Stored, dict[str, str]]:
                one = _existing(conn, territory_id)
                return one, territory_form.form_of(conn, one)

            one, values = await tools.read(now)
            return await _form(tools, member, one, with_news(filled, values))
        return go("/territories", said="changed")

    @routes.post("/{territory_id}/move")
    async def move(member: Writer, territory_id: PathId) -> Response:
        """Let a territory be asked before its neighbour, or behind it."""
        is_up, expected = member.form.get("to") == "up", revision_of(member.form)
        try:
            await tools.take(
                member,
                lambda uow: move_territory(uow, member.caller, territory_id, expected, up=is_up),
            )
        except Problem as fault:
            if fault.status != 412:
                raise
            given = trial_form.asked({}, TRIED)
            return await _show_all(tools, member, given, "", "territory_moved_meanwhile", 412)
        return go("/territories", said="moved")

    return routes


async def _show_all(
    tools: Tools,
    member: Member,
    given: dict[str, str],
    said: str,
    refused: str = "",
    status: int = 200,
) -> Response:
    words = tools.formats(member)

    def work(conn: Connection) -> dict[str, Any]:
        uow = unit_of_work(tools.parts, conn)
        found, _ = territories.page(conn, None, None, MOST)
        there_are = teams.team_names(conn)
        policies = trial_form.policies_in_force(uow)
        return {
            "rules": [(one, territory_form.in_words(one, words)) for one in found],
            "takers": _takers(conn, found, there_are),
            "policies": list(policies),
            "taking": next((one for one in there_are if one.takes_leads), None),
            **_tried(uow, given, policies, may_see=member.may("leads:read")),
        }

    found = await tools.read(work)
    return tools.pages.show(
        member,
        "territories.html",
        status,
        said=said,
        refused=refused,
        given=given,
        described=trial_form.DESCRIBED,
        may_change=member.may("people:write"),
        **found,
    )


def _tried(
    uow: UnitOfWork, given: dict[str, str], policies: dict[str, Any], *, may_see: bool
) -> dict[str, Any]:
    """Return what each territory says about the lead that was asked about."""
    policy = given["policy"] or next(iter(policies), "")
    if given["lead"] and may_see:
        leads = trial_form.find_leads(uow.conn, given["lead"])
        one = leads.only
        answers = None if one is None else ask_territories(uow, one, policy)
        return {"leads": leads, "answers": answers}
    if trial_form.is_described(given):
        return {"leads": None, "answers": ask_about(uow, trial_form.facts_of(given), policy)}
    return {"leads": None, "answers": None}


def _takers(
    conn: Connection, found: Sequence[Stored], there_are: Sequence[Row[Any]]
) -> dict[str, str]:
    """Return the names of the teams and people that take leads of these territories, by id."""
    of_people = people.people_by_id(conn, {one.person_id for one in found if one.person_id})
    names = {one.team_id: one.name for one in there_are}
    return names | {person_id: one.name for person_id, one in of_people.items()}


async def _form(tools: Tools, member: Member, one: Stored | None, filled: Filled) -> Response:
    def work(conn: Connection) -> dict[str, Any]:
        return {
            "teams": [(team.team_id, team.name) for team in teams.team_names(conn)],
            "addresses": staff.addresses(conn, SUGGESTED),
        }

    found = await tools.read(work)
    status = filled.status
    return tools.pages.show(member, "territory_form.html", status, one=one, form=filled, **found)


def _existing(conn: Connection, territory_id: str) -> Stored:
    found = territories.find(conn, territory_id)
    if found is None:
        raise not_found("territory")
    return found
