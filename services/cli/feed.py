"""``relevo feed`` and ``relevo inbox``: the events, and what a person was told."""

import json
from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api
from services.cli.command import AsJson, Key, Url, api_command, examples, group, open_api
from services.cli.failure import Failure
from services.cli.output import Columns, local, note, print_table

app = group("Read the event feed.")
inbox_app = group("Read a person's messages; needs a key that acts for the person.")

EVENTS: Columns = {
    "time": lambda one: local(one["time"]),
    "type": "type",
    "subject": "subject",
    "id": "id",
}
MESSAGES: Columns = {
    "time": lambda one: local(one["created_at"]),
    "step": "step",
    "message": "title",
    "hand-off": "handoff_id",
    "read": lambda one: local(one["read_at"]),
}

Types = Annotated[
    str | None, typer.Option(help="Comma-separated types or patterns: handoff.*,lead.recycled.v1.")
]


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, EVENTS, "no events"),
    examples("relevo feed list --limit 20", "relevo feed list --types 'handoff.*' --json"),
)
def list_events(
    api: Api,
    types: Types = None,
    since: Annotated[str | None, typer.Option(help="From this moment on, with a zone.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 100,
) -> Any:
    """List events, the oldest kept first."""
    return api.get("/v1/feed", {"types": types, "since": since, "limit": limit})["items"]


@app.command(
    "follow",
    epilog=examples(
        "relevo feed follow", "relevo feed follow --types 'handoff.*' --json | jq .data"
    ),
)
def follow(
    types: Types = None,
    after: Annotated[
        str, typer.Option(help="A cursor to begin behind; 0 is the oldest kept, latest only new.")
    ] = "latest",
    url: Url = "",
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Print each event as it happens, until Ctrl-C; with --json one event a line."""
    with open_api(url, key) as api:
        for cursor, event in api.events("/v1/feed/stream", {"types": types, "after": after}):
            if as_json:
                print(json.dumps(event, ensure_ascii=False), flush=True)
            else:
                line = f"{cursor:>8}  {local(event['time'])}  {event['type']:28}  {_about(event)}"
                print(line, flush=True)
    raise Failure("the stream ended: the server was stopped")


@api_command(
    inbox_app,
    "list",
    lambda rows: print_table(rows, MESSAGES, "no messages"),
    examples("relevo inbox list --unread"),
)
def list_messages(
    api: Api,
    unread: Annotated[bool, typer.Option("--unread", help="Only those not read.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
) -> Any:
    """List the messages of the key's person, newest first."""
    return api.pages("/v1/inbox", {"unread": "true" if unread else None}, at_most=limit)


CHANNELS: Columns = {
    "channel": "channel",
    "address": "address",
    "usable": lambda one: "yes" if one["is_usable"] else "no",
}


@api_command(
    inbox_app,
    "channels",
    lambda found: print_table(found["channels"], CHANNELS, "no channels"),
    examples("relevo inbox channels"),
)
def list_channels(api: Api) -> Any:
    """List how the key's person hears of leads, in the order that is tried."""
    return api.get("/v1/inbox/channels")


def _tested(answer: dict[str, Any]) -> None:
    note("sent" if answer["ok"] else f"{answer['reason']} ({answer['status'] or 'no answer'})")
    if not answer["ok"]:
        raise typer.Exit(1)


@api_command(inbox_app, "test", _tested, examples("relevo inbox test email"))
def test_channel(
    api: Api,
    channel: Annotated[
        Literal["email", "slack", "teams", "webhook"], typer.Argument(help="Which one.")
    ],
) -> Any:
    """Send the key's person a test message and say how it was taken. Exits 1 when it was not."""
    return api.post("/v1/inbox/channels/test", {"channel": channel})


def _about(event: dict[str, Any]) -> str:
    handoff = event["data"].get("handoff")
    return f"{handoff['lead_name']} → {handoff['owner']['name']}" if handoff else event["subject"]
