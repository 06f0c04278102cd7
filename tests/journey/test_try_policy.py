"""What the product decided is what it finds when it tries its own policy on its history."""

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.agreement import agreement
from tests.support.inside import inside
from tests.support.installation import add_sources, hire
from tests.support.product import Product, running_product
from tests.support.sending import Sender
from tests.support.waiting import eventually, until_none
from tests.support.workload import KINDS, write_workload

SEED, PEOPLE = 11, 90
WITHIN_S = 60.0
CLOSED = ("superseded",)


async def try_out(product: Product, **asked: Any) -> Any:
    """Ask for a try-out and return its result once it is done."""
    begun = await product.api.post("/v1/policies/tryouts", asked)

    async def ask() -> Any:
        found = await product.api.get(f"/v1/policies/tryouts/{begun['tryout_id']}")
        assert found["state"] in ("queued", "running", "done"), found["error"]
        return found if found["state"] == "done" else None

    return (await eventually(ask, WITHIN_S, "the result of a try-out"))["result"]


async def answer_some(product: Product, handoffs: list[Any]) -> None:
    """Let sales reject a third and accept a third."""
    for number, one in enumerate(handoffs):
        said = ({"verdict": "reject", "reason": "not_now"}, {"verdict": "accept"}, None)[number % 3]
        if said is not None and one["stage"] == "assigned":
            path = f"/v1/handoffs/{one['handoff_id']}/verdict"
            await product.api.post(path, {"person": one["owner"]["email"], **said})


async def relevo(product: Product, *arguments: str) -> str:
    """Run a command against the product; return what it printed."""
    url = product.of("handoff")[0].url
    environment = {**os.environ, "RELEVO_URL": url, "RELEVO_KEY": product.admin_key}
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", *arguments),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await command.communicate()
    assert command.returncode == 0, errors.decode()
    return out.decode()


async def test_the_policy_that_ran_makes_on_its_history_the_handoffs_it_made(
    servers, mail_sink, tmp_path: Path
):
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(servers.world(tmp_path))
        settings = {"RELEVO_SMTP_URL": mail_sink.url, "RELEVO_FOLD_UPDATES_S": "1"}
        running = running_product(world, agreement(), settings)
        product = await stack.enter_async_context(running)
        await hire(product.api)
        sources = await add_sources(product.api)
        workload = write_workload(SEED, PEOPLE, datetime.now(UTC), sources, tuple(KINDS))
        await Sender(product.api, SEED).send(workload.calls)
        look = await stack.enter_async_context(inside(world))
        await until_none(look.backlog, WITHIN_S)
        made = (await product.api.get("/v1/handoffs", limit=500))["items"]
        await answer_some(product, made)
        result = await try_out(product, policy=made[0]["policy"])
        page, report = tmp_path / "report.html", tmp_path / "policy.yaml"
        printed = await relevo(product, "policy", "try", str(report), "--html", str(page), "--json")

    leads = {one["lead_id"] for one in made if one["stage"] not in CLOSED}
    assert result["candidate"]["leads"] == result["against"]["leads"] == len(leads) > 20
    assert (result["gained"]["count"], result["lost"]["count"]) == (0, 0)
    assert result["both"]["same"] == len(leads)
    assert result["against"]["precision"]["accepted"]["cases"] > 10
    again = json.loads(printed)["result"]
    assert again["both"] == result["both"]
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
