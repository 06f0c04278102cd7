"""The API of sources: ``/v1/sources``."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Header, Query, Response
from sqlalchemy import Connection

from services.ingest.domain.touch_kinds import KINDS
from services.ingest.handlers import sources as handlers
from services.ingest.http.models import (
    CredentialIssued,
    CredentialShown,
    NewSource,
    Rotation,
    SourceChange,
    SourceCreated,
    SourceDetail,
    SourcePage,
    SourceSettings,
    SourceShown,
    TouchKindShown,
    TouchKindsShown,
    UnmappedName,
)
from services.ingest.http.ring import SourceRing
from services.ingest.store import sources as store
from services.ingest.store.sources import Credential, Source
from shared.access import KeyRing
from shared.db import Database
from shared.problem import Problem
from shared.web import permit

T = TypeVar("T")
MOST_UNMAPPED = 200
IfMatch = Annotated[str | None, Header(description="The ETag you have seen.")]


def source_routes(db: Database, keys: KeyRing, ring: SourceRing, public_url: str) -> APIRouter:
    """Return the routes of sources."""
    router = APIRouter(prefix="/v1", tags=["sources"])
    may_read = [permit(keys, "sources:read")]
    may_write = [permit(keys, "sources:write")]

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
        cursor: str = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        archived: bool = False,
    ) -> SourcePage:
        """List sources by name."""

        def work(conn: Connection) -> SourcePage:
            found = store.list_sources(conn, cursor, limit + 1, archived=archived)
            page = found[:limit]
            live = store.live_credentials(conn, db.now(conn), [source.id for source in page])
            return SourcePage(
                sources=[
                    SourceShown(**shown(s, [one for one in live if one.source_id == s.id]))
                    for s in page
                ],
                next_cursor=page[-1].name if len(found) > limit else None,
            )

        return await db.read(work)

    @router.post("/sources", status_code=201, dependencies=may_write)
    async def create_source(new: NewSource, response: Response) -> SourceCreated:
        """Make a source. Its credential is in this answer and never shown again."""

        def work(conn: Connection) -> SourceCreated:
            source, issued = handlers.create_source(
                conn,
                db.now(conn),
                new.name,
                new.vendor,
                new.settings.model_dump(),
                new.secret,
            )
            return SourceCreated(**shown(source, [issued.credential]), credential=_issued(issued))

        created = await change(work)
        response.headers["Location"] = f"/v1/sources/{created.name}"
        response.headers["ETag"] = _etag(created.revision)
        return created

    @router.get("/sources/{source}", dependencies=may_read)
    async def show_source(source: str, response: Response) -> SourceDetail:
        """Show one source, with the event names it sent that have no touch kind."""
        found = await db.read(lambda conn: detail(conn, handlers.existing(conn, source)))
        response.headers["ETag"] = _etag(found.revision)
        return found

    @router.patch("/sources/{source}", dependencies=may_write)
    async def change_source(
        source: str, wanted: SourceChange, response: Response, if_match: IfMatch = None
    ) -> SourceDetail:
        """Change settings, pause or resume. Needs `If-Match`, so that nobody's change is lost."""
        expected = _revision(if_match)
        settings = None if wanted.settings is None else wanted.settings.model_dump()

        def work(conn: Connection) -> SourceDetail:
            changed = handlers.change_source(
                conn, db.now(conn), source, expected, wanted.state, settings
            )
            return detail(conn, changed)

        changed = await change(work)
        response.headers["ETag"] = _etag(changed.revision)
        return changed

    @router.delete("/sources/{source}", status_code=204, dependencies=may_write)
    async def archive_source(source: str) -> None:
        """Archive a source: its credentials end at once, what it sent stays."""
        await change(lambda conn: handlers.archive_source(conn, db.now(conn), source))

    @router.post("/sources/{source}/rotate", status_code=201, dependencies=may_write)
    async def rotate(source: str, wanted: Rotation) -> CredentialIssued:
        """Issue a new credential, shown once; the earlier ones go on for the overlap."""
        overlap = timedelta(hours=wanted.overlap_hours)

        def work(conn: Connection) -> CredentialIssued:
            return _issued(handlers.rotate(conn, db.now(conn), source, overlap, wanted.secret))

        return await change(work)

    @router.post(
        "/sources/{source}/credentials/{credential_id}/revoke",
        status_code=204,
        dependencies=may_write,
    )
    async def revoke(source: str, credential_id: str) -> None:
        """End a credential at once."""
        await change(lambda conn: handlers.revoke(conn, db.now(conn), source, credential_id))

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


def _credential(one: Credential) -> CredentialShown:
    return CredentialShown.model_validate(one, from_attributes=True)


def _issued(issued: handlers.Issued) -> CredentialIssued:
    return CredentialIssued(**_credential(issued.credential).model_dump(), value=issued.value)


def _etag(revision: int) -> str:
    return f'"{revision}"'


def _revision(if_match: str | None) -> int:
    if if_match is None:
        raise Problem(428, "if_match_required", "send If-Match with the ETag you have seen")
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Problem(412, "changed_meanwhile", "If-Match is no ETag of this source")
    return int(text)
