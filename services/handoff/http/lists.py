"""Lists that policies name, over HTTP: made, changed, imported, read in every version."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from services.handoff.domain.list_files import UnreadableFile, read_values
from services.handoff.handlers.lists import (
    NAME,
    Mode,
    add_list,
    change_list,
    delete_list,
    find_list,
    replace_list,
    take_in,
    used_by,
)
from services.handoff.store import lists
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.access import Caller, KeyRing
from shared.fields import Name, one_line
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.pages import Cursor, Limit, Page
from shared.preconditions import IfMatch, etag, expected_revision
from shared.problem import invalid, not_found
from shared.web import Permit

MOST_AT_ONCE = 10_000

ListName = Annotated[str, StringConstraints(pattern=NAME)]
InPath = Annotated[str, Path(max_length=63)]
Values = Annotated[list[Name], Field(max_length=MOST_AT_ONCE)]
Why = Annotated[
    str, Field(default="", max_length=500, description="For whoever reads the list's history.")
]


class NewList(BaseModel):
    """A list to make."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: ListName = Field(description="What policies call it: `competitors`.")
    values: Values = []
    why: Why


class ListChanges(BaseModel):
    """Values that come and go."""

    model_config = ConfigDict(extra="forbid", strict=True)

    add: Values = []
    remove: Values = []
    why: Why


class NewValues(BaseModel):
    """All values a list is to hold."""

    model_config = ConfigDict(extra="forbid", strict=True)

    values: Values
    why: Why


class Import(BaseModel):
    """A file: one value a line, or a column of a CSV file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str = Field(description="What is in the file.")
    column: str | None = Field(
        default=None,
        max_length=200,
        description="The column of a CSV file whose first line names its columns. Null: each line "
        "is a value, those that start with `#` aside.",
    )
    mode: Mode = "replace"
    why: Why


class ListVersionShown(BaseModel):
    """One version of a list."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    number: int = Field(description="Evaluations name it.")
    size: int = Field(description="How many values it holds.")
    added: int = Field(description="Values it has that the version before had not.")
    removed: int
    digest: str = Field(
        description="SHA-256 of the values as they are compared, sorted, one a line."
    )
    made_at: datetime
    made_by: str
    why: str


