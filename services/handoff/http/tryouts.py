"""Try-outs on history over HTTP: asked for, watched, stopped, read as JSON or as a page."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from services.handoff.domain.policy import Language
from services.handoff.handlers import tryouts as handlers
from services.handoff.http.policies import Text
from services.handoff.printing.report import report_page
from services.handoff.readmodels import lead_names
from services.handoff.store import tryouts
from services.handoff.store.policies import find_version_by_id
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.fields import Moment
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.pages import Cursor, Limit, Page, PathId
from shared.problem import Problem
from shared.web import Permit

MOST_DAYS = 3650
LONGEST_OPEN_S = 366 * 86_400
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class NewTryout(BaseModel):
    """A policy to try on what leads did, beside the version that decides now."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Text | None = None
    file: str = Field(
        default="policy.yaml", max_length=200, description="Name of the file, for messages."
    )
    policy: str | None = Field(default=None, max_length=100, description="Or a stored one's name.")
    number: Number | None = Field(
        default=None, description="Its version; the one in force when null."
    )
    against: Number | None = Field(
        default=None,
        description="Number of the version of the same policy to compare with; the one in "
        "force when null.",
    )
    days: int = Field(
        default=90, ge=1, le=MOST_DAYS, description="How far back, where `from_at` is null."
    )
    from_at: Moment | None = Field(default=None, strict=False)
    to_at: Moment | None = Field(default=None, strict=False, description="Now when null.")
    lateness: Literal["as_received", "as_happened"] = Field(
        default="as_received",
        description="`as_happened`: as if everything had reached us when it happened. For "
        "histories that were imported at once.",
    )
    open_for_s: int | None = Field(
        default=None,
        ge=0,
        le=LONGEST_OPEN_S,
        description="How long a hand-off that never was would have been open; when null, as "
        "long as half of the closed ones were at most.",
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.text is None) == (self.policy is None):
            raise ValueError("give either `text` or `policy`")
        if self.text is not None and self.number is not None:
            raise ValueError("`number` belongs to `policy`; a text has none yet")
        return self


class TryoutSummary(BaseModel):
    """A try-out, and how far it has come."""

    model_config = ConfigDict(from_attributes=True)

    tryout_id: str
    state: Literal["queued", "running", "done", "stopped", "failed"]
    policy: str
    number: int | None = Field(description="Null for a text that is not stored.")
    version_id: str | None
    digest: str = Field(description="SHA-256 of what the candidate says.")
    from_at: datetime
    to_at: datetime
    lateness: Literal["as_received", "as_happened"]
    open_for_s: int | None
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None
    leads_done: int
    leads_total: int | None = Field(description="Null until it runs.")
    touches: int = Field(description="Touches looked at so far: those that gates can see.")
    error: str | None = Field(description="Why it failed.")


class Against(BaseModel):
    """The version a candidate is compared with."""

    policy: str
    number: int
    version_id: str


class TryoutShown(TryoutSummary):
    """A try-out with its result, once it is done."""

    against: Against | None
    result: dict[str, Any] | None = Field(
        description="What both versions made of the history; explained in docs/try-out.md. "
        "Names of leads are null for a key without `leads:read`."
    )


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/policies/tryouts``."""
    routes = APIRouter(prefix="/v1/policies/tryouts", tags=["policies"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "policies:read"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "policies:write"))]

    @routes.get("")
    async def list_tryouts(
        _caller: Reader, policy: str | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[TryoutSummary]:
        """List try-outs, newest first."""
        rows, following = await db.read(
            lambda conn: tryouts.page_of_tryouts(conn, policy, cursor, limit)
        )
        items = [TryoutSummary.model_validate(row) for row in rows]
        return Page(items=items, next_cursor=following)

    @routes.post("", status_code=201, response_model=TryoutShown)
    async def start(given: NewTryout, caller: Writer, request: OnlyOnce) -> Response:
        """Try a policy on history. It runs in the background: ask for it until it is done."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                wanted = handlers.Request(**given.model_dump())
                row = handlers.request_tryout(uow, caller.name, wanted)
                shown = show(conn, row.tryout_id, caller)
                return created(shown, f"/v1/policies/tryouts/{row.tryout_id}")

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    def show(conn: Connection, tryout_id: str, caller: Caller) -> TryoutShown:
        row = handlers.find(unit_of_work(parts, conn), tryout_id)
        against = None if row.against_id is None else find_version_by_id(conn, row.against_id)
        shown = TryoutSummary.model_validate(row).model_dump()
        result = row.result
        if result is not None:
            names = lead_names(conn, list(_lead_ids(result))) if caller.may("leads:read") else {}
            _name(result, names)
        return TryoutShown(
            **shown,
            against=None
            if against is None
            else Against(
                policy=against.policy, number=against.number, version_id=against.version_id
            ),
            result=result,
        )

    @routes.get("/{tryout_id}")
    async def show_tryout(tryout_id: PathId, caller: Reader) -> TryoutShown:
        """Show a try-out: how far it has come, and its result once it is done."""
        return await db.read(lambda conn: show(conn, tryout_id, caller))

    @routes.post("/{tryout_id}/stop")
    async def stop(tryout_id: PathId, caller: Writer) -> TryoutShown:
        """End a try-out that waits or runs; it gets no result. Repeating changes nothing."""

        def work(conn: Connection) -> TryoutShown:
            handlers.stop_tryout(unit_of_work(parts, conn), tryout_id)
            return show(conn, tryout_id, caller)

        return await db.write(work)

    @routes.get(
        "/{tryout_id}/report",
        response_class=Response,
        responses={200: {"content": {"text/html": {}, "application/json": {}}}},
    )
    async def report(
        tryout_id: PathId,
        caller: Reader,
        format: Literal["html", "json"] = "html",
        language: Language | None = None,
    ) -> Response:
        """Give the result of a finished try-out: a page to print, or the same as JSON.

        The page is in the installation's language unless `language` says otherwise.
        """
        shown = await db.read(lambda conn: show(conn, tryout_id, caller))
        if shown.result is None:
            message = f"the try-out is {shown.state}: it has a report once it is done"
            raise Problem(409, "tryout_not_done", message)
        if format == "json":
            return Response(shown.model_dump_json(), media_type="application/json")
        told = shown.model_dump(mode="json")
        settings = parts.settings
        page = report_page(told, language or settings.language, settings.zone, settings.company)
        return Response(page, media_type="text/html; charset=utf-8", headers=_PAGE_HEADERS)

    return routes


# The page has no script, and loads nothing.
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}


def _lists(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every lead a result names, wherever it does."""
    sides = [result["gained"], result["lost"], result["candidate"]["misses"]]
    if result["against"] is not None:
        sides.append(result["against"]["misses"])
    return [lead for side in sides for lead in side["leads"]]


def _lead_ids(result: dict[str, Any]) -> set[str]:
    return {lead["lead_id"] for lead in _lists(result)}


def _name(result: dict[str, Any], names: dict[str, str]) -> None:
    for lead in _lists(result):
        lead["name"] = names.get(lead["lead_id"])
