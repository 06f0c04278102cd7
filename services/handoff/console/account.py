"""One's own account: language, password, where one is signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from services.handoff.console.callers import address_of
from services.handoff.console.own_row import own_row
from services.handoff.console.passwords import LONGEST, weakness
from services.handoff.console.signing_in import let_in
from services.handoff.console.tools import Tools
from services.handoff.handlers import sign_in
from services.handoff.handlers.people import change_person
from services.handoff.store import sessions
from services.handoff.unit_of_work import UnitOfWork
from shared.console import language
from shared.console.forms import local_path
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.fields import canonical_id
from shared.problem import Problem, not_found

BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
HERE_S = 300
NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
EVERYBODY = "leads:read"  # what every role may do: whoever works here has an account


@dataclass(frozen=True, slots=True)
class SessionShown:
    """One place where somebody is signed in."""

    session_id: str
    browser: str
    system: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/account``."""
    routes = APIRouter(prefix="/account")
    Somebody = Annotated[Member, Depends(SignedIn(tools.doorkeeper, EVERYBODY))]

    @routes.get("")
    async def show(member: Somebody, said: str = "") -> Response:
        """Show the account."""
        return await _show(tools, member, said=said)

    @routes.post("/language")
    async def speak(member: Somebody) -> Response:
        """Speak another language, here and in messages."""
        speaks = language.chosen(member.form.get("language"))
        if speaks is not None:
            fields = {"language": speaks}
            await tools.write(
                lambda uow: change_person(uow, member.caller, member.person_id, None, fields)
            )
        return go(local_path(member.form.get("next"), "/account"))

    @routes.post("/password")
    async def change_password(member: Somebody) -> Response:
        """Set another password. Every other session ends."""
        if not tools.parts.settings.password_sign_in:
            return await _show(tools, member, 409, wrong="no_passwords")
        stored = await tools.read(lambda conn: sessions.password_hash(conn, member.person_id))
        address = address_of(member.request, tools.parts.settings)
        email = (await tools.read(lambda conn: own_row(conn, member))).email
        try:
            attempt = await tools.write(lambda uow: sign_in.begin_attempt(uow, email, address))
        except Problem as fault:
            return await _show(tools, member, fault.status, wrong=fault.code)
        current = member.form.get("current", "")[: LONGEST + 1]
        if not await tools.passwords.matches(stored, current) or stored is None:
            return await _show(tools, member, 422, wrong="wrong_current")
        password = member.form.get("password", "")
        wrong = weakness(password, email)
        if wrong is None and password != member.form.get("again"):
            wrong = "password_differs"
        if wrong is not None:
            await tools.write(lambda uow: sign_in.take_back(uow, attempt))
            return await _show(tools, member, 422, wrong=wrong)
        before, hashed = stored, await tools.passwords.hashed(password)
        agent = member.request.headers.get("user-agent", "")

        def work(uow: UnitOfWork) -> str | None:
            sign_in.take_back(uow, attempt)
            return sign_in.change_password(uow, member.person_id, before, hashed, agent)

        token = await tools.write(work)
        if token is None:
            return await _show(tools, member, 422, wrong="wrong_current")
        answer = go("/account", said="password_set")
        let_in(answer, tools.doorkeeper, token)
        return answer

    @routes.post("/sign-out-everywhere")
    async def leave_everywhere(member: Somebody) -> Response:
        """End every session of one's own, this one too."""
        await tools.write(lambda uow: sign_in.sign_out(uow, member.person_id))
        return go("/sign-in")

    @routes.post("/sessions/{session_id}/end")
    async def end(member: Somebody, session_id: str) -> Response:
        """End one session of one's own."""
        try:
            wanted = canonical_id(session_id)
        except ValueError:
            raise not_found("session") from None
        await tools.write(lambda uow: sign_in.sign_out(uow, member.person_id, wanted))
        return go("/account", said="session_ended")

    @routes.get("/here.svg")
    async def here(_member: Somebody) -> Response:
        """Be the picture that pages of other services show, so that using them counts as use."""
        headers = {"Cache-Control": f"private, max-age={HERE_S}"}
        return Response(NOTHING, 200, headers, "image/svg+xml")

    return routes


async def _show(
    tools: Tools, member: Member, status: int = 200, said: str = "", wrong: str | None = None
) -> Response:
    def work(conn: Connection) -> tuple[str, list[SessionShown]]:
        rows = sessions.sessions_of(conn, member.person_id, member.now)
        shown = [
            SessionShown(
                row.session_id,
                _named(row.agent, BROWSERS),
                _named(row.agent, SYSTEMS),
                row.began_at,
                row.seen_at,
                row.session_id == member.session_id,
            )
            for row in rows
        ]
        return own_row(conn, member).email, shown

    email, found = await tools.read(work)
    known = said if said in ("password_set", "session_ended") else ""
    return tools.pages.show(
        member,
        "account.html",
        status,
        email=email,
        sessions=found,
        said=known,
        wrong=wrong,
        has_passwords=tools.parts.settings.password_sign_in,
    )


def _named(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if mark in agent), "")
