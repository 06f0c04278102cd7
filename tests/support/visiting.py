"""Somebody at a browser without scripts: pages by HTTP, forms with their token, a session."""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import Table

from services.handoff.handlers.sign_in import make_link, use_link
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.access import ADMIN, Caller, hash_key
from shared.clock import SystemClock
from shared.console.forms import TOKEN, form_token
from shared.console.session_copies import save_session
from shared.contracts.directory import SessionChanged
from shared.db import Database
from shared.ids import new_id

COOKIE = "relevo_session"
ADMINISTRATOR = Caller("admin", "admin", frozenset({ADMIN}))
NO_PASSWORD = "nobody can sign in with this"
TAGS = re.compile(r"<(script|style|svg)\b.*?</\1>|<[^>]*>", re.DOTALL)


@dataclass
class Visit:
    """What one person does; ``session`` is empty while nobody is signed in."""

    http: httpx.AsyncClient
    session: str = ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Open a page."""
        return await self.http.get(path, headers=self._headers(headers))

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """Send a form as a page of ours has it."""
        given = ({TOKEN: form_token(self.session)} if self.session else {}) | fields
        return await self.http.post(path, data=given, headers=self._headers(headers))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        cookie = {"Cookie": f"{COOKIE}={self.session}"} if self.session else {}
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Accept": "text/html", "Accept-Language": "es"} | cookie | named


async def session_of(parts: Parts, person_id: str) -> str:
    """Begin a session as a link does, without the tenth of a second a password costs."""

    def work(uow: UnitOfWork) -> str:
        token, _ = make_link(uow, ADMINISTRATOR, person_id)
        return use_link(uow, token, NO_PASSWORD, "Mozilla/5.0 (X11; Linux) Chrome/1")

    return await parts.db.write(lambda conn: work(unit_of_work(parts, conn)))


def words_of(answer: httpx.Response) -> str:
    """Return what a page says, without its markup, on one line."""
    return " ".join(TAGS.sub(" ", answer.text).split())


def visitor(http: httpx.AsyncClient, session: str = "") -> Visit:
    """Return a visit over the connection of an API client, without its key."""
    transport: Any = http._transport
    return Visit(httpx.AsyncClient(transport=transport, base_url="http://relevo"), session)


async def copied_session(db: Database, table: Table, **fields: Any) -> str:
    """Let somebody be signed in as a service hears of it by the bus; return their token.

    ``fields`` replace those of ``SessionChanged``; without any it is an admin's session.
    """
    token = secrets.token_urlsafe(32)
    now = SystemClock().now()
    given: dict[str, Any] = {
        "session_id": new_id(),
        "revision": 1,
        "hash": hash_key(token),
        "person_id": new_id(),
        "name": "Ana Pérez",
        "language": "es",
        "zone": "Europe/Madrid",
        "roles": ["admin"],
        "ends_at": now + timedelta(hours=12),
        "ended_at": None,
    } | fields
    changed = SessionChanged(**given)
    await db.write(lambda conn: save_session(conn, table, changed))
    return token
