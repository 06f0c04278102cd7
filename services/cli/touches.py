"""``relevo touches``: who made them, a human or a machine, and judging that again."""

from typing import Annotated, Any

import typer

from services.cli.client import Api
from services.cli.command import api_command, examples, group
from services.cli.output import Columns, local, note, print_table

app = group("See who made touches, a human or a machine, and judge it again.")

MARKS: Columns = {
    "source": "source",
    "made by": "made_by",
    "reason": "reason",
    "version": "version",
    "touches": "touches",
}
REJUDGINGS: Columns = {
    "id": "id",
    "source": lambda one: one["source"] or "all",
    "state": "state",
    "receipts": "receipts",
    "touches": "touches",
    "changed": "changed",
    "asked": lambda one: local(one["asked_at"]),
}


def _show_marks(found: dict[str, Any]) -> None:
    print_table(found["marks"], MARKS, "no touches yet")
    note(f"the heuristics are at version {found['version']}")


@api_command(app, "marks", _show_marks, examples("relevo touches marks"))
def marks(api: Api) -> Any:
    """Count the touches of each source by who made them, and why we think so."""
    return api.get("/v1/touches/marks")


@api_command(
    app,
    "rejudge",
    lambda one: note(f"touches are judged again: see relevo touches rejudgings ({one['id']})"),
    examples(
        "relevo touches rejudge",
        "relevo touches rejudge --source newsletter --since 2026-06-01T00:00:00Z",
    ),
)
def rejudge(
    api: Api,
    source: Annotated[str | None, typer.Option(help="Only touches of this source.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="Only those received since, with a zone.")
    ] = None,
) -> Any:
    """Judge again who made touches, out of their receipts, while traffic goes on."""
    wanted = {name: value for name, value in (("source", source), ("since", since)) if value}
    return api.post("/v1/touches/rejudge", wanted)


@api_command(
    app,
    "rejudgings",
    lambda found: print_table(found["rejudgings"], REJUDGINGS, "nothing was judged again"),
    examples("relevo touches rejudgings"),
)
def rejudgings(api: Api) -> Any:
    """List the latest rejudgings, and how far they are."""
    return api.get("/v1/touches/rejudge")
