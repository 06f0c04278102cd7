"""``relevo scoreboard``: the numbers both teams read, as tables, files, or a page to print."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from services.cli.client import Api, Query
from services.cli.command import AsJson, Key, Url, api_command, examples, open_api
from services.cli.failure import Failure
from services.cli.following import follow
from services.cli.output import local, note, print_json, print_table

if TYPE_CHECKING:
    from services.handoff.printing.scoreboard_tables import Table

app = typer.Typer(rich_markup_mode=None)

BAR = 24  # letters of the longest bar
SHOWN = ("funnel", "sla", "reasons", "first_attempt", "targets", "content", "campaigns", "checks")
BARS = {"funnel": 1, "reasons": 1, "first_attempt": 1, "targets": 3, "content": 4, "campaigns": 4}
"""The column drawn as a bar, by table."""
HIDDEN = {"content": ("name",), "campaigns": ("name",)}

Csv = Literal[
    "funnel",
    "periods",
    "acceptance",
    "sla",
    "sla_over_time",
    "reasons",
    "first_attempt",
    "targets",
    "content",
    "campaigns",
    "checks",
]
By = Literal["day", "week", "month"]
Language = Literal["en", "es"]

EXAMPLES = examples(
    "relevo scoreboard",
    "relevo scoreboard --from 2026-01-01 --to 2026-03-31 --by week --policy b2b-starter",
    "relevo scoreboard --team Sales --language es",
    "relevo scoreboard --csv reasons > reasons.csv",
    "relevo scoreboard --html scoreboard.html",
)


@app.callback(invoke_without_command=True, epilog=EXAMPLES)
def scoreboard(
    context: typer.Context,
    first: Annotated[
        str | None,
        typer.Option("--from", help="First day, 2026-01-01; twelve months back when left out."),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Last day, included; else today.")
    ] = None,
    by: Annotated[By, typer.Option(help="What to cut the period into.")] = "month",
    policy: Annotated[str | None, typer.Option(help="Only this policy.")] = None,
    number: Annotated[
        int | None, typer.Option("--version", min=1, help="Only this version of it.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only leads that came by it.")] = None,
    content: Annotated[
        str | None, typer.Option(help="Only leads that had met this content, by id.")
    ] = None,
    campaign: Annotated[str | None, typer.Option(help="Or that came by this campaign.")] = None,
    team: Annotated[str | None, typer.Option(help="Only this team, by name or id.")] = None,
    csv: Annotated[
        Csv | None, typer.Option(metavar="TABLE", help="Print one table as CSV instead.")
    ] = None,
    html: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the page to print there instead.")
    ] = None,
    language: Annotated[Language, typer.Option(help="Of words and numbers.")] = "en",
    url: Url = "",
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Show the numbers both teams share: from touches to won, speed, promises kept, misses.

    What each number counts is written down in docs/scoreboard.md.
    """
    if context.invoked_subcommand is not None:
        return
    query: Query = {
        "from": first,
        "to": last,
        "by": by,
        "policy": policy,
        "version": number,
        "source": source,
        "content": content,
        "campaign": campaign,
        "team": team,
    }
    try:
        with open_api(url, key) as api:
            _answer(api, query, csv, html, language, as_json)
    except Failure as failure:
        failure.tell(as_json)
        raise typer.Exit(1) from None


def _answer(
    api: Api, query: Query, csv: str | None, html: str | None, language: Language, as_json: bool
) -> None:
    if csv is not None:
        path = f"/v1/scoreboard/{csv}.csv"
        print(api.page("GET", path, {**query, "language": language}), end="")
    elif html is not None:
        _write(html, api.page("GET", "/v1/scoreboard/page", {**query, "language": language}))
    else:
        found = api.get("/v1/scoreboard", query)
        if as_json:
            print_json(found)
        else:
            _show(found, language)


def _write(file: str, page: str) -> None:
    try:
        Path(file).write_text(page, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from None
    note(f"page written to {file}")


def _show(data: dict[str, Any], language: Language) -> None:
    from services.handoff.printing.scoreboard_page import Page
    from services.handoff.printing.scoreboard_tables import table
    from services.handoff.printing.scoreboard_words import say

    page = Page(data, language)
    compared = {name: page.day(data["before"][name]) for name in ("from", "to")}
    period = say("subtitle", language, first=page.day(data["from"]), last=page.day(data["to"]))
    before = say("compared", language, first=compared["from"], last=compared["to"])
    note(f"{period}, {before}")
    if data["rebuilding"]:
        note(say("rebuilding", language, **data["rebuilding"]))
    if page.only():
        note(say("only", language, what=", ".join(page.only())))
    for name in SHOWN:
        found = table(data, name, language)
        if found.rows:
            note(f"\n{found.title}")
            _print(found, page)


def _print(found: "Table", page: Any) -> None:
    """Print a table; one column of numbers is drawn too."""
    drawn = BARS.get(found.name)
    values = [] if drawn is None else [row[drawn] or 0 for row in found.rows]
    # Touches and leads are counted by the thousand: beside them nobody would see a hand-off.
    start = len(found.rows) - 5 if found.name == "funnel" else 0
    most = max((float(one) for one in values[start:]), default=0.0)
    rows = []
    for number, row in enumerate(found.rows):
        shown = {
            column.title: page.cell(cell, column.kind)
            for column, cell in zip(found.columns, row, strict=True)
            if column.name not in HIDDEN.get(found.name, ())
        }
        if drawn is not None:
            shown[" "] = bar(float(values[number]), most) if number >= start else ""
        rows.append(shown)
    print_table(rows, {title: _cell(title) for title in rows[0]}, "")


def _cell(title: str) -> Any:
    return lambda row: row[title]


def bar(value: float, most: float) -> str:
    """Return a bar of letters; whatever is more than nothing can be seen."""
    if value <= 0 or most <= 0:
        return ""
    eighths = max(1, round(BAR * 8 * value / most))
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def _show_rebuild(one: dict[str, Any]) -> None:
    if one["state"] == "done":
        note(f"counted again, {one['done']} hand-offs and leads, {local(one['finished_at'])}")
    else:
        note(f"{one['state']}: {one['done']} of {one['total']} hand-offs and leads")


@api_command(
    app,
    "rebuild",
    _show_rebuild,
    examples("relevo scoreboard rebuild", "relevo scoreboard rebuild --no-wait"),
)
def rebuild(
    api: Api,
    wait: Annotated[bool, typer.Option(help="Wait until it is done, with a bar.")] = True,
    look: Annotated[bool, typer.Option("--look", help="Only say how far it is.")] = False,
) -> Any:
    """Count the scoreboard again from what it tells of, in the background.

    Traffic goes on, and the figures of before are shown until the new ones are there.
    """
    path = "/v1/scoreboard/rebuild"
    if look:
        return api.get(path)
    asked = api.post(path)
    if not wait:
        return asked
    return follow(
        lambda: api.get(path),
        lambda one: one["state"] in ("asked", "running"),
        lambda one: (one["done"], one["total"] or None),
    )
