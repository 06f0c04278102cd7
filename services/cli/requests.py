"""``relevo requests``: what sales asked of marketing with a verdict."""

from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.output import Columns, local, note, print_table

app = group("See and settle what sales asked of marketing.")

REQUESTS: Columns = {
    "id": "request_id",
    "wanted": "wanted",
    "lead": "lead_name",
    "says": "text",
    "asked by": "asked_by",
    "asked": lambda one: local(one["asked_at"]),
}


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, REQUESTS, "sales waits for nothing"),
    examples("relevo requests list", "relevo requests list --wanted fix"),
)
def list_requests(
    api: Api,
    wanted: Annotated[
        Literal["fix", "right_person"] | None, typer.Option(help="Only these.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
) -> Any:
    """List what sales asked of marketing and does not have yet, the latest first."""
    return api.pages("/v1/requests", {"wanted": wanted}, at_most=limit)


def _settled(answer: dict[str, Any]) -> None:
    came = answer["handoff_id"]
    note(f"settled; handed over: {came}" if came else "settled; nothing was handed over now")


@api_command(
    app,
    "settle",
    _settled,
    examples(
        "relevo requests settle 0198… --mended 'the number was that of the fax'",
        "relevo requests settle 0198… --email luis@acme.com --name 'Luis Gil'",
    ),
)
def settle(
    api: Api,
    request: Annotated[str, typer.Argument(metavar="ID", help="The request's id.")],
    mended: Annotated[str | None, typer.Option(help="What was mended.")] = None,
    email: Annotated[str | None, typer.Option(help="Address of the right person.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the right person.")] = None,
) -> Any:
    """Say that the data are mended, or who the right person is; the lead goes on."""
    if (mended is None) is (email is None):
        raise Failure("say either --mended or --email")
    given = {"text": mended, "email": email, "name": name}
    body = {key: value for key, value in given.items() if value is not None}
    return api.post(f"/v1/requests/{part(request)}/settle", body)
