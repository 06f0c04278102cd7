"""Trying versions on one lead, or on somebody made up: what each says, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from services.handoff.console import fields, try_lead_view
from services.handoff.console.agreement_view import policy_title
from services.handoff.console.policy_versions import Offered, chosen, in_force, versions_of
from services.handoff.console.tools import Tools
from services.handoff.console.try_lead_view import DETAILS, MOST_TIMES, Found, Told
from services.handoff.domain.questions import Signal
from services.handoff.handlers.try_policy import stored_version
from services.handoff.readmodels import lead_names
from services.handoff.store import lead_search
from services.handoff.unit_of_work import unit_of_work
from shared.console.visitor import Member, SignedIn
from shared.problem import Problem

Text = Annotated[str, Query(max_length=lead_search.LONGEST_QUERY)]
LONGEST_DETAIL = 100


@dataclass(frozen=True, slots=True)
class Page:
    """What the template asks."""

    policy_title: str
    versions: list[Offered]
    candidate: Offered
    told: Sequence[Told]
    found: Sequence[Found]
    lead_name: str
    signals: Sequence[Signal]
    wrong: str


def router(tools: Tools) -> APIRouter:
    """Return the route ``/agreement/{policy}/try/lead``."""
    routes = APIRouter(prefix="/agreement/{policy}/try/lead")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:read"))]

    @routes.get("")
    async def show(
        member: Reader, policy: str, q: Text = "", lead: Text = "", number: Text = ""
    ) -> Response:
        """Ask the version in force and another one about a lead, or about an example."""
        if not member.may("leads:read"):
            raise Problem(403, "not_allowed", "your roles lack leads:read")
        query = member.request.query_params
        details = {name: query.get(name, "")[:LONGEST_DETAIL] for name in DETAILS}
        did = {
            name.removeprefix("did."): times
            for name, value in query.items()
            if name.startswith("did.") and (times := fields.whole(value, 1, MOST_TIMES))
        }
        is_example = "example" in query
        text = q.strip().replace("\x00", "")

        def work(conn: Connection) -> Page:
            uow = unit_of_work(tools.parts, conn)
            title = policy_title(uow, policy, member.language)
            versions = versions_of(conn, policy)
            running = in_force(versions)
            candidate = chosen(versions, fields.number(number)) or versions[0]
            both = [one for one in (running, candidate) if one is not None]
            asked = list({one.number: one for one in both}.values())
            version = stored_version(uow, policy, candidate.number)
            signals = version.strong_signals
            told: Sequence[Told] = ()
            found: Sequence[Found] = ()
            name = wrong = ""
            if is_example:
                example = try_lead_view.made_up(version, details, did, uow.now)
                told = [
                    try_lead_view.on_example(
                        stored_version(uow, policy, one.number), uow, example, one.state, words
                    )
                    for one in asked
                ]
            elif lead:
                try:
                    told = [
                        try_lead_view.on_lead(uow, policy, one.number, one.state, lead, words)
                        for one in asked
                    ]
                except Problem as fault:
                    if fault.status != 404:
                        raise
                    wrong = "try_no_lead"
                else:
                    name = lead_names(conn, [lead]).get(lead, lead) if "@" not in lead else lead
            elif text:
                found = try_lead_view.search(conn, text)
                wrong = "" if found else "try_no_lead"
            return Page(title, versions, candidate, told, found, name, signals, wrong)

        words = tools.formats(member)
        page = await tools.read(work)
        return tools.pages.show(
            member,
            "try_lead.html",
            policy=policy,
            page=page,
            q=text,
            lead=lead,
            details=details,
            did=did,
            is_example=is_example,
            most_times=MOST_TIMES,
        )

    return routes
