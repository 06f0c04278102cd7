"""``relevo migrate``: bring the tables to the state this version expects."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services import parts
from services.cli.command import AsJson, examples
from services.cli.failure import explained
from services.cli.output import print_json, progress
from services.cli.serve import Chosen, read_settings, refuse
from services.parts import NAMES

if TYPE_CHECKING:
    from services.configuration import Configuration

EXAMPLES = examples("relevo migrate", "relevo migrate ingest", "relevo migrate --json")


def migrate(
    service: Annotated[Chosen, typer.Argument(help="One service's tables, or all.")] = "all",
    as_json: AsJson = False,
) -> None:
    """Bring the tables up to date, creating them in an empty database.

    Each service's migrations are one transaction: a run that was killed changed nothing and
    can be repeated. Two runs at a time take turns.
    """
    configured = read_settings(NAMES if service == "all" else [service])
    refuse(configured)
    with explained(), progress() as tell:
        done = asyncio.run(_migrate_all(configured, tell))
    if as_json:
        print_json(done)
        return
    for one in done:
        names = ", ".join(one["migrations"]) or "up to date"
        print(f"{one['service']}: {names} ({one['seconds']:.1f} s)")


async def _migrate_all(
    configured: "Configuration", tell: Callable[[str], None]
) -> list[dict[str, Any]]:
    from shared.migrations import migrate, pending

    done = []
    for name, settings in configured.services.items():
        tell(f"{name}: connecting")
        db = parts.database(name, settings)
        await db.start()
        try:
            missing = await db.read(partial(pending, service=name))
            tell(f"{name}: {len(missing)} to run")
            started = time.monotonic()
            await migrate(db)
            seconds = time.monotonic() - started
        finally:
            await db.stop()
        done.append({"service": name, "migrations": missing, "seconds": round(seconds, 3)})
    return done
