"""``relevo import``: exported activity of a tool, out of a file."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api, Refused, part
from services.cli.columns import Columns, columns_of
from services.cli.command import api_command, examples, group
from services.cli.exports import open_export
from services.cli.following import counted, follow
from services.cli.output import Columns as Table
from services.cli.output import local, note, print_fields, print_table
from services.cli.rejects import Rejects
from services.cli.sending import Sender, batches, check
from shared.exports import Export

app = group("See what imported files brought.")

EXAMPLES = examples(
    "relevo import june.csv --source activecampaign --dry-run",
    "relevo import june.csv --source activecampaign --zone Europe/Madrid --dates dmy",
    "relevo import opens.csv --source mautic --event email.opened --column time='Date read'",
    "relevo import events.ndjson --source website --rejects bad.ndjson",
)
REMEDIES = {
    "no_event_column": "name it: --column event=HEADING, or say it for all rows: --event NAME",
    "no_time_column": "name it: --column time=HEADING",
    "no_person_column": "name one: --column email=HEADING or --column user_id=HEADING",
}
SAMPLE = 50
SHOWN = 5
IMPORTS: Table = {
    "id": "id",
    "source": "source",
    "file": "file",
    "state": "state",
    "rows": lambda one: f"{one['position']} of {one['total']}",
    "rejected": "rejected",
    "new": "published",
    "known": "duplicates",
    "parked": "parked",
    "pending": "pending",
    "started": lambda one: local(one["started_at"]),
}
TOUCHES: Table = {
    "row": lambda one: one["row"] + 1,
    "touch": lambda one: one["touch"] or "(who it is)",
    "name": "name",
    "happened": "occurred_at",
    "identity": "identity",
    "properties": "properties",
    "lead": "lead",
}
DAYS: Table = {"day (UTC)": "day", "new": "published", "known": "duplicates"}


def register(commands: typer.Typer) -> None:
    """Add ``relevo import`` and its group to all the commands."""
    api_command(commands, "import", _show_outcome, EXAMPLES)(import_file)
    commands.add_typer(app, name="imports")


def _show_outcome(outcome: dict[str, Any]) -> None:
    """Print what an import brought, or what a dry run found."""
    if outcome.get("dry_run"):
        _show_dry_run(outcome)
    else:
        show_import(outcome)


def show_import(one: dict[str, Any]) -> None:
    """Print one import."""
    print_fields(
        {
            "import": one["id"],
            "file": f"{one['file']} → {one['source']}",
            "state": one["state"],
            "rows": f"{one['position']} of {one['total']}, {one['rejected']} rejected",
            "events": f"{one['published']} new, {one['duplicates']} known already",
            "parked": one["parked"],
            "pending": one["pending"],
            "happened": _span(one),
            "started": f"{local(one['started_at'])} {one['started_by']}",
            "finished": local(one["finished_at"]),
        }
    )
    if days := one.get("days"):
        print_table(days, DAYS, "")


def _span(one: dict[str, Any]) -> str:
    return f"{local(one['first_at'])} – {local(one['last_at'])}" if one["first_at"] else ""


def _show_dry_run(found: dict[str, Any]) -> None:
    plan = found["plan"]
    columns = {name: one for name, one in plan["columns"].items() if one}
    posts = plan["reading"] == "posts"
    print_fields(
        {
            "file": f"{found['file']} → {found['source']}: {found['written']}",
            "read": "each line as the tool itself posts it" if posts else "by columns",
            **{f"  {name}": _heading(one) for name, one in columns.items()},
            "  not used": found["unused"],
            "  no zone": "" if posts else f"{plan['zone']} (else say --zone)",
            "rows": f"{found['total']}: {found['taken']} can be taken, {found['rejected']} cannot",
            "events": f"{found['events']}, {found['known']} of them known already",
            "kinds": "\n".join(f"{kind} {count}" for kind, count in found["kinds"].items()),
            "without a kind": "\n".join(
                f"{name} ({count} times)" for name, count in found["unknown_names"].items()
            ),
            "happened": _span(found),
        }
    )
    print_table(found["touches"], TOUCHES, "nothing can be taken")
    note("a dry run: nothing was taken")


def _heading(path: Any) -> str:
    if isinstance(path, dict):
        return ", ".join(f"{name} ← {_heading(one)}" for name, one in path.items())
    return f"{path[1:]!r} in all rows" if path.startswith("=") else str(path)


def import_file(
    api: Api,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, or an object in each line.")],
    source: Annotated[str, typer.Option(help="The source whose activity it is.")],
    column: Columns = None,
    event: Annotated[
        str | None, typer.Option(help="What happened, for all rows: 'email.opened'.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="Of moments without one: Europe/Madrid; else UTC.")
    ] = None,
    dates: Annotated[
        Literal["dmy", "mdy"] | None, typer.Option(help="How 04/03/2024 is meant.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="utf-8, latin-1, utf-16…; else by the file.")
    ] = None,
    separator: Annotated[
        str | None, typer.Option(help="Between cells: a character, or tab; else by the headings.")
    ] = None,
    kind: Annotated[
        Literal["csv", "ndjson"] | None, typer.Option("--format", help="Else by the file.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be taken, and take nothing.")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="Write the rows that cannot be taken to this file.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Go through a file that was imported already.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait until its events are read.")
    ] = True,
) -> Any:
    """Take in the activity a tool exported: to fill a gap, or to begin with a history.

    Stopped, it goes on when started again. What came before is recognised and counts once.
    """
    columns = columns_of(column)
    if event is not None:
        columns["event"] = f"={event}"
    export = open_export(file, encoding, "\t" if separator == "tab" else separator, kind)
    planned = _plan(api, source, export, columns, zone, dates)
    with Rejects(export, rejects) as rejected:
        if dry_run:
            return _dry_run(api, source, export, planned, rejected)
        return _import(api, source, export, planned["plan"], rejected, again, wait)


def _plan(
    api: Api,
    source: str,
    export: Export,
    columns: dict[str, Any],
    zone: str | None,
    dates: str | None,
) -> Any:
    first = next((batch for batch in batches(export)), None)
    rows = [one.row for one in first.sent[:SAMPLE]] if first else []
    asked = {"columns": columns, "zone": zone, "dates": dates}
    plan = {name: one for name, one in asked.items() if one}
    wanted = {"plan": plan, "headings": export.headings, "rows": rows}
    try:
        return api.post(f"/v1/sources/{part(source)}/imports/plan", wanted)
    except Refused as refused:
        refused.remedy = REMEDIES.get(refused.code, refused.remedy)
        if refused.code in REMEDIES and export.headings:
            refused.places = (f"columns: {', '.join(export.headings)}",)
        raise


def _dry_run(
    api: Api, source: str, export: Export, planned: dict[str, Any], rejected: Rejects
) -> Any:
    sums: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    touches: list[Any] = []
    spans: list[str] = []
    with counted() as tell:
        for batch in batches(export):
            show = SHOWN - len(touches)
            found = check(api, source, export, planned["plan"], batch, max(show, 0))
            touches += [one | {"row": batch.before + one["row"]} for one in found["touches"]]
            sums.update({name: found[name] for name in ("taken", "events", "known")})
            kinds.update(found["kinds"])
            unknown.update(found["unknown_names"])
            spans += [one for one in (found["first_at"], found["last_at"]) if one]
            batch.reject(found["faults"], rejected)
            tell(batch.end, export.total)
    _tell(rejected)
    return {
        "dry_run": True,
        "file": export.path.name,
        "source": source,
        "written": _written(export),
        "total": export.total,
        "taken": sums["taken"],
        "rejected": rejected.count,
        "events": sums["events"],
        "known": sums["known"],
        "kinds": dict(kinds.most_common()),
        "unknown_names": dict(unknown.most_common(20)),
        "first_at": min(spans, default=None),
        "last_at": max(spans, default=None),
        "touches": touches,
        "faults": rejected.told,
        **planned,
    }


def _written(export: Export) -> str:
    text = export.encoding.removesuffix("-sig")
    if export.headings is None:
        return f"NDJSON, {text}"
    names = {"\t": "tab", ",": "comma", ";": "semicolon"}
    return f"CSV, {text}, separated by {names.get(export.separator, export.separator)}"


def _import(
    api: Api,
    source: str,
    export: Export,
    plan: dict[str, Any],
    rejected: Rejects,
    again: bool,
    wait: bool,
) -> Any:
    new = {
        "file": export.path.name[:255],
        "digest": export.digest,
        "total": export.total,
        "plan": plan,
        "again": again,
    }
    started = api.post(f"/v1/sources/{part(source)}/imports", new)
    if started["state"] == "done" and export.total:
        note("this file was imported already; --again goes through it once more")
    elif started["position"]:
        note(f"goes on behind row {started['position']}")
    if started["rejected"] and not rejected.is_written:
        note(f"{started['rejected']} rows were rejected before; --rejects writes them too")
    with counted() as tell:
        Sender(api, export, source, started, rejected, tell).send()
    _tell(rejected)

    def look() -> Any:
        return api.get(f"/v1/imports/{started['id']}")

    seen = look()
    if not wait or not seen["pending"]:
        return _outcome(seen, rejected)
    if api.get(f"/v1/sources/{part(source)}")["state"] == "paused":
        note("the source is paused: its events are stored, and read once it is resumed")
        return _outcome(seen, rejected)
    waiting = seen["pending"]
    seen = follow(
        look, lambda one: one["pending"] > 0, lambda one: (waiting - one["pending"], waiting)
    )
    return _outcome(seen, rejected)


def _outcome(seen: dict[str, Any], rejected: Rejects) -> dict[str, Any]:
    return seen | {"faults": rejected.told}


def _tell(rejected: Rejects) -> None:
    if rejected.count:
        note(f"{rejected.count} rows cannot be taken:")
        rejected.tell()


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, IMPORTS, "no imports"),
    examples("relevo imports list", "relevo imports list --source forms"),
)
def list_imports(
    api: Api,
    source: Annotated[str | None, typer.Option(help="Only into this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
) -> Any:
    """List imported files, the newest first."""
    return api.pages("/v1/imports", {"source": source}, at_most=limit)


@api_command(app, "show", show_import, examples("relevo imports show 0198…"))
def show(
    api: Api, import_id: Annotated[str, typer.Argument(metavar="ID", help="The import's id.")]
) -> Any:
    """Show an import: how far it is, and what it brought of each day.

    A day with much that was new is a day of a gap.
    """
    return api.get(f"/v1/imports/{part(import_id)}")
