"""A file of exported activity on its way into a source, by the API."""

import hashlib
from typing import Any

from tests.service.ingest.world import World

HEADINGS = ["Correo", "Evento", "Fecha", "Asunto"]
ROWS = [
    ["ana@acme.com", "Email abierto", "2024-03-04 10:22", "Precios"],
    ["leo@acme.com", "Guía descargada", "2024-03-05 11:00", "Guía"],
    ["eva@acme.com", "Demo solicitada", "2024-03-05 12:00", "Demo"],
]
BAD = [
    ["no address", "Email abierto", "2024-03-04 10:22", ""],
    ["kim@acme.com", "", "2024-03-04 10:22", ""],
    ["kim@acme.com", "Email abierto", "", ""],
    ["kim@acme.com", "Email abierto", "04/03/2024", ""],
    ["kim@acme.com", "Email abierto", "2100-01-01", ""],
    ["", "Email abierto", "2024-03-04 10:22", ""],
    ["kim@acme.com", "Email abierto", "2024-03-04 10:22", "", "one more"],
]
CODES = [
    *(("invalid_email", "Correo"), ("no_event", "Evento"), ("no_time", "Fecha")),
    *(("ambiguous_date", "Fecha"), ("future_time", "Fecha"), ("no_identity", "Correo")),
    ("too_many_cells", ""),
]


class Import:
    """One file on its way into a source, by the API."""

    def __init__(self, world: World, rows: list[Any], headings: list[str] | None = HEADINGS):
        self.world = world
        self.rows = rows
        self.headings = headings
        self.shown: dict[str, Any] = {}

    async def plan(self, source: str = "web", **asked: Any) -> Any:
        body = {"plan": asked, "headings": self.headings, "rows": self.rows[:50]}
        return await self.world.api("POST", f"/v1/sources/{source}/imports/plan", body)

    async def start(self, source: str = "web", again: bool = False, **asked: Any) -> Any:
        planned = await self.plan(source, **asked)
        assert planned.status_code == 200, planned.text
        content = repr((self.headings, self.rows)).encode()
        new = {
            "file": "june.csv",
            "digest": hashlib.sha256(content).hexdigest(),
            "total": len(self.rows),
            "plan": planned.json()["plan"],
            "again": again,
        }
        answer = await self.world.api("POST", f"/v1/sources/{source}/imports", new)
        assert answer.status_code == 200, answer.text
        self.shown = answer.json()
        return self.shown

    async def send(self, after: int, until: int | None = None) -> Any:
        part = {"after": after, "headings": self.headings, "rows": self.rows[after:until]}
        return await self.world.api("POST", f"/v1/imports/{self.shown['id']}/rows", part)

    async def look(self) -> Any:
        return (await self.world.api("GET", f"/v1/imports/{self.shown['id']}")).json()


async def taken(world: World, rows: list[Any], source: str = "web", **asked: Any) -> Import:
    """Import rows as one file and let them be read."""
    one = Import(world, rows, asked.pop("headings", HEADINGS))
    await one.start(source, **asked)
    answer = await one.send(0)
    assert answer.status_code == 200, answer.text
    await world.read()
    return one
