"""``relevo receipts``: the requests as they arrived, and the repair of those nobody could read."""

from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.following import follow
from services.cli.output import Columns, local, note, print_fields, print_table

app = group("See what arrived, and read parked receipts again.")

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
        Literal["pending", "held", "read", "parked"] | None,
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
