"""``relevo audit``: is everything as it must be?"""

import os
from typing import Annotated, Any, Literal

import typer

from services.cli.command import AsJson, Key, Url, examples, group, open_api
from services.cli.failure import Failure
from services.cli.output import local, print_json

app = group("Look for what must never be.")

ALL_WELL = {"en": "No leaks.", "es": "No hay fugas."}
SINCE = {"en": "since {since}", "es": "desde {since}"}
MORE = {"en": "and {count} more", "es": "y {count} más"}


@app.command(
    "leaks",
    epilog=examples(
        "relevo audit leaks", "relevo audit leaks --language es", "relevo audit leaks --json"
    ),
)
def leaks(
    language: Annotated[
        Literal["es", "en"] | None, typer.Option(help="The language; else RELEVO_LANGUAGE.")
    ] = None,
    url: Url = "",
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """List leads that fell between two stools: no hand-off, no owner, no clock, nobody told.

    Exits 1 when there is any.
    """
    try:
        with open_api(url, key) as api:
            found = api.get("/v1/leaks")
    except Failure as failure:
        failure.tell(as_json)
        raise typer.Exit(1) from None
    if as_json:
        print_json(found)
    else:
        _print(found, language or _usual_language())
    if found["total"]:
        raise typer.Exit(1)


def _usual_language() -> str:
    return "es" if os.environ.get("RELEVO_LANGUAGE") == "es" else "en"


def _print(found: dict[str, Any], language: str) -> None:
    leaking = [kind for kind in found["leaks"] if kind["count"]]
    if not leaking:
        print(ALL_WELL[language])
    for kind in leaking:
        print(f"{kind['title'][language]}: {kind['count']}")
        for one in kind["examples"]:
            what = one["handoff_id"] if one["owner"] or one["handoff_id"] else one["lead_id"]
            owner = f"  {one['owner']}" if one["owner"] else ""
            print(f"  {what}{owner}  {SINCE[language].format(since=local(one['since']))}")
        left = kind["count"] - len(kind["examples"])
        if left > 0:
            print(f"  {MORE[language].format(count=left)}")
        print(f"  → {kind['what_to_do'][language]}")