class ListShown(ListVersionShown):
    """A list as it is now."""

    used_by: list[str] = Field(description="Policies in force that name it.")


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/lists``."""
    routes = APIRouter(prefix="/v1/lists", tags=["lists"])
    db = parts.db
    Writer = Annotated[Caller, Depends(Permit(keys, "lists:write"))]
    reading = [Depends(Permit(keys, "policies:read"))]

    @routes.get("", dependencies=reading)
    async def list_lists(cursor: Cursor = None, limit: Limit = 50) -> Page[ListShown]:
        """List the lists in order of name."""

        def work(conn: Connection) -> Page[ListShown]:
            uow = unit_of_work(parts, conn)
            rows, following = lists.page_of_lists(conn, cursor, limit)
            return Page(items=[shown(uow, row) for row in rows], next_cursor=following)

        return await db.read(work)

    @routes.post("", status_code=201, response_model=ListShown)
    async def add(new: NewList, caller: Writer, request: OnlyOnce) -> Response:
        """Make a list. Policies may name it from now on."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                row = add_list(uow, caller, new.name, new.values, new.why)
                return created(shown(uow, row), f"/v1/lists/{new.name}", etag(row.number))

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    @routes.get("/{name}", dependencies=reading)
    async def show(name: InPath, response: Response) -> ListShown:
        """Show a list; its values are below ``/values``."""

        def work(conn: Connection) -> ListShown:
            uow = unit_of_work(parts, conn)
            return shown(uow, find_list(uow, name))

        return tagged(await db.read(work), response)

    @routes.delete("/{name}", status_code=204)
    async def delete(
        name: InPath,
        caller: Writer,
        why: Annotated[str, Query(max_length=500)] = "",
        if_match: IfMatch = None,
    ) -> None:
        """Delete a list no policy in force names. Its versions stay readable."""
        expected = expected_revision(if_match)
        await db.write(
            lambda conn: delete_list(unit_of_work(parts, conn), caller, name, expected, why)
        )

    @routes.get("/{name}/values", dependencies=reading)
    async def values(
        name: InPath,
        version: Annotated[
            int | None, Query(ge=1, le=2**31 - 1, description="A version; now when left out.")
        ] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page[str]:
        """Give the values of a list, in order, in any of its versions."""

        def work(conn: Connection) -> Page[str]:
            row = lists.find_list(conn, name)
            if row is None or (version is None and row.deleted_at is not None):
                raise not_found("list")
            number = row.number if version is None else version
            if number > row.number:
                raise not_found("list version")
            found, following = lists.page_of_values(conn, name, number, cursor, limit)
            return Page(items=found, next_cursor=following)

        return await db.read(work)

    @routes.post("/{name}/values")
    async def change(
        name: InPath,
        changes: ListChanges,
        caller: Writer,
        response: Response,
        if_match: IfMatch = None,
    ) -> ListShown:
        """Add and remove values, as one new version."""
        expected = expected_revision(if_match)

        def work(conn: Connection) -> ListShown:
            uow = unit_of_work(parts, conn)
            given = (changes.add, changes.remove, changes.why)
            return shown(uow, change_list(uow, caller, name, expected, *given))

        return tagged(await db.write(work), response)

    @routes.put("/{name}/values")
    async def replace(
        name: InPath,
        given: NewValues,
        caller: Writer,
        response: Response,
        if_match: IfMatch = None,
    ) -> ListShown:
        """Let the list hold these values and no others."""
        expected = expected_revision(if_match)

        def work(conn: Connection) -> ListShown:
            uow = unit_of_work(parts, conn)
            row = replace_list(uow, caller, name, expected, given.values, given.why)
            return shown(uow, row)

        return tagged(await db.write(work), response)

    @routes.post("/{name}/import")
    async def import_file(
        name: InPath,
        file: Import,
        caller: Writer,
        response: Response,
        if_match: IfMatch = None,
    ) -> ListShown:
        """Take the values of a file in: in place of what is there, beside it, or out of it."""
        expected = expected_revision(if_match)
        found = values_of(file)

        def work(conn: Connection) -> ListShown:
            uow = unit_of_work(parts, conn)
            row = take_in(uow, caller, name, expected, file.mode, found, file.why)
            return shown(uow, row)

        return tagged(await db.write(work), response)

    @routes.get("/{name}/versions", dependencies=reading)
    async def versions(
        name: InPath, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[ListVersionShown]:
        """List the versions of a list, the newest first: who changed it, when and why."""

        def work(conn: Connection) -> Page[ListVersionShown]:
            if lists.find_list(conn, name) is None:
                raise not_found("list")
            rows, following = lists.page_of_versions(conn, name, cursor, limit)
            return Page(
                items=[ListVersionShown.model_validate(row) for row in rows],
                next_cursor=following,
            )

        return await db.read(work)

    return routes


def values_of(file: Import) -> list[str]:
    """Return the values in a file, each on one line. Raises ``Problem`` (422)."""
    try:
        found = read_values(file.text, file.column)
    except UnreadableFile as error:
        raise invalid("/text", str(error), "unreadable_file") from error
    return [value for value in (str(one_line(each)) for each in found) if value]


def tagged(found: ListShown, response: Response) -> ListShown:
    """Return a list, with the tag that a change of it has to name."""
    response.headers["ETag"] = etag(found.number)
    return found


def shown(uow: UnitOfWork, row: Any) -> ListShown:
    """Return a list as callers see one."""
    version = ListVersionShown.model_validate(row)
    return ListShown(**version.model_dump(), used_by=used_by(uow, row.name))
