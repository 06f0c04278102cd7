"""``relevo doctor``: is everything here that Relevo needs, and if not, what to do."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from services.cli.command import AsJson, Key, Url, examples, open_api
from services.cli.output import console, print_json, progress
from services.cli.serve import read_settings
from services.parts import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.cli.checks import Finding
    from services.configuration import Configuration

EXAMPLES = examples(
    "relevo doctor", "relevo doctor --json", "relevo doctor --url https://relevo.acme.com"
)
MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


def doctor(url: Url = "", key: Key = "", as_json: AsJson = False) -> None:
    """Check settings, disk, databases, bus, mail and the running server.

    Changes nothing. Exits 1 when something fails; a warning is no failure.
    """
    configured = read_settings(NAMES)
    with progress() as tell:
        found = asyncio.run(_examine(configured, tell))
        tell("server")
        found += _examine_server(url, key)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        _print(found)
    if any(one.status == "fail" for one in found):
        raise typer.Exit(1)


async def _examine(configured: "Configuration", tell: "Callable[[str], None]") -> "list[Finding]":
    from services.cli import checks
    from shared.bus import open_bus

    found = [*checks.check_settings(configured), *checks.check_data_directory(configured)]
    if checks.has_data(configured):  # looking must not make what is not there
        url = configured.common.bus_url
        for name in configured.services:
            tell(f"{name}: database")
            found += await checks.check_database(name, configured)
        tell("bus")
        found.append(await checks.check_bus(open_bus(url), url))
    tell("sign-in")
    found += await checks.check_sign_in(configured)
    tell("mail")
    found += checks.check_mail(configured)
    return [*found, checks.check_links(configured), checks.check_clock()]


def _examine_server(url: str, key: str) -> "list[Finding]":
    from services.cli.checks import Finding, check_refolds, check_server
    from services.cli.failure import Failure

    try:
        with open_api(url, key) as api:
            found = list(check_server(api))
            return [*found, *check_refolds(api)] if found[-1].status == "ok" else found
    except Failure as failure:
        return [Finding("server", "fail", failure.what, failure.remedy)]


def _print(found: "list[Finding]") -> None:
    from rich.text import Text

    output = console()
    width = max(len(one.check) for one in found)
    for one in found:
        mark, colour = MARKS[one.status]
        output.print(Text.assemble((mark, colour), f" {one.check:{width}}  {one.detail}"))
        if one.remedy:
            output.print(f"  {'':{width}}  → {one.remedy}")
