"""``relevo serve``: the product as a process."""

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
    from services import configuration
    from services.standalone import build_door
    from shared import logging, server

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    configured = read_settings(NAMES if service == "all" else [service], **given)
    common = configured.common
    is_watched = sys.stdout.isatty() and "log_format" not in common.model_fields_set
    logging.configure(common.log_level, "console" if is_watched else common.log_format)
    for sentence in configuration.unknown():
        note(sentence)
    refuse_unsafe(configured)
    with explained():
        listener = server.bind(common.host, common.port)
        configured = configuration.with_admin_key(configured)
        url = server.url_of(listener)
        pause_s = PRODUCTION_PAUSE_S if common.environment == "production" else 0.0
        server.run(build_door(configured), listener, pause_s, lambda: _tell_start(configured, url))


def read_settings(names: Sequence[str], **given: object) -> "Configuration":
    """Return the settings of ``names``; raises ``Failure`` with everything that is wrong."""
    from services import configuration

    try:
        return configuration.read(names, **given)
    except configuration.BadSettings as bad:
        raise Failure("the settings cannot be used", bad.sentences) from None


def refuse_unsafe(configured: "Configuration") -> None:
    """Raise ``Failure`` where production would run with what is unsafe there."""
    from services import configuration

    if configured.common.environment != "production":
        return
    if found := configuration.unsafe(configured):
        remedy = "mend them, or set RELEVO_ENVIRONMENT=development on a machine of your own"
        raise Failure("production refuses these settings", found, remedy)


def _tell_start(configured: "Configuration", url: str) -> None:
    note(f"Relevo listens on {url}")
    if configured.new_admin_key_file is None:
        return
    admin_key = configured.common.admin_key
    assert admin_key is not None
    note(f"An admin key was made and is kept in {configured.new_admin_key_file}:")
    note(f"  {admin_key.get_secret_value()}")
    note("It may do everything. `relevo` finds it by itself on this machine; elsewhere:")
    note(f"  curl -H 'Authorization: Bearer <key>' {url}/v1/sources")
