"""What somebody at a browser gets instead of a problem as JSON: a page that says why not."""

from urllib.parse import urlencode, urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from shared.clock import SystemClock
from shared.console.pages import Pages
from shared.console.visitor import Doorkeeper, Visitor
from shared.problem import Problem

PROGRAMS = ("/v1/", "/hooks/", "/metrics", "/healthz", "/readyz", "/openapi.json", "/asyncapi.json")
EXPLAINED = (403, 404, 405, 409, 410, 413, 415, 422, 429, 503)


class Refusals:
    """Answers browsers. In one process with other services it speaks for them as well."""

    def __init__(self, doorkeeper: Doorkeeper, pages: Pages):
        self._doorkeeper = doorkeeper
        self._pages = pages

    def answer(self, request: Request, fault: Problem) -> Response | None:
        """Return a page that says why not; None where a program asked.

        Who is not signed in is sent to sign in, and comes back to the page they wanted.
        """
        if request.url.path.startswith(PROGRAMS) or not _is_browser(request):
            return None
        if fault.code == "signed_out":
            return _to_sign_in(request)
        known: Visitor | None = getattr(request.state, "visitor", None)
        visitor = known or self._doorkeeper.anonymous(request, SystemClock().now())
        shown = fault.status if fault.status in EXPLAINED else 500
        answer = self._pages.show(
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


def _is_browser(request: Request) -> bool:
    headers = request.headers
    return "text/html" in headers.get("accept", "") or headers.get("hx-request") == "true"


def _to_sign_in(request: Request) -> Response:
    is_script = request.headers.get("hx-request") == "true"
    if is_script:
        wanted = _page_of(request, request.headers.get("hx-current-url", ""))
    elif request.method == "GET":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:  # a form: back to the page it was on
        wanted = _page_of(request, request.headers.get("referer", ""))
    where = "/sign-in" + ("" if wanted == "/" else f"?{urlencode({'next': wanted})}")
    if is_script:
        return Response(
            status_code=401, headers={"HX-Redirect": where, "Cache-Control": "no-store"}
        )
    return RedirectResponse(where, 303, {"Cache-Control": "no-store"})


def _page_of(request: Request, address: str) -> str:
    """Return the path of a page of this site; the start for any other address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    if parts.netloc != request.headers.get("host"):
        return "/"
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
