"""The console, put together: its routes, and how a refusal looks to a person.

Pages read and change through the same handlers as the API. Every route says which
permission it needs, as those of the API do; who lacks it gets a page that says so.
"""

from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.handoff.console import (
    account,
    answering,
    assets,
    handoff_routes,
    lead_routes,
    live,
    scoreboard_routes,
    signing_in,
    today_routes,
)
from services.handoff.console.changes import Changes
from services.handoff.console.pages import Pages
from services.handoff.console.passwords import Passwords
from services.handoff.console.tools import Tools
from services.handoff.console.visitor import Doorkeeper, Visitor
from services.handoff.unit_of_work import Parts
from shared.clock import SystemClock
from shared.permit import anybody
from shared.problem import Problem

PROGRAMS = ("/v1/", "/hooks/", "/metrics", "/healthz", "/readyz", "/openapi.json", "/asyncapi.json")
EXPLAINED = (403, 404, 405, 409, 410, 413, 415, 422, 429, 503)
A_YEAR = "public, max-age=31536000, immutable"


class Console:
    """What the console needs as long as the process lives."""

    def __init__(self, parts: Parts):
        self._tools = Tools(
            parts,
            Doorkeeper(parts),
            Pages(parts.settings),
            Passwords(),
            Changes(parts.db),
        )

    def router(self) -> APIRouter:
        """Return all routes. None of them is in the description of the API."""
        routes = APIRouter(include_in_schema=False)
        for module in (
            *(signing_in, account, today_routes, live),
            *(handoff_routes, answering, lead_routes, scoreboard_routes),
        ):
            routes.include_router(module.router(self._tools))
        routes.add_api_route(
            "/static/{path:path}", static, dependencies=[Depends(anybody)], methods=["GET"]
        )
        return routes

    def refusal(self, request: Request, fault: Problem) -> Response | None:
        """Return a page that says why not; None where a program asked.

        Who is not signed in is sent to sign in, and comes back to the page they wanted.
        """
        if request.url.path.startswith(PROGRAMS) or not _is_browser(request):
            return None
        tools = self._tools
        if fault.code == "signed_out":
            return _to_sign_in(request)
        known: Visitor | None = getattr(request.state, "visitor", None)
        visitor = known or tools.doorkeeper.anonymous(request, SystemClock().now())
        shown = fault.status if fault.status in EXPLAINED else 500
        answer = tools.pages.show(
            visitor,
            "refusal.html",
            fault.status,
            shown=shown,
            code=fault.code,
            request_id=request.scope.get("relevo.request_id", ""),
        )
        for name in ("Retry-After", "Allow"):
            if name in fault.headers:
                answer.headers[name] = fault.headers[name]
        return answer


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


def _is_browser(request: Request) -> bool:
    headers = request.headers
    return "text/html" in headers.get("accept", "") or headers.get("hx-request") == "true"


def _to_sign_in(request: Request) -> Response:
    wanted = request.url.path if request.method == "GET" else "/"
    if request.method == "GET" and request.url.query:
        wanted += f"?{request.url.query}"
    is_script = request.headers.get("hx-request") == "true"
    if is_script:
        current = request.headers.get("hx-current-url", "")
        wanted = "/" + current.partition("//")[2].partition("/")[2] if current else "/"
    where = "/sign-in" + ("" if wanted == "/" else f"?{urlencode({'next': wanted})}")
    if is_script:
        return Response(
            status_code=401, headers={"HX-Redirect": where, "Cache-Control": "no-store"}
        )
    return RedirectResponse(where, 303, {"Cache-Control": "no-store"})
