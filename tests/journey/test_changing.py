"""A change of version on the real product, by the command line, with kills in the middle."""

import asyncio
import json
import os
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from services.handoff.handlers.record_touches import record_touches
from services.handoff.store.tables import HANDOFF, LEAD
from services.handoff.unit_of_work import unit_of_work
from shared.contracts import Envelope
from shared.contracts.touches import TouchRecorded
from shared.ids import new_id
from tests.service.handoff.api import open_api
from tests.service.handoff.versions import DEMO_ONLY, GUIDES_TOO, half_states, unfolded
from tests.support.product import RELEVO, Product, running_product
from tests.support.waiting import eventually
from tests.support.worlds import Servers

LEADS, READY = 2_000, 200
AT_ONCE = 500
NONE = {"done": 0}
WITHIN_S = 60.0
REFOLD = "/v1/policies/turn/versions/2/refold"
BATCH = "/v1/policies/turn/versions/2/batch"


def touches(number):
    """Yield what an old lead did: most of them nothing that makes them ready."""
    email = f"email:lead{number}@acme{number}.com"
    title = "CTO" if number < READY else "Assistant"
    for kind in ("content.downloaded", "webinar.attended", "email.opened"):
        now = datetime.now(UTC)
        event = TouchRecorded(
            source="web",
            vendor="generic",
            source_event_id=new_id(),
            receipt_id=new_id(),
            identity=email,
            identifiers=[email],
            occurred_at=now,
            received_at=now,
            lead={"title": title},
            touch=kind,
            name=kind,
            made_by="human",
            made_by_reason="",
            properties={"content": {"id": str(number % 7)}},
        )
        yield Envelope(new_id(), "relevo/ingest", email, email, now, event)


@pytest.fixture
async def world(tmp_path):
    """An installation with many old leads, under the first version of the policy."""
    file = tmp_path / "policy.yaml"
    file.write_text(DEMO_ONLY)
    async with Servers().world(tmp_path) as world:
        async with open_api(world.database_url, tmp_path / "bus", policy_file=str(file)) as api:
            for start in range(0, LEADS, AT_ONCE):
                some = [one for n in range(start, start + AT_ONCE) for one in touches(n)]
                await api.service.db.write(
                    lambda conn: record_touches(unit_of_work(api.parts, conn), some)  # noqa: B023
                )
        yield world


class Command:
    """The ``relevo policy`` command, as somebody types it beside the product."""

    def __init__(self, product: Product):
        self._environment = {
            **os.environ,
            "RELEVO_URL": product.replicas[0].url,
            "RELEVO_KEY": product.admin_key,
        }

    async def __call__(self, line: str) -> str:
        """Return what a command prints."""
        done = await asyncio.to_thread(
            subprocess.run,
            [*RELEVO, "policy", *line.split()],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=True,
        )
        return str(done.stdout)

    async def json(self, line: str) -> dict[str, Any]:
        """Return what it prints as JSON."""
        found: dict[str, Any] = json.loads(await self(f"{line} --json"))
        return found


async def kill_while(product, path, is_halfway):
    """Kill the process once ``path`` shows that it is halfway, then start it again."""

    async def look():
        return is_halfway(await product.api.get(path))

    await eventually(look, WITHIN_S, "halfway")
    (replica,) = product.replicas
    replica.kill()
    replica.start()
    await product.until_ready()


async def test_a_killed_refold_and_a_killed_hand_over_are_gone_on_with(world, tmp_path):
    async with running_product(world) as product:
        relevo = Command(product)
        await product.api.post("/v1/policies", {"text": GUIDES_TOO})
        await product.api.post("/v1/policies/turn/versions/2/activate")
        await kill_while(product, REFOLD, lambda one: 0 < (one["progress"] or NONE)["done"] < LEADS)
        folded = await relevo.json("refold turn 2 --wait")

        made = await relevo.json("batch make turn 2 --wait")
        await relevo("batch tick turn 2 --all")
        await relevo("batch hand-over turn 2 --per-hour 100000 --per-day 100000")
        await kill_while(product, BATCH, lambda one: one["handed_over"])
        done = await relevo.json("batch hand-over turn 2 --wait")
        exported = await relevo("batch export turn 2")
        shown = await relevo("batch show turn 2")
        await product.stop()

    assert (folded["state"], folded["progress"]["done"]) == ("folded", LEADS)
    assert (made["state"], made["leads"], made["handed_over"]) == ("made", READY, 0)
    assert (done["state"], done["handed_over"], done["skipped"]) == ("handed_over", READY, 0)
    assert len(exported.splitlines()) == READY + 1
    assert "handed over" in shown
    async with open_api(world.database_url, tmp_path / "bus") as api:
        db = api.service.db
        wrong = await db.read(lambda conn: half_states(api.parts, conn))
        lacking = await db.read(unfolded)
        counts = await db.read(
            lambda conn: conn.execute(
                select(func.count(), func.count(func.distinct(HANDOFF.c.lead_id)))
            ).one()
        )
        leads = await db.read(
            lambda conn: conn.execute(select(func.count()).select_from(LEAD)).scalar_one()
        )
    assert wrong == []
    assert set(lacking.values()) == {0}
    assert tuple(counts) == (READY, READY)
    assert leads == LEADS
