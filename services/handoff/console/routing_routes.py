"""Trying the routing: who would get a lead, and why; and who got one lately."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from services.handoff.console import trial_form
from services.handoff.console.filling import Filled, as_list, refused
from services.handoff.console.tools import Tools
from services.handoff.handlers.try_routing import Trial, Tried, try_routing
from services.handoff.store import staff
from services.handoff.store.turns import latest_assignments
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.console import days
from shared.console.formats import Formats
from shared.console.visitor import Member, SignedIn
from shared.problem import Problem, invalid

SUGGESTED = 300
RECENT = 25
NAMED_TIERS = ("hot", "warm", "cold")
ASKED = ("lead", "policy", "tier", "at", "without", *trial_form.DESCRIBED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a trial: who would get it, leads to choose from, or what was wrong."""

    form: Filled
    tried: Tried | None = None
    leads: trial_form.Found | None = None
    name: str = ""
    """What the lead is called; empty: it was described."""


def router(tools: Tools) -> APIRouter:
    """Return the route of ``/routing``."""
    routes = APIRouter(prefix="/routing")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "leads:read"))]

    @routes.get("")
    async def show(member: Reader, request: Request) -> Response:
        """Ask who would get a lead, and tell; nothing is stored."""
        given = trial_form.asked(request.query_params, ASKED)
        words, may_see_staff = tools.formats(member), member.may("people:read")

        def work(conn: Connection) -> dict[str, Any]:
            uow = unit_of_work(tools.parts, conn)
            try:
                answer = _answer(uow, given, member.zone)
            except Problem as fault:
                answer = Answer(refused(fault, words, given))
            policies = trial_form.policies_in_force(uow)
            return {
                "answer": answer,
                "form": answer.form,
                "policies": [(name, name) for name in policies],
                "tiers": [("", words.say("trial_tier_hottest")), *_tiers(policies, words)],
                "addresses": staff.addresses(conn, SUGGESTED) if may_see_staff else [],
                "recent": latest_assignments(conn, RECENT),
            }

        found = await tools.read(work)
        status = found["form"].status
        described = trial_form.DESCRIBED
        return tools.pages.show(member, "routing.html", status, described=described, **found)

    return routes


def _tiers(policies: Mapping[str, tuple[str, ...]], words: Formats) -> list[tuple[str, str]]:
    """Return the tiers of these policies, each once, as people call them."""
    names = dict.fromkeys(tier for each in policies.values() for tier in each)
    return [(name, words.say(name) if name in NAMED_TIERS else name) for name in names]


def _answer(uow: UnitOfWork, given: dict[str, str], zone: str) -> Answer:
    """Raises ``Problem`` for what cannot be tried."""
    form = Filled(given)
    leads, lead_id, name = None, None, ""
    if given["lead"]:
        leads = trial_form.find_leads(uow.conn, given["lead"])
        if leads.only is None:
            return Answer(form, leads=leads)
        lead_id, name = leads.leads[0]
    elif not trial_form.is_described(given):
        return Answer(form)
    trial = Trial(
        lead_id=lead_id,
        facts={} if lead_id else trial_form.facts_of(given),
        policy=given["policy"] or None,
        tier=given["tier"] or None,
        at=_moment(given["at"], zone),
        without=as_list(given["without"]),
    )
    return Answer(form, try_routing(uow, trial), None, name)


def _moment(text: str, zone: str) -> datetime | None:
    """Return the moment that was typed, on the reader's clock; None: now."""
    if not text:
        return None
    at = days.moment(text, zone)
    if at is None:
        raise invalid("/at", "not a moment")
    return at
