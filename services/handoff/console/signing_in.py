"""Signing in and out by password, and the first password. The company's own accounts are
beside it, in ``single_sign_on``.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from services.handoff.console.callers import address_of
from services.handoff.console.passwords import LONGEST, weakness
from services.handoff.console.tools import Tools
from services.handoff.handlers import sign_in
from services.handoff.handlers.first_run import progress
from services.handoff.store import sessions
from shared.console import language
from shared.console.forms import check_token, local_path
from shared.console.pages import go
from shared.console.visitor import (
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    THEMES,
    Doorkeeper,
    Session,
    Visitor,
    stranger,
)
from shared.problem import Problem

SPREADS_WITHIN = timedelta(minutes=1)
AGAIN_S = 1
SAFE = "/?&=%:@!$()*+,~"  # what an address of ours may keep in a header
A_YEAR_S = 31_536_000
SESSION_S = int(sessions.ABSOLUTE.total_seconds())


def router(tools: Tools) -> APIRouter:
    """Return the routes that need nobody signed in."""
    routes = APIRouter()
    keeper = tools.doorkeeper
    Anybody = Annotated[Visitor, Depends(stranger(keeper))]

    @routes.get("/sign-in")
    async def ask(visitor: Anybody, next: str = "") -> Response:
        """Ask who it is; let those wait who are known here and not yet where they want to go."""
        session = await keeper.session(visitor.request)
        if session is not None:
            return _one_moment(tools, visitor, session, local_path(next))
        return ask_again(tools, visitor, 200, local_path(next), None)

    @routes.post("/sign-in")
    async def take(visitor: Anybody) -> Response:
        """Sign in, or say the same for everything that is wrong."""
        form = visitor.form
        wanted, email = local_path(form.get("next")), form.get("email", "")[:254]

        def again(status: int, wrong: str) -> Response:
            return ask_again(tools, visitor, status, wanted, wrong, email=email)

        if not tools.parts.settings.password_sign_in:
            return again(403, "no_passwords")
        address = address_of(visitor.request, tools.parts.settings)
        try:
            attempt = await tools.write(lambda uow: sign_in.begin_attempt(uow, email, address))
            # More than the longest password is none: it is not even hashed.
            password = form.get("password", "")[: LONGEST + 1]
            if not await tools.passwords.matches(attempt.password_hash, password):
                return again(422, "wrong_password")
            agent = visitor.request.headers.get("user-agent", "")
            token = await tools.write(lambda uow: sign_in.begin_session(uow, attempt, agent))
        except Problem as fault:
            if fault.code not in ("too_many_attempts", "busy"):
                raise
            answer = again(fault.status, fault.code)
            answer.headers["Retry-After"] = fault.headers["Retry-After"]
            return answer
        if token is None:
            return again(422, "wrong_password")
        answer = go(wanted)
        let_in(answer, keeper, token)
        return answer

    @routes.post("/sign-out")
    async def leave(visitor: Anybody) -> Response:
        """Sign out. Who is signed out already is as well afterwards."""
        answer = go("/sign-in")
        token = visitor.request.cookies.get(keeper.cookie)
        if token is not None:
            session_token: str = token
            check_token(visitor.form, session_token)
            row = await tools.read(
                lambda conn: sessions.find_session(conn, session_token, visitor.now)
            )
            if row is not None:
                await tools.write(lambda uow: sign_in.sign_out(uow, row.person_id, row.session_id))
            answer.delete_cookie(
                keeper.cookie, secure=keeper.is_secure, httponly=True, samesite="lax"
            )
        return answer

    @routes.get("/welcome/{token}")
    async def welcome(visitor: Anybody, token: str) -> Response:
        """Ask for a new password. Looking uses nothing up: mail software follows links."""
        return await _welcome(tools, visitor, token, None)

    @routes.post("/welcome/{token}")
    async def set_password(visitor: Anybody, token: str) -> Response:
        """Set the password the link is for, and sign its person in."""
        row = await tools.read(lambda conn: sessions.find_link(conn, token, visitor.now))
        if row is None or not tools.parts.settings.password_sign_in:
            return await _welcome(tools, visitor, token, None)
        password = visitor.form.get("password", "")
        wrong = weakness(password, row.email)
        if wrong is None and password != visitor.form.get("again"):
            wrong = "password_differs"
        if wrong is not None:
            return await _welcome(tools, visitor, token, wrong)
        hashed = await tools.passwords.hashed(password)
        agent = visitor.request.headers.get("user-agent", "")
        session = await tools.write(lambda uow: sign_in.use_link(uow, token, hashed, agent))
        is_first = row.email == tools.parts.settings.owner_email
        answer = go("/start" if is_first and await tools.read(_is_to_be_set_up(tools)) else "/")
        let_in(answer, keeper, session)
        return answer

    @routes.post("/look")
    async def look(visitor: Anybody) -> Response:
        """Choose light or dark, or the language of pages before anybody signs in."""
        answer = go(local_path(visitor.form.get("next")))
        theme, speaks = visitor.form.get("theme"), language.chosen(visitor.form.get("language"))
        if theme in THEMES:
            _remember(answer, keeper, THEME_COOKIE, theme)
        elif theme == "auto":
            answer.delete_cookie(THEME_COOKIE, secure=keeper.is_secure)
        if speaks is not None:
            _remember(answer, keeper, LANGUAGE_COOKIE, speaks)
        return answer

    return routes


def _one_moment(tools: Tools, visitor: Visitor, session: Session, wanted: str) -> Response:
    """Answer somebody who is signed in and was sent here all the same.

    A page of another service knows of a session a moment later than this one. While that can
    be, the page goes on by itself; after that it says so and leaves it to its reader.
    """
    if wanted == "/":
        return go(wanted)
    goes_on = session.began_at is not None and visitor.now - session.began_at < SPREADS_WITHIN
    answer = tools.pages.show(visitor, "one_moment.html", wanted=wanted, goes_on=goes_on)
    if goes_on:
        answer.headers["Refresh"] = f"{AGAIN_S}; url={quote(wanted, safe=SAFE)}"
    return answer


def _is_to_be_set_up(tools: Tools) -> Callable[[Connection], bool]:
    settings, shelf = tools.parts.settings, tools.parts.shelf
    return lambda conn: bool(progress(conn, settings, shelf).left)


def ask_again(
    tools: Tools,
    visitor: Visitor,
    status: int,
    wanted: str,
    wrong: str | None,
    *,
    email: str = "",
    detail: str = "",
) -> Response:
    """Return the page that asks who it is; ``wrong`` is the key of what went wrong before."""
    return tools.pages.show(
        visitor,
        "sign_in.html",
        status,
        next=wanted,
        email=email,
        wrong=wrong,
        detail=detail,
        provider=tools.provider,
        has_passwords=tools.parts.settings.password_sign_in,
    )


async def _welcome(tools: Tools, visitor: Visitor, token: str, wrong: str | None) -> Response:
    if not tools.parts.settings.password_sign_in:
        return ask_again(tools, visitor, 403, "/", "no_passwords")
    row = await tools.read(lambda conn: sessions.find_link(conn, token, visitor.now))
    status = 410 if row is None else 200 if wrong is None else 422
    return tools.pages.show(visitor, "welcome.html", status, invited=row, wrong=wrong)


def let_in(answer: Response, keeper: Doorkeeper, token: str) -> None:
    """Give the browser its session."""
    answer.set_cookie(
        keeper.cookie,
        token,
        max_age=SESSION_S,
        path="/",
        secure=keeper.is_secure,
        httponly=True,
        samesite="lax",
    )


def _remember(answer: Response, keeper: Doorkeeper, name: str, value: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=A_YEAR_S,
        secure=keeper.is_secure,
        httponly=True,
        samesite="lax",
    )
