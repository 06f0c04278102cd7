"""Whatever is sent to any route of the API, the answer is never a server error."""

import asyncio
import shutil
import sys
from pathlib import Path

from tests.support.installation import add_sources, hire
from tests.support.product import Product, running_product
from tests.support.story import Lead
from tests.support.worlds import Servers

SECONDS = 40
EXAMPLES = 15  # at most, for each route
SEED = "1"
# It answers for ever, by design.
ENDLESS = "/v1/feed/stream"


async def test_no_route_ever_answers_with_a_server_error(tmp_path):
    async with Servers().world(tmp_path) as world, running_product(world) as product:
        await hire(product.api)
        sources = await add_sources(product.api)
        lead = Lead(product.api, sources["app"])
        await lead.does("Demo Requested")  # so that there is something to be found
        await lead.handoff()
        code, told = await fuzz(product)
        log = product.replicas[0].log()

    assert code == 0, told
    assert '"request_failed"' not in log


async def fuzz(product: Product) -> tuple[int, str]:
    """Let schemathesis go over everything the API describes; return its exit code and report."""
    (replica,) = product.replicas
    command = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert command is not None, "schemathesis is a tool of the development environment"
    process = await asyncio.create_subprocess_exec(
        command,
        "run",
        f"{replica.url}/openapi.json",
        *("--header", f"Authorization: Bearer {product.admin_key}"),
        *("--checks", "not_a_server_error", "--phases", "coverage,fuzzing"),
        *("--max-examples", str(EXAMPLES), "--seed", SEED, "--max-time", str(SECONDS)),
        *("--exclude-path", ENDLESS, "--request-timeout", "10", "--no-color"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=product.world.folder,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()
