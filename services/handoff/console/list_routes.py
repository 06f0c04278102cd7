"""The lists that policies name: who is on them, changed by hand or by a file, downloaded."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from services.handoff.console import list_view
from services.handoff.console.list_view import Import
from services.handoff.console.tools import Tools
from services.handoff.handlers import lists as handlers
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.body import LIMIT
from shared.console.forms import given_file
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.fields import one_line
from shared.problem import Problem

Text = Annotated[str, Query(max_length=200)]
LONGEST_WHY = 500
PASTED = dict.fromkeys(("text", "values", "add", "remove"), LIMIT)
TOLD = {
    "name_taken": ("name", "list_taken"),
    "too_many_lists": ("form", "list_too_many"),
    "list_too_long": ("form", "list_too_long"),
    "list_in_use": ("delete", "list_in_use"),
    "changed_meanwhile": ("form", "list_changed"),
    "invalid": ("form", "list_no_value"),
}
"""Refusals of the handlers: the field each is told at, and how."""
SAID = {"made": "list_said_made", "changed": "list_said_changed", "deleted": "list_said_deleted"}


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/agreement/lists``."""
    routes = APIRouter(prefix="/agreement/lists")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:read"))]
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "lists:write", PASTED))]

    @routes.get("")
    async def show_all(member: Reader, cursor: Text = "", said: Text = "") -> Response:
        """Show every list, and the batches that wait to be looked through."""
        return await _overview(tools, member, cursor or None, said=SAID.get(said, ""))

    @routes.post("")
    async def make(member: Writer) -> Response:
        """Make a list."""
        form = member.form
        name = form.get("name", "").strip()
        if not re.match(handlers.NAME, name):
            return await _overview(tools, member, None, 422, {"name": "list_wrong_name"}, form)
        values = _lines(form.get("values", ""))

        def work(uow: UnitOfWork) -> None:
            handlers.add_list(uow, member.caller, name, values, _why(form))

        try:
            await tools.take(member, work)
        except Problem as fault:
            wrong = _told(fault)
            return await _overview(tools, member, None, fault.status, wrong, form)
        return go(f"/agreement/lists/{name}", said="made")

    @routes.get("/{name}")
    async def show(
        member: Reader, name: str, q: Text = "", cursor: Text = "", said: Text = ""
    ) -> Response:
        """Show what is on a list, or what is like ``q``."""
        told = SAID.get(said, "")
        return await _show(tools, member, name, q.strip(), cursor or None, said=told)

    @routes.post("/{name}")
    async def change(member: Writer, name: str) -> Response:
        """Put values on a list, or take some off."""
        form = member.form
        add, remove = _lines(form.get("add", "")), _lines(form.get("remove", ""))
        if not add and not remove:
            wrong = {"add": "list_no_value"}
            return await _show(tools, member, name, status=422, wrong=wrong, given=form)

        def work(uow: UnitOfWork) -> None:
            handlers.change_list(uow, member.caller, name, None, add, remove, _why(form))

        try:
            await tools.write(work)
        except Problem as fault:
            wrong = _told(fault)
            return await _show(tools, member, name, status=fault.status, wrong=wrong, given=form)
        return go(f"/agreement/lists/{name}", said="changed")

    @routes.post("/{name}/import")
    async def take_in(member: Writer, name: str) -> Response:
        """Look into a file and say what it would change; the second time do it."""
        form = member.form
        given = list_view.read_import(form, given_file(member.request))
        if given.wrong:
            return await _show(tools, member, name, status=422, wrong=given.wrong, given=form)
        is_sure = form.get("sure") == "yes"
        try:
            if not is_sure:
                return await _preview(tools, member, name, given, _why(form))

            def work(uow: UnitOfWork) -> None:
                handlers.take_in(
                    uow, member.caller, name, given.number, given.mode, given.values, _why(form)
                )

            await tools.take(member, work)
        except Problem as fault:
            wrong = {"file": _told(fault).popitem()[1]}
            return await _show(tools, member, name, status=fault.status, wrong=wrong, given=form)
        return go(f"/agreement/lists/{name}", said="changed")

    @routes.post("/{name}/delete")
    async def delete(member: Writer, name: str) -> Response:
        """Delete a list that nothing names."""

        def work(uow: UnitOfWork) -> None:
            handlers.delete_list(uow, member.caller, name, None, _why(member.form))

        try:
            await tools.take(member, work)
        except Problem as fault:
            wrong = _told(fault)
            return await _show(
                tools, member, name, status=fault.status, wrong=wrong, given=member.form
            )
        return go("/agreement/lists", said="deleted")

    @routes.get("/{name}/values.txt")
    async def download(member: Reader, name: str) -> Response:
        """Give the values as a file, one a line, as it can be uploaded again."""

        def work(conn: Connection) -> list[str]:
            return list_view.all_values(unit_of_work(tools.parts, conn), name)

        values = await tools.read(work)
        headers = {
            "Content-Disposition": f'attachment; filename="{name}.txt"',
            "Cache-Control": "no-store",
        }
        body = "".join(f"{value}\n" for value in values)
        return Response(body, 200, headers, "text/plain; charset=utf-8")

    return routes


def _lines(text: str) -> list[str]:
    """Return what was written, one value a line."""
    return [value for line in text.splitlines() if (value := str(one_line(line)).strip())]


def _why(form: Mapping[str, str]) -> str:
    """Return why it is done; bytes that are no text, which forms with files may hold, as ``?``."""
    text = form.get("why", "").encode(errors="replace").decode().replace("\x00", "")
    return text.strip()[:LONGEST_WHY]


def _told(fault: Problem) -> dict[str, str]:
    """Return what a refusal says, by field. Raises it again where the page has no words."""
    if fault.code not in TOLD:
        raise fault
    field, key = TOLD[fault.code]
    return {field: key}


async def _overview(
    tools: Tools,
    member: Member,
    cursor: str | None,
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    said: str = "",
) -> Response:
    def work(conn: Connection) -> list_view.Overview:
        return list_view.overview(unit_of_work(tools.parts, conn), cursor)

    return tools.pages.show(
        member,
        "lists.html",
        status,
        found=await tools.read(work),
        wrong=wrong or {},
        given=given or {},
        said=said,
        is_first=cursor is None,
        may_write=member.may("lists:write"),
    )


async def _show(
    tools: Tools,
    member: Member,
    name: str,
    q: str = "",
    cursor: str | None = None,
    *,
    status: int = 200,
    said: str = "",
    wrong: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    def work(conn: Connection) -> list_view.ListPage:
        return list_view.page_of(unit_of_work(tools.parts, conn), name, q, cursor)

    return _page(
        tools,
        member,
        await tools.read(work),
        status,
        q=q,
        is_first=cursor is None,
        said=said,
        wrong=wrong or {},
        given=given or {},
    )


async def _preview(tools: Tools, member: Member, name: str, given: Import, why: str) -> Response:
    def work(conn: Connection) -> tuple[list_view.ListPage, handlers.Difference]:
        uow = unit_of_work(tools.parts, conn)
        difference = handlers.differ(uow, name, given.mode, given.values)
        return list_view.page_of(uow, name, "", None), difference

    page, difference = await tools.read(work)
    return tools.pages.show(
        member, "list_import.html", page=page, given=given, difference=difference, why=why
    )


def _page(
    tools: Tools, member: Member, page: list_view.ListPage, status: int, **given: Any
) -> Response:
    may_write = member.may("lists:write")
    return tools.pages.show(member, "list.html", status, page=page, may_write=may_write, **given)
