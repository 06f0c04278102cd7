"""A file of exported activity comes in once, whatever is killed on the way, and is old news.

The one who asked for a demo three days ago, when nobody listened, is handed over; those who
asked a year ago are not.
"""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.agreement import agreement
from tests.support.installation import hire
from tests.support.processes import Child
from tests.support.product import RELEVO, Product, running_product
from tests.support.waiting import eventually
from tests.support.worlds import Servers

PEOPLE = 200
ROWS = 2400  # more than goes through at once: the pace leaves time to kill somebody
PACE = {"RELEVO_IMPORT_EVENTS_PER_S": "120"}
WITHIN_S = 60.0
RECENT = "nora@not-forgotten.com"


@pytest.fixture
async def product(servers: Servers, tmp_path: Path) -> AsyncIterator[Product]:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(servers.world(tmp_path))
        running = running_product(world, agreement(), PACE)
        product = await stack.enter_async_context(running)
        await hire(product.api)
        await product.api.post("/v1/sources", {"name": "old", "vendor": "activecampaign"})
        yield product


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An export as a Spanish Excel saves it: a year of demo requests, and a recent one."""
    year_ago = datetime.now(UTC) - timedelta(days=365)
    lines = ["Correo;Evento;Fecha;Asunto"]
    for number in range(ROWS):
        who = f"eva{number % PEOPLE}@customer-{number % PEOPLE}.com"
        at = year_ago + timedelta(minutes=number)
        lines.append(f"{who};Demo solicitada;{at:%d/%m/%Y %H:%M};Petición {number}")
    lines.insert(1000, "nobody;Demo solicitada;01/02/2024;")
    recent = datetime.now(UTC) - timedelta(days=3)
    lines.append(f"{RECENT};Demo solicitada;{recent:%d/%m/%Y %H:%M};")
    path = tmp_path / "export.csv"
    path.write_text("\r\n".join(lines) + "\r\n", encoding="latin-1")
    return path


def command(product: Product, file: Path, *more: str) -> list[str]:
    """Return the command that imports ``file``."""
    url = product.of("ingest")[0].url
    shared = ["--source", "old", "--encoding", "latin-1", "--dates", "dmy", "--url", url]
    return [*RELEVO, "import", str(file), *shared, "--key", product.admin_key, *more]


async def until_row(product: Product, row: int) -> None:
    """Return once the import is behind ``row``, and not yet at its end."""

    async def reached() -> Any:
        listed = (await product.api.get("/v1/imports"))["items"]
        return listed and listed[0]["position"] >= row and listed[0]

    seen = await eventually(reached, WITHIN_S, f"row {row}")
    assert seen["state"] == "open", "the file is too short to kill anybody during its import"


async def test_an_import_survives_kills_and_hands_over_only_what_is_recent(product, file):
    rejects = file.with_name("rejects.csv")
    log = file.with_name("import.log")
    ingest = product.of("ingest")[0]
    importing = Child(command(product, file), log)
    await until_row(product, 1)
    ingest.kill()
    ingest.start()
    await ingest.until_ready()
    await until_row(product, 1300)
    importing.kill()

    more = ["--rejects", str(rejects), "--json"]
    run = await asyncio.to_thread(
        subprocess.run,
        command(product, file, *more),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )

    assert "goes on behind row" in run.stderr
    outcome = json.loads(run.stdout)
    brought = {name: outcome[name] for name in ("state", "published", "duplicates", "rejected")}
    assert brought == {"state": "done", "published": ROWS + 1, "duplicates": 0, "rejected": 1}
    assert [(one["line"], one["code"]) for one in outcome["faults"]] == [(1001, "invalid_email")]
    assert "nobody;Demo solicitada;01/02/2024;;1001;" in rejects.read_text("utf-8-sig")
    (line,) = (await product.api.get("/v1/ledger"))["sources"]
    assert (line["received"], line["imported"], line["gap"]) == (ROWS + 1, ROWS + 1, 0)
    await only_the_recent_one_is_handed_over(product)


async def only_the_recent_one_is_handed_over(product: Product) -> None:
    async def everybody_is_known() -> bool:
        return len([one async for one in product.api.pages("/v1/leads")]) == PEOPLE + 1

    async def handed_over() -> Any:
        return (await product.api.get("/v1/handoffs"))["items"]

    await eventually(everybody_is_known, WITHIN_S, "all leads")
    handoffs = await eventually(handed_over, WITHIN_S, "the hand-off of the recent one")
    (lead,) = (await product.api.get("/v1/leads", identifier=f"email:{RECENT}"))["items"]

    assert [one["lead_id"] for one in handoffs] == [lead["lead_id"]]
    (old,) = (await product.api.get("/v1/leads", identifier="email:eva0@customer-0.com"))["items"]
    timeline = (await product.api.get(f"/v1/leads/{old['lead_id']}/timeline"))["items"]
    assert len(timeline) == ROWS // PEOPLE, "the story is there all the same"
