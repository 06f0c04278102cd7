"""Imports: a file is given, looked at row by row, and taken in while somebody watches or not."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection, Row

from services.ingest.console.tools import Tools
from services.ingest.handlers import import_files as files
from services.ingest.handlers.import_files import Given, Looked
from services.ingest.handlers.imports import existing_import, open_source, source_of
from services.ingest.store import import_files as file_store
from services.ingest.store import imports as store
from services.ingest.store.sources import Source, all_sources
from shared import pages
from shared.console.forms import given_file
from shared.console.pages import go, is_partial
from shared.console.visitor import Member
from shared.pages import PathId
from shared.problem import Problem

PAGE = 20
FIELDS = ("event", "time", "email", "user_id")
"""What a person may say of the columns; the command line and the API take more."""
DATES = ("dmy", "mdy")
ENCODINGS = ("utf-8", "latin-1", "utf-16")
Text = Annotated[str, Query(max_length=200)]


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/imports``."""
    routes = APIRouter(prefix="/imports")
    Reader = Annotated[Member, Depends(tools.console.signed_in("receipts:read"))]
    Writer = Annotated[Member, Depends(tools.console.signed_in("receipts:write"))]

    @routes.get("")
    async def show_all(member: Reader, cursor: Text = "", source: Text = "") -> Response:
        """List imports, and take a file."""
        return await _list(tools, member, cursor or None, source)

    @routes.post("")
    async def give(member: Writer) -> Response:
        """Take a file and say what would be taken of it. Nothing is imported yet."""
        file, name = given_file(member.request), member.form.get("source", "")
        if tools.is_disk_full():
            return await _list(tools, member, None, name, "import_disk_full")
        if file is None or not file.content:
            return await _list(tools, member, None, name, "import_no_file")
        if len(file.content) > files.LARGEST:
            return await _list(tools, member, None, name, "import_too_large")
        try:
            source = await tools.read(lambda conn: open_source(conn, name))
        except Problem as fault:
            if fault.status not in (404, 409):
                raise
            return await _list(tools, member, None, name, "import_no_source")
        given = Given(zone=member.zone)
        content, called = file.content, file.name
        looked = await _look(source, called, content, given, member.now)

        def work(conn: Connection) -> str:
            now, who = tools.db.now(conn), member.person_id
            return files.keep_file(conn, now, who, source, called, content, given, looked)

        return go(f"/imports/files/{await tools.db.write(work)}")

    @routes.get("/files/{file_id}")
    async def show_file(member: Reader, file_id: PathId) -> Response:
        """Show what would be taken of a file."""
        row, source = await tools.read(lambda conn: _file(conn, file_id))
        if row.import_id is not None:
            return go(f"/imports/{row.import_id}")
        return _show_file(tools, member, row, source)

    @routes.post("/files/{file_id}/check")
    async def check(member: Writer, file_id: PathId) -> Response:
        """Look at a file again, read in another way."""
        row, source = await tools.read(lambda conn: _file(conn, file_id))
        given = read_given(member.form)
        content = await tools.read(lambda conn: file_store.content_of(conn, file_id))
        looked = await _look(source, row.name, content, given, member.now)

        def work(conn: Connection) -> None:
            files.existing_file(conn, file_id, lock=True)
            file_store.change_file(conn, file_id, given=asdict(given), looked=asdict(looked))

        await tools.db.write(work)
        return go(f"/imports/files/{file_id}")

    @routes.post("/files/{file_id}/start")
    async def start(member: Writer, file_id: PathId) -> Response:
        """Begin to take a file in."""

        def work(conn: Connection) -> str:
            return files.begin_file(conn, tools.db.now(conn), member.person_id, file_id)

        import_id = await tools.db.write(work)
        tools.import_asked.set()
        return go(f"/imports/{import_id}")

    @routes.post("/files/{file_id}/forget")
    async def forget(member: Writer, file_id: PathId) -> Response:
        """Forget a file that was looked at."""

        def work(conn: Connection) -> None:
            if files.existing_file(conn, file_id, lock=True).import_id is None:
                file_store.forget_file(conn, file_id)

        await tools.db.write(work)
        return go("/imports")

    @routes.get("/{import_id}")
    async def show(member: Reader, import_id: PathId) -> Response:
        """Show how far an import is, and what it brought."""

        def work(conn: Connection) -> dict[str, Any]:
            row = existing_import(conn, import_id)
            return {
                "one": row,
                "source": source_of(conn, row),
                "brought": store.brought(conn, [row.id])[row.id],
                "days": store.days_of(conn, row.id)[-60:],
                "is_here": file_store.file_of_import(conn, row.id) is not None,
            }

        found = await tools.read(work)
        template = "import_body.html" if is_partial(member) else "import.html"
        return tools.pages.show(member, template, **found)

    return routes


async def _look(source: Source, name: str, content: bytes, given: Given, now: datetime) -> Looked:
    return await asyncio.to_thread(files.look_at, source, name, content, given, now)


def _file(conn: Connection, file_id: str) -> tuple[Row[Any], Source]:
    row = files.existing_file(conn, file_id)
    return row, source_of(conn, row)


def read_given(form: Mapping[str, str]) -> Given:
    """Return how somebody says that a file is to be read."""
    columns = {name: form.get(f"column_{name}", "")[:200] for name in FIELDS}
    event = form.get("event", "").strip()[:200]
    zone, dates = form.get("zone", "").strip(), form.get("dates", "")
    encoding = form.get("encoding", "")
    return Given(
        event=event,
        columns={name: one for name, one in columns.items() if one and not one.startswith("=")},
        zone=zone if zone in available_timezones() else "",
        dates=dates if dates in DATES else "",
        encoding=encoding if encoding in ENCODINGS else "",
    )


def _show_file(tools: Tools, member: Member, row: Row[Any], source: Source) -> Response:
    looked = row.looked
    used: dict[str, str] = {}
    if looked["plan"] is not None:
        columns = looked["plan"].get("columns") or {}
        used = {name: one for name, one in columns.items() if isinstance(one, str)}
    return tools.pages.show(
        member,
        "import_file.html",
        file=row,
        source=source,
        looked=looked,
        given=row.given,
        used=used,
        fields=FIELDS,
        dates=DATES,
        encodings=ENCODINGS,
        may_change=member.may("receipts:write"),
    )


async def _list(
    tools: Tools, member: Member, cursor: str | None, source: str, fault: str = ""
) -> Response:
    def work(conn: Connection) -> dict[str, Any]:
        sources = all_sources(conn)
        rows = store.list_imports(conn, cursor, PAGE, None)
        page, following = pages.cut(rows, PAGE, "started_at", "id")
        return {
            "rows": page,
            "next_cursor": following,
            "brought": store.brought(conn, [row.id for row in page]),
            "names": {one.id: one.name for one in sources},
            "sources": [one.name for one in sources if one.state != "archived"],
        }

    found = await tools.read(work)
    return tools.pages.show(
        member,
        "imports.html",
        422 if fault else 200,
        **found,
        chosen=source,
        fault=fault,
        largest_mib=files.LARGEST // (1024 * 1024),
        is_first=cursor is None,
        may_change=member.may("receipts:write"),
    )
