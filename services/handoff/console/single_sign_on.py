"""Signing in by the provider the settings name: to it, and back from it.

Going there changes nothing here: what belongs to the start is in a cookie that only this
browser has and only we can make. Coming back works once, for ten minutes.
"""

import hmac
from datetime import timedelta
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import RedirectResponse

from services.handoff.console.callers import address_of
from services.handoff.console.provider import RETURN, NotSignedIn, Provider, Started
from services.handoff.console.signing_in import ask_again, let_in
from services.handoff.console.tools import Tools
from services.handoff.handlers.single_sign_on import begin_return, sign_in_by_identity
from shared.console.forms import local_path
from shared.console.pages import go
from shared.console.visitor import Visitor, stranger
from shared.problem import Problem, not_found

log = structlog.get_logger(__name__)

LASTS = timedelta(minutes=10)
LONGEST_PATH = 1000
LONGEST_DETAIL = 300
REFUSALS = (
    *("sso_unknown", "sso_left", "sso_other", "sso_domain", "sso_unverified"),
    "too_many_attempts",
)
OUT_OF_ORDER = ("sso_unreachable", "sso_setup")
Text = Annotated[str, Query(max_length=4000)]


def router(tools: Tools) -> APIRouter:
    """Return the two routes; without a provider nothing is there."""
    routes = APIRouter()
    keeper = tools.doorkeeper
    cookie = "__Host-relevo-start" if keeper.is_secure else "relevo_start"
    Anybody = Annotated[Visitor, Depends(stranger(keeper))]

    @routes.get("/sign-in/provider")
    async def leave(visitor: Anybody, next: str = "") -> Response:
        """Send the browser to the provider."""
        provider = _provider(tools)
        wanted = local_path(next)
        started = provider.start(wanted if len(wanted) <= LONGEST_PATH else "/", visitor.now)
        try:
            where = await provider.address(started, visitor.language)
        except NotSignedIn as fault:
            return _refused(tools, visitor, fault, wanted)
        answer = RedirectResponse(where, 303, {"Cache-Control": "no-store"})
        answer.set_cookie(
            cookie,
            provider.seal(started),
            max_age=int(LASTS.total_seconds()),
            path="/",
            secure=keeper.is_secure,
            httponly=True,
            samesite="lax",  # the way back comes from another site
        )
        return answer

    @routes.get(RETURN)
    async def back(
        visitor: Anybody,
        code: Text = "",
        state: Text = "",
        iss: Text = "",
        error: Text = "",
        error_description: Text = "",
    ) -> Response:
        """Take whom the provider sends back, and sign them in."""
        provider = _provider(tools)
        started = _started(provider, visitor, cookie)
        wanted = "/" if started is None else local_path(started.wanted)
        try:
            if started is None or not _is_same(started.derived("state"), state):
                raise NotSignedIn("sso_old", "no start of this browser, or of another sign-in")
            address = address_of(visitor.request, tools.parts.settings)
            if not await tools.write(lambda uow: begin_return(uow, state, address)):
                raise NotSignedIn("sso_old", "the way back was used before")
            if iss and iss != provider.issuer:
                raise NotSignedIn("sso_untrue", f"the answer is of {iss!r}")
            if error == "access_denied":
                raise NotSignedIn("sso_denied", error_description)
            if error or not code:
                raise NotSignedIn("sso_refused", error_description or error or "no code")
            one = await provider.identity(code, started, visitor.now)
            agent = visitor.request.headers.get("user-agent", "")
            token = await tools.write(
                lambda uow: sign_in_by_identity(
                    uow, one.issuer, one.subject, one.email, address, agent
                )
            )
        except NotSignedIn as fault:
            answer = _refused(tools, visitor, fault, wanted)
        except Problem as fault:
            if fault.code not in REFUSALS:
                raise
            answer = ask_again(tools, visitor, fault.status, wanted, fault.code)
            answer.headers.update(
                {name: value for name, value in fault.headers.items() if name == "Retry-After"}
            )
        else:
            answer = go(wanted)
            let_in(answer, keeper, token)
        answer.delete_cookie(cookie, secure=keeper.is_secure, httponly=True, samesite="lax")
        return answer

    return routes


def _provider(tools: Tools) -> Provider:
    if tools.provider is None:
        raise not_found("provider to sign in with")
    return tools.provider


def _started(provider: Provider, visitor: Visitor, cookie: str) -> Started | None:
    started = provider.unseal(visitor.request.cookies.get(cookie, ""))
    return None if started is None or visitor.now - started.at > LASTS else started


def _is_same(wanted: str, given: str) -> bool:
    return hmac.compare_digest(wanted.encode(), given.encode(errors="replace"))


def _refused(tools: Tools, visitor: Visitor, fault: NotSignedIn, wanted: str) -> Response:
    log.warning("single_sign_on_failed", why=fault.key, detail=fault.detail[:LONGEST_DETAIL])
    status = 503 if fault.key in OUT_OF_ORDER else 403
    detail = fault.detail if fault.key == "sso_refused" else ""
    return ask_again(tools, visitor, status, wanted, fault.key, detail=detail)
