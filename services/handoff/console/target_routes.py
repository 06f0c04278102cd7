"""The shared goals of a policy: reached or not, changed by a draft, reviewed by both teams."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from services.handoff.console import fields, target_view
from services.handoff.console.agreement_view import policy_title
from services.handoff.console.own_row import own_row
from services.handoff.console.tools import Tools
from services.handoff.handlers.change_targets import draft_targets
from services.handoff.handlers.policy_reviews import hold_review
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.problem import Problem

Text = Annotated[str, Query(max_length=200)]
LONGEST_COMMENT = 2000
LONGEST_REVIEW = 4000
TOLD = {
    "same_targets": "goal_same",
    "edit_the_text": "goal_edit_text",
    "changed_meanwhile": "goal_changed",
    "nothing_in_force": "goal_nothing_in_force",
    "policy_has_errors": "goal_edit_text",
}
"""Refusals of the handlers, as the page tells them."""
SAID = {"reviewed": "goal_said_reviewed"}


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/agreement/{policy}/targets``."""
    routes = APIRouter(prefix="/agreement/{policy}/targets")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:read"))]
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:write"))]

    @routes.get("")
    async def show(
        member: Reader, policy: str, number: Text = "", cursor: Text = "", said: Text = ""
    ) -> Response:
        """Show the goals against what was reached, and the reviews."""
        return await _show(tools, member, policy, number, cursor or None, said=SAID.get(said, ""))

    @routes.post("")
    async def change(member: Writer, policy: str) -> Response:
        """Draft the policy with other goals; both teams sign the draft."""
        form = member.form
        targets, wrong = target_view.read(form)
        newest = fields.number(form.get("newest", ""))
        if targets is None or newest is None:
            return await _show(tools, member, policy, status=422, wrong=wrong, given=form)
        wanted, read = targets, newest

        def work(uow: UnitOfWork) -> int:
            comment = form.get("comment", "").strip()[:LONGEST_COMMENT]
            return int(draft_targets(uow, member.caller, policy, read, wanted, comment).number)

        try:
            number = await tools.take(member, work)
        except Problem as fault:
            if fault.code not in TOLD:
                raise
            told = {"form": TOLD[fault.code]}
            return await _show(tools, member, policy, status=fault.status, wrong=told, given=form)
        where = f"/agreement/{policy}/try"
        return go(where, number=str(number)) if number else go(where)

    @routes.post("/reviews")
    async def hold(member: Writer, policy: str) -> Response:
        """Say that both teams looked at the policy; the next date counts from now."""
        comment = member.form.get("comment", "").strip()[:LONGEST_REVIEW]
        if not comment:
            wrong = {"review": "goal_review_empty"}
            return await _show(tools, member, policy, status=422, wrong=wrong)

        def work(uow: UnitOfWork) -> None:
            hold_review(uow, member.person_id, policy, own_row(uow.conn, member), comment)

        try:
            await tools.take(member, work)
        except Problem as fault:
            if fault.code not in TOLD:
                raise
            wrong = {"review": TOLD[fault.code]}
            return await _show(tools, member, policy, status=fault.status, wrong=wrong)
        return go(f"/agreement/{policy}/targets", said="reviewed")

    @routes.get("/advice")
    async def advise(member: Reader, policy: str, number: Text = "") -> Response:
        """Show what went with a yes of sales and with deals, under a version, and its advice."""
        asked = fields.number(number)

        def work(conn: Connection) -> tuple[str, target_view.Learnt]:
            uow = unit_of_work(tools.parts, conn)
            title = policy_title(uow, policy, member.language)
            return title, target_view.learnt(uow, policy, asked)

        title, page = await tools.read(work)
        found = page.experience
        advice = None if found is None else await asyncio.to_thread(found.as_data)
        return tools.pages.show(
            member,
            "advice.html",
            policy=policy,
            policy_title=title,
            page=page,
            advice=advice,
            compared=target_view.in_order(advice["compared"] if advice else ()),
        )

    return routes


async def _show(
    tools: Tools,
    member: Member,
    policy: str,
    number: str = "",
    cursor: str | None = None,
    *,
    status: int = 200,
    said: str = "",
    wrong: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    asked = fields.number(number)

    def work(conn: Connection) -> tuple[str, target_view.Page]:
        uow = unit_of_work(tools.parts, conn)
        title = policy_title(uow, policy, member.language)
        return title, target_view.page_of(uow, policy, asked, cursor)

    title, page = await tools.read(work)
    data = None if page.goals is None else await asyncio.to_thread(page.goals.as_data)
    return tools.pages.show(
        member,
        "targets.html",
        status,
        policy=policy,
        policy_title=title,
        page=page,
        data=data,
        bar_of=target_view.bar_of,
        names=target_view.NAMES,
        given=given or target_view.written(page.wanted),
        wrong=wrong or {},
        said=said,
        is_first=cursor is None,
        may_write=member.may("policies:write"),
    )
