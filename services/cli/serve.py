"""``relevo serve``: the product as a process."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from services.cli.command import examples
from services.cli.failure import Failure, explained
from services.cli.output import note
from services.parts import NAMES

if TYPE_CHECKING:
    from services.configuration import Configuration
    from shared.door import Door

PRODUCTION_PAUSE_S = 2.0  # load balancers look at /readyz about once a second

Chosen = Literal["all", "ingest", "handoff", "notify"]
EXAMPLES = examples("relevo serve", "relevo serve --port 0", "relevo serve ingest --host 0.0.0.0")


def serve(
    service: Annotated[Chosen, typer.Argument(help="One service, or all in one process.")] = "all",
    host: Annotated[
        str | None, typer.Option(help="Address to listen on, else RELEVO_HOST.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; 0 takes a free one. Else RELEVO_PORT."),
    ] = None,
) -> None:
    """Serve the product until it is stopped.

    Settings come from RELEVO_… variables; `relevo settings` lists them. SIGTERM or Ctrl-C
    lets running requests finish, a second one ends at once. What was acknowledged is safe
    either way.
    """
    gc.disable()  # nearly nothing of what start-up makes is garbage; the server enables it
    from services import configuration
    from services.standalone import build_door
    from shared import logging, server

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    configured = read_settings(NAMES if service == "all" else [service], **given)
    common = configured.common
    is_watched = sys.stdout.isatty() and "log_format" not in common.model_fields_set
    logging.configure(common.log_level, "console" if is_watched else common.log_format)
    refuse(configured, configuration.unsafe(configured))
    os.umask(0o077)  # the data are about people: nobody else on this machine reads the files
    with explained():
        listener = server.bind(common.host, common.port)
        url = server.url_of(listener)
        configured = configuration.with_link_key(configuration.with_admin_key(configured))
        configured = configuration.reached_at(configured, url)
        pause_s = PRODUCTION_PAUSE_S if common.environment == "production" else 0.0
        door = build_door(configured)
        server.run(door, listener, pause_s, lambda: _tell_start(configured, url, door))


def read_settings(names: Sequence[str], **given: object) -> "Configuration":
    """Return the settings of ``names``; raises ``Failure`` with everything that is wrong."""
    from services import configuration

    try:
        return configuration.read(names, **given)
    except configuration.BadSettings as bad:
        raise Failure("the settings cannot be used", bad.sentences) from None


def refuse(configured: "Configuration", unsafe: Sequence[str] = ()) -> None:
    """Raise ``Failure`` where production would run with ``unsafe`` settings, or misspelt ones.

    Elsewhere the misspelt ones are told: they would silently leave the default in force.
    """
    from services import configuration

    unknown = configuration.unknown()
    if configured.common.environment != "production":
        for sentence in unknown:
            note(sentence)
    elif found := [*unsafe, *unknown]:
        remedy = "mend them, or set RELEVO_ENVIRONMENT=development on a machine of your own"
        raise Failure("production refuses these settings", found, remedy)


def _tell_start(configured: "Configuration", url: str, door: "Door") -> None:
    if configured.admin_key_file is not None:
        _tell_admin_key(configured, url)
    for service in door.services:
        for line in service.notices:
            note(line)
    note(f"Relevo listens on {url}")


def _tell_admin_key(configured: "Configuration", url: str) -> None:
    if not configured.is_admin_key_new:
        note(f"The admin key is in {configured.admin_key_file}")
        return
    note(f"A key that may do everything was made. It is kept in {configured.admin_key_file}")
    admin_key = configured.common.admin_key
    if admin_key is not None and sys.stderr.isatty():  # elsewhere it would end up in a log
        note(f"  {admin_key.get_secret_value()}")
    note("The relevo command finds it by itself on this machine; elsewhere set RELEVO_URL and")
    note(f"RELEVO_KEY, or: curl -H 'Authorization: Bearer <the key>' {url}/v1/handoffs")
