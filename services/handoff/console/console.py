"""Handoff's pages, put together, and the files that all pages need."""

from dataclasses import fields
from datetime import datetime

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from services.handoff.console import (
    account,
    agreement_acts,
    agreement_editor,
    agreement_routes,
    answering,
    batch_routes,
    calendar_routes,
    giving,
    handoff_routes,
    hours_routes,
    import_routes,
    keys,
    lead_routes,
    leaving_routes,
    list_routes,
    live,
    people_routes,
    routing_routes,
    scoreboard_routes,
    signing_in,
    single_sign_on,
    start_routes,
    target_routes,
    team_routes,
    territory_routes,
    today_routes,
    try_lead_routes,
    tryout_routes,
)
from services.handoff.console.changes import Changes
from services.handoff.console.operations import operations
from services.handoff.console.passwords import Passwords
from services.handoff.console.provider import Provider
from services.handoff.console.tools import Tools
from services.handoff.console.words import WORDS
from services.handoff.store import sessions
from services.handoff.unit_of_work import Parts
from shared.access import KeyRing
from shared.console import assets
from shared.console.console import Console
from shared.console.operations import kinds_of
from shared.console.operations import router as operations_pages
from shared.console.visitor import Session
from shared.lag import LagMeter
from shared.permit import anybody
from shared.problem import Problem
from shared.routes import gathered

A_YEAR = "public, max-age=31536000, immutable"
SESSION = tuple(one.name for one in fields(Session))


def build_console(parts: Parts) -> Console:
    """Return what handoff's pages are made with."""

    async def note(request: Request, session: Session, now: datetime) -> None:
        assert session.seen_at is not None, "sessions are kept here"
        if now - session.seen_at > sessions.NOTED_EVERY and not _asks_by_itself(request):
            await parts.db.write(lambda conn: sessions.note_seen(conn, session.session_id, now))

    package = __name__.rpartition(".")[0]
    return Console(parts.settings, parts.db, package, WORDS, find_session, note)


def _asks_by_itself(request: Request) -> bool:
    """Return whether a page asks for what is new: the day does each minute, with nobody there."""
    is_part = request.method == "GET" and request.headers.get("hx-request") == "true"
    return is_part or request.url.path == "/live"


def find_session(conn: Connection, token: str, now: datetime) -> Session | None:
    """Return the live session of a token with whose it is."""
    row = sessions.find_session(conn, token, now)
    return None if row is None else Session(*(getattr(row, name) for name in SESSION))


def router(
    console: Console,
    parts: Parts,
    lag: LagMeter,
    ring: KeyRing,
    provider: Provider | None = None,
) -> APIRouter:
    """Return all routes. None of them is in the description of the API."""
    tools = Tools(parts, console, Passwords(), Changes(parts.db), provider)
    modules = (
        *(signing_in, single_sign_on, account, today_routes, live),
        *(handoff_routes, answering, giving, lead_routes, scoreboard_routes, start_routes),
        # A list's path would be read as that of a policy.
        *(list_routes, batch_routes, try_lead_routes, tryout_routes, target_routes),
        *(agreement_editor, agreement_routes, agreement_acts),
        *(hours_routes, import_routes, people_routes, leaving_routes, team_routes),
        *(calendar_routes, territory_routes, routing_routes),
    )
    of = operations(parts, lag, kinds_of(WORDS.texts))
    files = APIRouter()
    files.add_api_route(
        "/static/{path:path}", static, dependencies=[Depends(anybody)], methods=["GET"]
    )
    routers = [module.router(tools) for module in modules]
    routers += [keys.router(tools, ring), operations_pages(console, of), files]
    return gathered(routers, described=False)


async def static(path: str, request: Request) -> Response:
    """Send a file whose name says its content, to be kept for a year."""
    asset = assets.by_path().get(assets.PREFIX + path)
    if asset is None:
        raise Problem(404, "not_found", "nothing is called like that")
    headers = {
        "Cache-Control": A_YEAR,
        "Vary": "Accept-Encoding",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    body = asset.body
    if asset.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = asset.gzipped, "gzip"
    return Response(body, 200, headers, asset.kind)
