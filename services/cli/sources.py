"""``relevo sources``: the connections to marketing tools, and what became of their events."""

from typing import Annotated, Any

import typer

from services.cli.client import Api, part
from services.cli.columns import Columns as ColumnOptions
from services.cli.columns import columns_of
from services.cli.command import api_command, examples, group
from services.cli.connecting import ADD_EXAMPLES, CONNECT_EXAMPLES, add, connect
from services.cli.output import Columns, local, note, print_table
from services.cli.source_parts import (
    Kinds,
    Name,
    Options,
    SecretFile,
    read_kinds,
    read_options,
    read_secret,
    show_credential,
    show_source,
)

app = group("Connect marketing tools.")

SOURCES: Columns = {
    "name": "name",
    "vendor": "vendor",
    "state": "state",
    "url": "url",
    "credentials": lambda one: [f"…{each['last4']}" for each in one["credentials"]],
}
LEDGER: Columns = {
    "source": "source",
    "received": "received",
    "published": "published",
    "imported": "imported",
    "duplicates": "duplicates",
    "parked": "parked",
    "discarded": "discarded",
    "expired": "expired",
    "pending": "pending",
    "gap": "gap",
    "human": lambda one: one["made_by"]["human"],
    "machine": lambda one: one["made_by"]["machine"],
    "unsure": lambda one: one["made_by"]["unsure"],
    "last received": lambda one: local(one["last_received_at"]),
}
KINDS: Columns = {"kind": "kind", "meaning": "meaning"}


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, SOURCES, "no sources: make one with relevo sources add"),
    examples("relevo sources list", "relevo sources list --json"),
)
def list_sources(api: Api) -> Any:
    """List sources by name."""
    return api.pages("/v1/sources")


@api_command(app, "show", show_source, examples("relevo sources show website"))
def show_one(api: Api, name: Name) -> Any:
    """Show a source, with the event names it sent that have no touch kind."""
    return api.get(f"/v1/sources/{part(name)}")


app.command("add", epilog=ADD_EXAMPLES)(add)
app.command("connect", epilog=CONNECT_EXAMPLES)(connect)


@api_command(
    app,
    "change",
    show_source,
    examples(
        "relevo sources change forms --kind 'Webinar hecho=webinar.attended'",
        """relevo sources change fair --options '{"mapping": {"items": "rows"}}'""",
        "relevo sources change crm --column time='Fecha de alta' --column event=Tipo",
        "relevo sources change newsletter --hidden-link https://acme.com/s/trap",
    ),
)
def change_source(
    api: Api,
    name: Name,
    options: Options = None,
    kind: Kinds = None,
    column: ColumnOptions = None,
    hidden_link: Annotated[
        list[str] | None,
        typer.Option(help="A link no person can see, any number of times; replaces the earlier."),
    ] = None,
    settle: Annotated[
        int | None,
        typer.Option(min=0, help="Seconds an open or click waits before it counts as a human's."),
    ] = None,
    removed: Annotated[
        bool | None,
        typer.Option(
            "--erase-removed/--keep-removed",
            help="Whether a contact deleted in the tool is erased here.",
        ),
    ] = None,
) -> Any:
    """Replace a source's options, columns or hidden links, and add touch kinds to its table."""
    source = api.get(f"/v1/sources/{part(name)}")
    settings = source["settings"]
    if options is not None:
        settings["options"] = read_options(options)
    settings["touch_kinds"] |= read_kinds(kind)
    if column:
        settings["columns"] = columns_of(column)
    if hidden_link is not None:
        settings["machines"]["hidden_links"] = hidden_link
    if settle is not None:
        settings["machines"]["settle_s"] = settle
    if removed is not None:
        settings["removed_is_erased"] = removed
    return _patch(api, source, {"settings": settings})


@api_command(app, "pause", show_source, examples("relevo sources pause website"))
def pause(api: Api, name: Name) -> Any:
    """Store what a source sends without reading it."""
    return _patch(api, api.get(f"/v1/sources/{part(name)}"), {"state": "paused"})


@api_command(app, "resume", show_source, examples("relevo sources resume website"))
def resume(api: Api, name: Name) -> Any:
    """Read a paused source again, what it sent meanwhile included."""
    return _patch(api, api.get(f"/v1/sources/{part(name)}"), {"state": "active"})


@api_command(
    app,
    "archive",
    lambda _: note("archived"),
    examples("relevo sources archive website"),
)
def archive(api: Api, name: Name) -> Any:
    """End a source: its credentials stop working at once, what it sent stays."""
    return api.call("DELETE", f"/v1/sources/{part(name)}")


@api_command(
    app,
    "rotate",
    show_credential,
    examples("relevo sources rotate website", "relevo sources rotate website --overlap-hours 0"),
)
def rotate(
    api: Api,
    name: Name,
    overlap_hours: Annotated[
        float, typer.Option(min=0, help="How long the earlier credentials go on; 0 ends them.")
    ] = 24.0,
    secret_file: SecretFile = None,
) -> Any:
    """Issue a new credential, printed this once."""
    wanted: dict[str, Any] = {"overlap_hours": overlap_hours}
    if secret_file is not None:
        wanted["secret"] = read_secret(secret_file)
    return api.post(f"/v1/sources/{part(name)}/rotate", wanted)


@api_command(
    app,
    "ledger",
    lambda rows: print_table(rows, LEDGER, "no sources"),
    examples("relevo sources ledger"),
)
def ledger(api: Api) -> Any:
    """Show what became of every event, per source."""
    return api.get("/v1/ledger")["sources"]


@api_command(
    app, "kinds", lambda rows: print_table(rows, KINDS, ""), examples("relevo sources kinds")
)
def kinds(api: Api) -> Any:
    """List the touch kinds and the event names that mean them."""
    return api.get("/v1/touch-kinds")["kinds"]


def _patch(api: Api, source: dict[str, Any], change: dict[str, Any]) -> Any:
    headers = {"If-Match": f'"{source["revision"]}"'}
    path = f"/v1/sources/{part(source['name'])}"
    return api.call("PATCH", path, body=change, headers=headers)
