"""Links of hand-offs and the pages behind them, on a world whose clock a test sets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from fastapi import APIRouter
from pydantic import SecretStr
from sqlalchemy import func, select

from services.handoff.answering import pages
from services.handoff.store.tables import AUDIT, HANDOFF, OUTBOX, STEP, USED_LINK
from services.handoff.unit_of_work import Parts
from shared.answer_links import PATH, Action, AnswerLink, LinkSeal
from shared.bus import open_bus
from shared.contracts.handoffs import Person
from shared.ids import stable_id
from shared.service import Service
from shared.web import Door, build_app
from tests.service.handoff.world import World

KEY = "seals the links of these tests only"
FORM = {"content-type": "application/x-www-form-urlencoded"}


async def _nothing() -> None:
    pass


@dataclass
class Answering:
    """A browser without cookies at the pages, and a look at what they changed."""

    world: World
    http: httpx.AsyncClient
    seal: LinkSeal

    async def handed_over(self, email: str = "eva@acme.com", **options: Any) -> Any:
        """Hand a lead over; return the event's data."""
        await self.world.take(self.world.touch(email, "demo.requested", **options))
        return (await self.world.sales_ready())[-1]

    def path(
        self,
        ready: Any,
        action: Action = "accept",
        person: str | Person | None = None,
        at: datetime | None = None,
    ) -> str:
        """Return where a person answers; the owner, by the message about the hand-off."""
        if isinstance(person, str):
            person_id = stable_id("person", person)
        else:
            person_id = (person or ready.handoff.owner).person_id
        asked_at = at or ready.assignment.at
        link = AnswerLink(ready.handoff.handoff_id, person_id, action, asked_at)
        return PATH + self.seal.token(link)

    async def get(self, path: str, lang: str | None = None) -> httpx.Response:
        return await self.http.get(path, params={"lang": lang} if lang else None)

    async def press(self, path: str, answer: str, /, **fields: str) -> httpx.Response:
        """Press the form's button, as a browser does on this very page."""
        content = urlencode({"answer": answer, **fields})
        headers = FORM | {"sec-fetch-site": "same-origin"}
        return await self.http.post(path, content=content, headers=headers)

    async def stage(self, ready: Any) -> str:
        query = select(HANDOFF.c.stage).where(HANDOFF.c.handoff_id == ready.handoff.handoff_id)
        return str(await self.world.read(lambda conn: conn.execute(query).scalar_one()))

    async def written(self) -> list[int]:
        """Return how many rows answering could have written, table by table."""
        tables = (STEP, AUDIT, OUTBOX, USED_LINK)
        counts = [select(func.count()).select_from(table) for table in tables]
        return await self.world.read(
            lambda conn: [conn.execute(one).scalar_one() for one in counts]
        )

    async def steps(self, ready: Any) -> list[tuple[str, str, dict[str, Any]]]:
        query = select(STEP).where(STEP.c.handoff_id == ready.handoff.handoff_id)
        rows = await self.world.read(lambda conn: conn.execute(query).all())
        return [(row.kind, row.by, row.detail) for row in rows]


@asynccontextmanager
async def open_answering(world: World, **settings: Any) -> AsyncIterator[Answering]:
    """Serve the pages of ``world``, with a key and these settings."""
    given = {"link_keys": SecretStr(KEY), "company": "Ours"} | settings
    world.parts = replace(world.parts, settings=world.parts.settings.model_copy(update=given))
    async with serving(world.parts) as http:
        yield Answering(world, http, LinkSeal([KEY]))


def door_of(parts: Parts) -> Door:
    """Return the app of the pages alone."""
    router = APIRouter()
    router.include_router(pages.router(parts))
    bus = open_bus("sqlite:///unused")
    service = Service("handoff", parts.db, bus, router, {}, _nothing, _nothing)
    return build_app([service], "test")


@asynccontextmanager
async def serving(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client at the pages."""
    transport = httpx.ASGITransport(app=door_of(parts))
    async with httpx.AsyncClient(transport=transport, base_url="http://relevo") as http:
        yield http
