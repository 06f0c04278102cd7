"""``relevo receipts``: the requests as they arrived, and the repair of those nobody could read."""

import base64
import sys
from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.files import read_file
from services.cli.following import follow
from services.cli.output import Columns, local, note, print_fields, print_table

app = group("See what arrived, repair what is parked, and read it again.")

RECEIPTS: Columns = {
    "id": "id",
    "source": "source",
    "received": lambda one: local(one["received_at"]),
    "state": "state",
    "events": "events",
    "published": "published",
    "duplicates": "duplicates",
    "parked": "parked",
    "reason": "reason",
}

GROUPS: Columns = {
    "source": "source",
    "reason": "reason",
    "receipts": "receipts",
    "events": "events",
    "oldest": lambda one: local(one["oldest_at"]),
    "newest": lambda one: local(one["newest_at"]),
    "for example": "message",
    "receipt": "example_id",
}

ReceiptId = Annotated[str, typer.Argument(metavar="ID", help="The receipt's id.")]


def show_list(rows: list[dict[str, Any]]) -> None:
    """Print receipts, or groups of them."""
    if rows and "example_id" in rows[0]:
        print_table(rows, GROUPS, "")
    else:
        print_table(rows, RECEIPTS, "no receipts")


def show_one(receipt: dict[str, Any]) -> None:
    """Print one receipt with what was wrong with its events, and its body."""
    print_fields(
        {
            "receipt": receipt["id"],
            "source": f"{receipt['source']} ({receipt['vendor']})",
            "received": local(receipt["received_at"]),
            "state": receipt["state"],
            "events": f"{receipt['events']}: {receipt['published']} published, "
            f"{receipt['duplicates']} duplicates, {receipt['parked']} parked",
            "faults": "\n".join(
                f"{one['place'] or 'body'}: {one['message']} [{one['code']}]"
                for one in receipt["faults"]
            ),
        }
    )
    note("")
    print(receipt["body"])


@api_command(
    app,
    "list",
    show_list,
    examples(
        "relevo receipts list --state parked",
        "relevo receipts list --source website",
        "relevo receipts list --grouped",
    ),
)
def list_receipts(
    api: Api,
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    state: Annotated[
        Literal["pending", "held", "read", "parked", "discarded"] | None,
        typer.Option(help="Only in this state."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Only parked for this reason.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    grouped: Annotated[
        bool, typer.Option("--grouped", help="Count what is parked, by source and reason.")
    ] = False,
) -> Any:
    """List receipts, the newest first."""
    if grouped:
        return api.get("/v1/receipts/parked", {"source": source})["groups"]
    query = {"source": source, "state": state, "reason": reason}
    return api.pages("/v1/receipts", query, at_most=limit)


@api_command(app, "show", show_one, examples("relevo receipts show 0198…"))
def show_receipt(api: Api, receipt_id: ReceiptId) -> Any:
    """Show a receipt with its raw body and what was wrong with its events."""
    return api.get(f"/v1/receipts/{part(receipt_id)}")


@api_command(
    app,
    "retry",
    lambda answer: note(_retried(answer)),
    examples(
        "relevo receipts retry 0198…",
        "relevo receipts retry --source forms --reason no_identity",
        "relevo receipts retry --all",
    ),
)
def retry(
    api: Api,
    receipt_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="One receipt; else an option says which.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Parked ones of this source.")] = None,
    reason: Annotated[str | None, typer.Option(help="Those parked for this reason.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All parked ones.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait until a large group is through.")
    ] = True,
) -> Any:
    """Read parked receipts again, after what was wrong has been mended."""
    if receipt_id is not None:
        return api.post(f"/v1/receipts/{part(receipt_id)}/retry")
    if not (source or reason or every):
        raise Failure("say which: an ID, --source, --reason or --all")
    wanted = {name: value for name, value in (("source", source), ("reason", reason)) if value}
    retry = api.post("/v1/receipts/retry", wanted)
    if not wait or retry["state"] == "done":
        return retry
    return follow(
        lambda: api.get(f"/v1/receipts/retries/{retry['id']}"),
        lambda one: one["state"] == "running",
        lambda one: (one["retried"], one["total"]),
    )


def _retried(answer: dict[str, Any]) -> str:
    if answer.get("state") == "running":
        return f"{answer['retried']} of {answer['total']} receipts so far; it goes on by itself"
    return f"{answer['retried']} receipts will be read again"


def _show_repair(answer: dict[str, Any]) -> None:
    if "body" in answer:  # the original
        raw = answer["body"]
        sys.stdout.write(raw if answer["body_encoding"] == "text" else raw + "\n")
        return
    told = [one.get("name") or "who a lead is" for one in answer["told"]]
    note(f"{answer['events']} events, {len(answer['faults'])} of them unreadable: {told}")
    for fault in answer["faults"]:
        note(f"  {fault['place'] or 'body'}: {fault['message']} [{fault['code']}]")


@api_command(
    app,
    "repair",
    _show_repair,
    examples(
        "relevo receipts repair 0198… --file mended.json --check",
        "relevo receipts repair 0198… --file mended.json --why 'the address had a comma'",
        "relevo receipts repair 0198… --original > body.json",
    ),
)
def repair(
    api: Api,
    receipt_id: ReceiptId,
    file: Annotated[
        str | None, typer.Option(help="The body as it should have been; - is a pipe.")
    ] = None,
    why: Annotated[str, typer.Option(help="For whoever looks into it later.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Say what it would tell, and change nothing.")
    ] = False,
    original: Annotated[
        bool, typer.Option("--original", help="Print the body as it came, and change nothing.")
    ] = False,
) -> Any:
    """Give a parked receipt another body, and read it again. The one it had is kept."""
    path = f"/v1/receipts/{part(receipt_id)}"
    if original:
        return api.get(f"{path}/original")
    if file is None:
        raise Failure("say what its body is to be: --file FILE")
    body = {"body": base64.b64encode(read_file(file)).decode(), "body_encoding": "base64"}
    if check:
        return api.post(f"{path}/repair/check", body)
    return api.post(f"{path}/repair", {**body, "why": why})


@api_command(
    app,
    "discard",
    lambda answer: note(_discarded(answer)),
    examples(
        "relevo receipts discard 0198…",
        "relevo receipts discard --source forms --reason no_identity --why 'their own tests'",
    ),
)
def discard(
    api: Api,
    receipt_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="One receipt; else an option says which.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Parked ones of this source.")] = None,
    reason: Annotated[str | None, typer.Option(help="Those parked for this reason.")] = None,
    why: Annotated[str, typer.Option(help="For whoever looks into it later.")] = "",
) -> Any:
    """Say of parked receipts that nobody wants them. A retry of one takes that back."""
    if receipt_id is not None:
        return api.post(f"/v1/receipts/{part(receipt_id)}/discard", {"why": why})
    if not (source or reason):
        raise Failure("say which: an ID, --source or --reason")
    wanted = {name: value for name, value in (("source", source), ("reason", reason)) if value}
    return api.post("/v1/receipts/discard", {**wanted, "why": why})


def _discarded(answer: dict[str, Any]) -> str:
    if answer.get("state") == "running":
        return f"{answer['retried']} of {answer['total']} receipts so far; it goes on by itself"
    return f"{answer.get('retried', answer.get('discarded'))} receipts are discarded"
