"""Reviewed batches: made, looked through, some leads chosen, handed over at a pace, stopped."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from services.handoff.console import batch_view, fields
from services.handoff.console.agreement_view import policy_title
from services.handoff.console.batch_view import narrowed
from services.handoff.console.telling import did
from services.handoff.console.tools import Tools
from services.handoff.handlers.list_batch import page_described
from services.handoff.handlers.make_batch import make_batch
from services.handoff.handlers.review_batch import (
    ask_for_hand_over,
    find_current,
    stop_batch,
    tick_leads,
)
from services.handoff.printing.batch_csv import COLUMNS, as_cells
from services.handoff.store.batches import ItemFilter
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.console.pages import go, is_partial
from shared.console.visitor import Member, SignedIn
from shared.fields import canonical_id
from shared.pages import MOST
from shared.problem import Problem, not_found
from shared.spreadsheet import csv_lines

Text = Annotated[str, Query(max_length=200)]
PICKED = "lead."
PACES = {"per_hour": 100_000, "per_day": 1_000_000}
TOLD = {
    "version_succeeded": "batch_succeeded",
    "handing_over": "batch_busy",
    "not_in_force": "batch_not_in_force",
    "batch_being_made": "batch_being_made",
}
"""Refusals of the handlers, as the page tells them."""
SAID = ("made", "chosen", "asked", "stopped")


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/agreement/{policy}/batch``."""
    routes = APIRouter(prefix="/agreement/{policy}/batch")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "leads:read"))]
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:write"))]

    @routes.get("")
    async def show(
        member: Reader, policy: str, number: Text = "", cursor: Text = "", said: Text = ""
    ) -> Response:
        """Show the leads of a batch, the most engaged first."""
        told = f"batch_said_{said}" if said in SAID else ""
        return await _show(tools, member, policy, number, cursor or None, said=told)

    @routes.post("")
    async def change(member: Writer, policy: str) -> Response:
        """Do what the pressed button says with the batch of a version."""
        form = member.form
        number = fields.number(form.get("number", ""))
        act = ACTS.get(form.get("do", ""))
        if number is None or act is None:
            raise not_found("batch")
        wrong = _paces_wrong(form)
        if wrong:
            return await _show(tools, member, policy, str(number), None, 422, wrong=wrong)
        which, do = act

        def work(uow: UnitOfWork) -> None:
            do(uow, member, policy, number)

        try:
            await tools.write(work)
        except Problem as fault:
            if fault.code not in TOLD:
                raise
            told = {"form": TOLD[fault.code]}
            return await _show(tools, member, policy, str(number), None, fault.status, wrong=told)
        query = {"number": str(number)} | {k: v for k, v in narrowed(form).given.items() if v}
        return go(f"/agreement/{policy}/batch", **query, said=which)

    @routes.get("/{number}.csv")
    async def as_csv(member: Reader, policy: str, number: int) -> StreamingResponse:
        """Give every lead of a batch as a file. No cell is a formula."""

        def find(conn: Connection) -> str:
            uow = unit_of_work(tools.parts, conn)
            return str(find_current(uow, policy, number)[1].batch_id)

        batch_id = await tools.read(find)

        def page(conn: Connection, cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
            return page_described(conn, batch_id, ItemFilter(), "engagement", cursor, MOST)

        async def lines() -> AsyncIterator[str]:
            yield csv_lines([COLUMNS])
            cursor: str | None = None
            while True:
                items, cursor = await tools.read(partial(page, cursor=cursor))
                yield csv_lines(as_cells(one) for one in items)
                if cursor is None:
                    return

        headers = {
            "Content-Disposition": f'attachment; filename="batch-{number}.csv"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(lines(), 200, headers, "text/csv; charset=utf-8")

    return routes


Act = Callable[[UnitOfWork, Member, str, int], Any]


def _make(uow: UnitOfWork, member: Member, policy: str, number: int) -> None:
    make_batch(uow, member.person_id, policy, number)


def _stop(uow: UnitOfWork, member: Member, policy: str, number: int) -> None:
    stop_batch(uow, member.person_id, policy, number)


def _hand_over(uow: UnitOfWork, member: Member, policy: str, number: int) -> None:
    paces = {name: fields.whole(member.form.get(name, ""), 1, most) for name, most in PACES.items()}
    ask_for_hand_over(uow, member.person_id, policy, number, **paces)


def _choose(is_all: bool, ticked: bool) -> Act:
    """Return what ticks or unticks the leads marked on the page, or all that are looked at."""

    def act(uow: UnitOfWork, member: Member, policy: str, number: int) -> None:
        wanted = narrowed(member.form).wanted
        if not is_all:
            wanted = ItemFilter(_picked(member.form))
            if not wanted.leads:
                return
        tick_leads(uow, member.person_id, policy, number, wanted, ticked=ticked)

    return act


ACTS: dict[str, tuple[str, Act]] = {
    "make": ("made", _make),
    "stop": ("stopped", _stop),
    "hand_over": ("asked", _hand_over),
    "tick": ("chosen", _choose(is_all=False, ticked=True)),
    "untick": ("chosen", _choose(is_all=False, ticked=False)),
    "tick_all": ("chosen", _choose(is_all=True, ticked=True)),
    "untick_all": ("chosen", _choose(is_all=True, ticked=False)),
}
"""What the buttons do; each is a handler of the API."""


def _picked(form: dict[str, str]) -> list[str]:
    """Return the ids of the leads that were marked."""
    found = []
    for name in form:
        if name.startswith(PICKED):
            try:
                found.append(canonical_id(name.removeprefix(PICKED)))
            except ValueError:
                continue
    return found


def _paces_wrong(form: dict[str, str]) -> dict[str, str]:
    return {
        name: "batch_wrong_pace"
        for name, most in PACES.items()
        if form.get(name, "").strip() and fields.whole(form[name], 1, most) is None
    }


async def _show(
    tools: Tools,
    member: Member,
    policy: str,
    number: str,
    cursor: str | None,
    status: int = 200,
    *,
    said: str = "",
    wrong: dict[str, str] | None = None,
) -> Response:
    asked = narrowed(member.form or dict(member.request.query_params))
    wanted = fields.number(number)
    words = tools.formats(member)

    def work(conn: Connection) -> tuple[str, batch_view.Page]:
        uow = unit_of_work(tools.parts, conn)
        title = policy_title(uow, policy, member.language)
        return title, batch_view.page_of(uow, policy, wanted, asked, cursor)

    title, page = await tools.read(work)
    if is_partial(member) and member.request.method == "GET":
        if page.is_at_work:
            return tools.pages.show(member, "batch_progress.html", policy=policy, page=page)
        answer = tools.pages.html(member, "", 200)
        answer.headers["HX-Refresh"] = "true"
        return answer
    return tools.pages.show(
        member,
        "batch.html",
        status,
        policy=policy,
        policy_title=title,
        page=page,
        asked=asked,
        states=batch_view.STATES,
        why_not=lambda lead: batch_view.why_not(lead["why_not"], page, words),
        why_now=lambda touch: did(words, touch),
        said=said,
        wrong=wrong or {},
        is_first=cursor is None,
        may_write=member.may("policies:write"),
    )
