"""Who asks for a page: nobody yet, or a person who is signed in and what their roles allow."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Connection

from shared.access import Caller, scopes_of
from shared.console import language
from shared.console.forms import MOST_FIELDS, NO_LONGER, Form, check_token, read_form
from shared.console.language import Language
from shared.contracts.directory import Role
from shared.db import Database
from shared.permit import Guard, anybody
from shared.problem import Problem
from shared.settings import Settings

THEMES = ("light", "dark")
LANGUAGE_COOKIE = "relevo_language"
THEME_COOKIE = "relevo_theme"
SIGNED_OUT = Problem(401, "signed_out", "sign in to see this page")


@dataclass(frozen=True, slots=True)
class Session:
    """A live session and whose it is.

    ``began_at`` and ``seen_at`` are known where sessions are kept, not where they are copied.
    """

    session_id: str
    person_id: str
    name: str
    language: Language
    zone: str
    roles: tuple[Role, ...]
    began_at: datetime | None = None
    seen_at: datetime | None = None


FindSession = Callable[[Connection, str, datetime], Session | None]
"""Finds the live session of a token at a moment; None where there is none."""
NoteUse = Callable[[Request, Session, datetime], Awaitable[None]]
"""Notes that somebody used their session."""


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
    def person(self) -> Session | None:
        """Whoever is signed in."""
        return None

    def may(self, scope: str) -> bool:
        """Return whether their roles allow it."""
        return False


@dataclass(frozen=True, slots=True)
class Member(Visitor):
    """A person who is signed in; ``token`` is what their browser shows for it."""

    session: Session | None = None
    token: str = ""
    caller: Caller = field(default_factory=lambda: Caller("", "", frozenset()))

    @property
    def person(self) -> Session:
        assert self.session is not None, "the doorkeeper makes members of sessions"
        return self.session

    @property
    def person_id(self) -> str:
        return self.person.person_id

    @property
    def session_id(self) -> str:
        return self.person.session_id

    def may(self, scope: str) -> bool:
        return self.caller.may(scope)


class Doorkeeper:
    """Makes visitors of requests. ``find`` is how this service looks a session up."""

    def __init__(
        self, settings: Settings, db: Database, find: FindSession, note: NoteUse | None = None
    ):
        self._settings = settings
        self._db = db
        self._find = find
        self._note = note
        self.is_secure = settings.public_url.startswith("https:")
        # The prefix binds the cookie to this host; browsers take it over https alone.
        self.cookie = "__Host-relevo" if self.is_secure else "relevo_session"

    async def stranger(self, request: Request) -> Visitor:
        """Return a visitor nobody asks who they are."""
        now = await self._db.read(self._db.now)
        form = await read_form(request) if request.method == "POST" else {}
        return self.anonymous(request, now, form)

    def anonymous(self, request: Request, now: datetime, form: Form | None = None) -> Visitor:
        """Return a visitor without looking into the database."""
        settings = self._settings
        wished = language.chosen(request.cookies.get(LANGUAGE_COOKIE)) or language.accepted(
            request.headers.get("accept-language"), settings.language
        )
        return Visitor(request, now, wished, settings.zone, theme_of(request), form or {})

    async def session(self, request: Request) -> Session | None:
        """Return the live session of a request, if it has one."""
        return (await self._look(request))[0]

    async def member(
        self,
        request: Request,
        scope: str,
        longest: Mapping[str, int] = NO_LONGER,
        most: int = MOST_FIELDS,
    ) -> Member:
        """Return who is signed in; ``longest`` and ``most`` are those of ``read_form``.

        Raises ``Problem``: 401 for nobody, 403 for what their roles do not allow and for a
        form that is not of their session.
        """
        session, now = await self._look(request)
        if session is None:
            raise SIGNED_OUT
        if self._note is not None:
            await self._note(request, session, now)
        token = request.cookies[self.cookie]
        scopes = scopes_of(session.roles)
        caller = Caller(session.session_id, session.person_id, scopes, session.person_id)
        speaks, zone, theme = session.language, session.zone, theme_of(request)
        member = Member(request, now, speaks, zone, theme, {}, session, token, caller)
        request.state.visitor = member  # a refusal speaks their language too
        if not caller.may(scope):
            raise Problem(403, "not_allowed", f"your roles lack {scope}")
        if request.method == "POST":
            form = await read_form(request, longest, most)
            check_token(form, token)
            member.form.update(form)
        return member

    async def _look(self, request: Request) -> tuple[Session | None, datetime]:
        token = request.cookies.get(self.cookie, "")

        def look(conn: Connection) -> tuple[Session | None, datetime]:
            now = self._db.now(conn)
            return (self._find(conn, token, now) if token else None), now

        return await self._db.read(look)


def theme_of(request: Request) -> str:
    """Return the theme somebody chose; empty: as their device has it."""
    theme = request.cookies.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


class SignedIn(Guard):
    """The dependency of pages for people whose roles allow ``scope``.

    ``longest`` says of fields of their forms how long they may be, and ``most`` how many there
    may be, where that is not the usual.
    """

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        scope: str,
        longest: Mapping[str, int] = NO_LONGER,
        most: int = MOST_FIELDS,
    ):
        super().__init__(scope)
        self._doorkeeper = doorkeeper
        self._longest = longest
        self._most = most

    async def __call__(self, request: Request) -> Member:
        return await self._doorkeeper.member(request, self.scope, self._longest, self._most)


def stranger(doorkeeper: Doorkeeper) -> Callable[..., Awaitable[Visitor]]:
    """Return the dependency of pages that everybody may open."""

    async def welcome(request: Request, _open: Annotated[None, Depends(anybody)]) -> Visitor:
        return await doorkeeper.stranger(request)

    return welcome
