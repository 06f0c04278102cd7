"""Who asks for a page: nobody yet, or a person who is signed in and what their roles allow."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Connection, Row

from services.handoff.console import language
from services.handoff.console.forms import Form, check_token, read_form
from services.handoff.domain.policy import Language
from services.handoff.settings import networks_of
from services.handoff.store import sessions
from services.handoff.unit_of_work import Parts
from shared.access import Caller, scopes_of
from shared.permit import Guard, anybody
from shared.problem import Problem

THEMES = ("light", "dark")
LANGUAGE_COOKIE = "relevo_language"
THEME_COOKIE = "relevo_theme"
SIGNED_OUT = Problem(401, "signed_out", "sign in to see this page")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks, and how a page speaks to them. ``form`` is what a POST sent."""

    request: Request
    now: datetime
    language: Language
    zone: str
    theme: str
    form: Form = field(default_factory=dict)

    @property
    def person(self) -> Row[Any] | None:
        """Whoever is signed in."""
        return None

    def may(self, scope: str) -> bool:
        """Return whether their roles allow it."""
        return False


@dataclass(frozen=True, slots=True)
class Member(Visitor):
    """A person who is signed in."""

    row: Any = None  # the row of ``person``
    session_id: str = ""
    token: str = ""
    caller: Caller = field(default_factory=lambda: Caller("", "", frozenset()))

    @property
    def person(self) -> Row[Any]:
        found: Row[Any] = self.row
        return found

    @property
    def person_id(self) -> str:
        return str(self.row.person_id)

    def may(self, scope: str) -> bool:
        return self.caller.may(scope)


class Doorkeeper:
    """Makes visitors of requests."""

    def __init__(self, parts: Parts):
        self._parts = parts
        settings = parts.settings
        self.is_secure = settings.public_url.startswith("https:")
        # The prefix binds the cookie to this host; browsers take it over https alone.
        self.cookie = "__Host-relevo" if self.is_secure else "relevo_session"
        self._proxies = networks_of(settings.trusted_proxies)

    async def stranger(self, request: Request) -> Visitor:
        """Return a visitor nobody asks who they are."""
        now = await self._parts.db.read(self._parts.db.now)
        form = await read_form(request) if request.method == "POST" else {}
        return self.anonymous(request, now, form)

    def anonymous(self, request: Request, now: datetime, form: Form | None = None) -> Visitor:
        """Return a visitor without looking into the database."""
        settings = self._parts.settings
        wished = language.chosen(request.cookies.get(LANGUAGE_COOKIE)) or language.accepted(
            request.headers.get("accept-language"), settings.language
        )
        return Visitor(request, now, wished, settings.zone, theme_of(request), form or {})

    async def member(self, request: Request, scope: str) -> Member:
        """Return who is signed in.

        Raises ``Problem``: 401 for nobody, 403 for what their roles do not allow and for a
        form that is not of their session.
        """
        token = request.cookies.get(self.cookie)
        if not token:
            raise SIGNED_OUT
        given: str = token

        def look(conn: Connection) -> tuple[Row[Any] | None, datetime]:
            now = self._parts.db.now(conn)
            return sessions.find_session(conn, given, now), now

        row, now = await self._parts.db.read(look)
        if row is None:
            raise SIGNED_OUT
        session_id = row.session_id
        if now - row.seen_at > sessions.NOTED_EVERY and request.url.path != "/live":
            await self._parts.db.write(lambda conn: sessions.note_seen(conn, session_id, now))
        caller = Caller(session_id, row.person_id, scopes_of(row.roles), row.person_id)
        speaks: Language = language.chosen(row.language) or self._parts.settings.language
        member = Member(
            request, now, speaks, row.zone, theme_of(request), {}, row, session_id, given, caller
        )
        request.state.visitor = member  # a refusal speaks their language too
        if not caller.may(scope):
            raise Problem(403, "not_allowed", f"your roles lack {scope}")
        if request.method == "POST":
            form = await read_form(request)
            check_token(form, given)
            member.form.update(form)
        return member

    def address(self, request: Request) -> str:
        """Return whom failures to sign in are counted for: the nearest address we trust."""
        client = request.client.host if request.client else ""
        forwarded = request.headers.get("x-forwarded-for", "")
        for hop in [*reversed([one.strip() for one in forwarded.split(",") if one.strip()]), ""]:
            try:
                known = any(ip_address(client) in network for network in self._proxies)
            except ValueError:
                return client
            if not known or not hop:
                return client
            client = hop[:64]
        return client


def theme_of(request: Request) -> str:
    """Return the theme somebody chose; empty: as their device has it."""
    theme = request.cookies.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


class SignedIn(Guard):
    """The dependency of pages for people whose roles allow ``scope``."""

    def __init__(self, doorkeeper: Doorkeeper, scope: str):
        super().__init__(scope)
        self._doorkeeper = doorkeeper

    async def __call__(self, request: Request) -> Member:
        return await self._doorkeeper.member(request, self.scope)


def stranger(doorkeeper: Doorkeeper) -> Callable[..., Awaitable[Visitor]]:
    """Return the dependency of pages that everybody may open."""

    async def welcome(request: Request, _open: Annotated[None, Depends(anybody)]) -> Visitor:
        return await doorkeeper.stranger(request)

    return welcome
