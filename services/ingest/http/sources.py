"""The API of sources: ``/v1/sources``."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection, Row

from services.ingest.domain.touch_kinds import KINDS
from services.ingest.handlers import sources as handlers
from services.ingest.handlers.source_settings import SourceSettings
from services.ingest.http.models import (
    CredentialIssued,
    CredentialShown,
    NewSource,
    RefusalShown,
    RefusalsShown,
    Rotation,
    SourceChange,
    SourceCreated,
    SourceDetail,
    SourceShown,
    TouchKindShown,
    TouchKindsShown,
    UnmappedName,
)
from services.ingest.http.ring import SourceRing
from services.ingest.store import sources as store
from services.ingest.store.refusals import NOBODY, refusals_of
from services.ingest.store.sources import Credential, Source
from services.ingest.store.tables import IDEMPOTENCY
from shared import pages
from shared.access import Caller, KeyRing
from shared.db import Database
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.pages import Cursor, Limit, Page, PathId
from shared.preconditions import IfMatch, etag, expected_revision
from shared.web import Permit

T = TypeVar("T")
MOST_UNMAPPED = 200


def source_routes(db: Database, keys: KeyRing, ring: SourceRing, public_url: str) -> APIRouter:
    """Return the routes of sources."""
    router = APIRouter(prefix="/v1", tags=["sources"])
    may_read = [Depends(Permit(keys, "sources:read"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "sources:write"))]

    async def change(work: Callable[[Connection], T]) -> T:
        result = await db.write(work)
        await ring.refresh()
        return result

    def url_of(source: Source) -> str:
        return f"{public_url.rstrip('/')}/hooks/{source.name}"

    def shown(source: Source, credentials: list[Credential]) -> dict[str, Any]:
        return {
            "id": source.id,
            "name": source.name,
            "vendor": source.vendor,
            "state": source.state,
            "url": url_of(source),
            "settings": SourceSettings.model_validate(dict(source.settings)),
            "revision": source.revision,
            "created_at": source.created_at,
            "updated_at": source.updated_at,
            "credentials": [_credential(one) for one in credentials],
        }

    def detail(conn: Connection, source: Source) -> SourceDetail:
        live = store.live_credentials(conn, db.now(conn), [source.id])
        names = store.unmapped_names(conn, source.id, MOST_UNMAPPED)
        unmapped = [
            UnmappedName(
                name=row.name,
                count=row._mapping["count"],
                last_at=row.last_at,
                receipt_id=row.receipt_id,
            )
            for row in names
        ]
        return SourceDetail(**shown(source, live), unmapped=unmapped)

    @router.get("/sources", dependencies=may_read)
    async def list_sources(
        cursor: Cursor = None,
        limit: Limit = 50,
        archived: Annotated[bool, Query(description="Show archived ones too.")] = False,
    ) -> Page[SourceShown]:
        """List sources by name."""

        def work(conn: Connection) -> Page[SourceShown]:
            found = store.list_sources(conn, cursor, limit, archived=archived)
            page, following = pages.cut(found, limit, "name", "id")
            live = store.live_credentials(conn, db.now(conn), [source.id for source in page])
            items = [
                SourceShown(**shown(one, [each for each in live if each.source_id == one.id]))
                for one in page
            ]
            return Page(items=items, next_cursor=following)

        return await db.read(work)

    @router.post("/sources", status_code=201, response_model=SourceCreated)
    async def create_source(new: NewSource, caller: Writer, request: OnlyOnce) -> Response:
        """Make a source. Its credential is in this answer and never shown again."""

        def work(conn: Connection) -> Answer:
            now = db.now(conn)

            def act() -> Answer:
                settings = new.settings.model_dump()
                source, issued = handlers.create_source(
                    conn, now, caller.name, new.name, new.vendor, settings, new.secret
                )
                values = shown(source, [issued.credential])
                return created(
                    SourceCreated(**values, credential=_issued(issued)),
                    f"/v1/sources/{source.name}",
                    etag(source.revision),
                    SourceCreated(**values, credential=None),
                )

            return once(conn, IDEMPOTENCY, request, now, act)

        return (await change(work)).response()

    @router.get("/sources/{source}", dependencies=may_read)
    async def show_source(source: str, response: Response) -> SourceDetail:
        """Show one source, with the event names it sent that have no touch kind."""
        found = await db.read(lambda conn: detail(conn, handlers.existing(conn, source)))
        response.headers["ETag"] = etag(found.revision)
        return found

    @router.get("/sources/{source}/refusals", dependencies=may_read)
    async def list_refusals(source: str) -> RefusalsShown:
        """Show what the door refused within the last day, and what is likely wrong with it."""

        def work(conn: Connection) -> RefusalsShown:
            found = handlers.existing(conn, source)
            return RefusalsShown(
                refusals=[_refusal(row) for row in refusals_of(conn, found.id)],
                elsewhere=[_refusal(row) for row in refusals_of(conn, NOBODY)],
            )

        return await db.read(work)

    @router.patch("/sources/{source}")
    async def change_source(
        source: str,
        wanted: SourceChange,
        caller: Writer,
        response: Response,
        if_match: IfMatch = None,
    ) -> SourceDetail:
        """Change settings, pause or resume. Needs `If-Match`, so that nobody's change is lost."""
        expected = expected_revision(if_match)
        settings = None if wanted.settings is None else wanted.settings.model_dump()

        def work(conn: Connection) -> SourceDetail:
            changed = handlers.change_source(
                conn, db.now(conn), caller.name, source, expected, wanted.state, settings
            )
            return detail(conn, changed)

        changed = await change(work)
        response.headers["ETag"] = etag(changed.revision)
        return changed

    @router.delete("/sources/{source}", status_code=204)
    async def archive_source(source: str, caller: Writer) -> None:
        """Archive a source: its credentials end at once, what it sent stays."""
        await change(lambda conn: handlers.archive_source(conn, db.now(conn), caller.name, source))

    @router.post(
        "/sources/{source}/rotate",
        status_code=201,
        response_model=CredentialIssued,
    )
    async def rotate(source: str, wanted: Rotation, caller: Writer, request: OnlyOnce) -> Response:
        """Issue a new credential, shown once; the earlier ones go on for the overlap."""
        overlap = timedelta(hours=wanted.overlap_hours)

        def work(conn: Connection) -> Answer:
            now = db.now(conn)

            def act() -> Answer:
                issued = handlers.rotate(conn, now, caller.name, source, overlap, wanted.secret)
                return created(
                    _issued(issued),
                    f"/v1/sources/{source}",
                    repeated=_issued(issued).model_copy(update={"value": None}),
                )

            return once(conn, IDEMPOTENCY, request, now, act)

        return (await change(work)).response()

    @router.post("/sources/{source}/credentials/{credential_id}/revoke", status_code=204)
    async def revoke(source: str, credential_id: PathId, caller: Writer) -> None:
        """End a credential at once."""
        await change(
            lambda conn: handlers.revoke(conn, db.now(conn), caller.name, source, credential_id)
        )

    @router.get("/touch-kinds", dependencies=may_read)
    async def list_touch_kinds() -> TouchKindsShown:
        """List the touch kinds and the event names that mean them."""
        return TouchKindsShown(
            kinds=[
                TouchKindShown(kind=kind, meaning=meaning, names=list(names))
                for kind, (meaning, names) in KINDS.items()
            ]
        )

    return router


def _refusal(row: Row[Any]) -> RefusalShown:
    return RefusalShown(
        reason=row.reason, count=row._mapping["count"], last_at=row.last_at, detail=row.detail
    )


def _credential(one: Credential) -> CredentialShown:
    return CredentialShown.model_validate(one, from_attributes=True)


def _issued(issued: handlers.Issued) -> CredentialIssued:
    return CredentialIssued(**_credential(issued.credential).model_dump(), value=issued.value)
