"""``relevo sources``: the connections to marketing tools, and what became of their events."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.client import Api, part
from services.cli.columns import Columns as ColumnOptions
from services.cli.columns import columns_of
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.output import Columns, local, note, print_fields, print_table

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
    "expired": "expired",
    "pending": "pending",
    "gap": "gap",
    "last received": lambda one: local(one["last_received_at"]),
}
KINDS: Columns = {"kind": "kind", "meaning": "meaning"}

Name = Annotated[str, typer.Argument(metavar="NAME", help="The source's name.")]
Options = Annotated[
    str | None,
    typer.Option("--options", help="The vendor's options: JSON, or @FILE with JSON."),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="EVENT NAME=touch.kind, any number of times."),
]
SecretFile = Annotated[
    Path | None,
    typer.Option("--secret-file", help="The tool's signing secret, where the tool makes it."),
]


def show_one(source: dict[str, Any]) -> None:
    """Print one source."""
    print_fields(
        {
            "name": source["name"],
            "vendor": source["vendor"],
            "state": source["state"],
            "url": source["url"],
            "options": source["settings"]["options"],
            "touch kinds": source["settings"]["touch_kinds"],
            "columns": source["settings"].get("columns"),
            "credentials": "\n".join(
                f"{one['kind']} …{one['last4']}"
                + (f" until {local(one['expires_at'])}" if one["expires_at"] else "")
                for one in source["credentials"]
            ),
            "without a kind": "\n".join(
                f"{one['name']} ({one['count']} times)" for one in source.get("unmapped", ())
            ),
        }
    )
    if credential := source.get("credential"):
        _show_credential(credential)


def _show_credential(credential: dict[str, Any]) -> None:
    note(f"The {credential['kind']}, shown this once:")
    print(credential["value"])


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, SOURCES, "no sources: make one with relevo sources add"),
    examples("relevo sources list", "relevo sources list --json"),
)
def list_sources(api: Api) -> Any:
    """List sources by name."""
    return api.pages("/v1/sources")


@api_command(app, "show", show_one, examples("relevo sources show website"))
def show_source(api: Api, name: Name) -> Any:
    """Show a source, with the event names it sent that have no touch kind."""
    return api.get(f"/v1/sources/{part(name)}")


@api_command(
    app,
    "add",
    show_one,
    examples(
        "relevo sources add website --vendor segment",
        "relevo sources add forms --vendor generic --kind 'Form A7=demo.requested'",
        "relevo sources add events --vendor standard-webhooks --secret-file secret.txt",
    ),
)
def add_source(
    api: Api,
    name: Name,
    vendor: Annotated[str, typer.Option(help="generic, segment, cloudevents…")],
    options: Options = None,
    kind: Kinds = None,
    column: ColumnOptions = None,
    secret_file: SecretFile = None,
) -> Any:
    """Make a source. Its credential is printed this once."""
    new: dict[str, Any] = {
        "name": name,
        "vendor": vendor,
        "settings": {
            "options": _options(options),
            "touch_kinds": _kinds(kind),
            "columns": columns_of(column),
        },
    }
    if secret_file is not None:
        new["secret"] = _secret(secret_file)
    return api.post("/v1/sources", new)


@api_command(
    app,
    "change",
    show_one,
    examples(
        "relevo sources change forms --kind 'Webinar hecho=webinar.attended'",
        """relevo sources change fair --options '{"mapping": {"items": "rows"}}'""",
        "relevo sources change crm --column time='Fecha de alta' --column event=Tipo",
    ),
)
def change_source(
    api: Api,
    name: Name,
    options: Options = None,
    kind: Kinds = None,
    column: ColumnOptions = None,
) -> Any:
    """Replace a source's options or columns, and add touch kinds to its table."""
    source = api.get(f"/v1/sources/{part(name)}")
    settings = source["settings"]
    if options is not None:
        settings["options"] = _options(options)
    settings["touch_kinds"] |= _kinds(kind)
    if column:
        settings["columns"] = columns_of(column)
    return _patch(api, source, {"settings": settings})


@api_command(app, "pause", show_one, examples("relevo sources pause website"))
def pause(api: Api, name: Name) -> Any:
    """Store what a source sends without reading it."""
    return _patch(api, api.get(f"/v1/sources/{part(name)}"), {"state": "paused"})


@api_command(app, "resume", show_one, examples("relevo sources resume website"))
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
    _show_credential,
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
        wanted["secret"] = _secret(secret_file)
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


def _options(text: str | None) -> Any:
    if text is None:
        return {}
    try:
        content = Path(text[1:]).read_text() if text.startswith("@") else text
        return json.loads(content)
    except OSError as error:
        raise Failure(f"--options: {error.strerror}: {error.filename}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise Failure(f"--options is no JSON: {error.msg} at {place}") from None


def _kinds(pairs: list[str] | None) -> dict[str, str]:
    found = {}
    for pair in pairs or ():
        name, equals, kind = pair.rpartition("=")
        if not equals:
            raise Failure(f"--kind {pair!r} is not EVENT NAME=touch.kind")
        found[name.strip()] = kind.strip()
    return found


def _secret(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise Failure(f"--secret-file: {error.strerror}: {path}") from None
