"""``relevo policy try``: what a policy would have done with the leads of the last months."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples
from services.cli.failure import Failure
from services.cli.files import read_text
from services.cli.output import Columns, local, note, print_table

if TYPE_CHECKING:
    from services.handoff.printing.report import Report

app = typer.Typer()  # part of `relevo policy`

LOOK_S = 0.3
TRYOUTS: Columns = {
    "id": "tryout_id",
    "policy": "policy",
    "version": lambda one: one["number"] or "a text",
    "state": "state",
    "from": lambda one: local(one["from_at"]),
    "to": lambda one: local(one["to_at"]),
    "asked for": lambda one: f"{local(one['created_at'])} {one['created_by']}",
}
MOST_SHOWN = 20

Html = Annotated[
    str | None, typer.Option(metavar="FILE", help="Write the report there, a page to print.")
]
Language = Annotated[str | None, typer.Option(help="Language of the page: en or es.")]


@api_command(
    app,
    "try",
    lambda done: _print(done),
    examples(
        "relevo policy try policy.yaml",
        "relevo policy try policy.yaml --days 180 --html report.html",
        "relevo policy try --policy b2b-starter --number 4 --json",
    ),
)
def try_on_history(
    api: Api,
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="A policy file; - reads a pipe.")
    ] = None,
    policy: Annotated[str | None, typer.Option(help="Or a stored policy's name.")] = None,
    number: Annotated[int | None, typer.Option(min=1, help="Its version; else in force.")] = None,
    against: Annotated[
        int | None, typer.Option(min=1, help="Version to compare with; else the one in force.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="How far back.")] = 90,
    since: Annotated[
        str | None, typer.Option("--from", help="Or from this moment on, with a zone.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", help="Until then; else until now.")] = None,
    as_happened: Annotated[
        bool,
        typer.Option(
            "--as-happened", help="As if everything had come when it happened: for imports."
        ),
    ] = False,
    open_days: Annotated[
        float | None,
        typer.Option(min=0, help="Days a hand-off that never was would have been open."),
    ] = None,
    html: Html = None,
    language: Language = None,
) -> Any:
    """Try a policy on what leads did, beside the version in force.

    Says which leads would be gained and lost, why, and what sales made of them. Ctrl-C
    stops it; nothing is changed either way.
    """
    asked = {
        "text": None if file is None else read_text(file),
        "file": None if file in (None, "-") else Path(str(file)).name,
        "policy": policy,
        "number": number,
        "against": against,
        "days": days,
        "from_at": since,
        "to_at": until,
        "lateness": "as_happened" if as_happened else "as_received",
        "open_for_s": None if open_days is None else round(open_days * 86_400),
    }
    given = {name: value for name, value in asked.items() if value is not None}
    begun = api.post("/v1/policies/tryouts", given)
    done = _wait(api, begun)
    if html is not None:
        _write_page(api, done["tryout_id"], html, language)
    return done


@api_command(
    app,
    "tryouts",
    lambda rows: print_table(rows, TRYOUTS, "no try-outs"),
    examples("relevo policy tryouts", "relevo policy tryouts --policy b2b-starter --json"),
)
def list_tryouts(
    api: Api,
    policy: Annotated[str | None, typer.Option(help="Only those of this policy.")] = None,
) -> Any:
    """List try-outs, newest first."""
    return api.pages("/v1/policies/tryouts", {"policy": policy})


@api_command(
    app,
    "report",
    lambda done: _print(done),
    examples(
        "relevo policy report 0197f3c2-0000-7000-8000-000000000000",
        "relevo policy report 0197f3c2-0000-7000-8000-000000000000 --html report.html",
    ),
)
def report(
    api: Api,
    tryout: Annotated[str, typer.Argument(metavar="TRYOUT", help="Its id.")],
    html: Html = None,
    language: Language = None,
) -> Any:
    """Show the result of a try-out again, or write its page."""
    done = api.get(f"/v1/policies/tryouts/{part(tryout)}")
    if done["result"] is None:
        raise _without_result(done)
    if html is not None:
        _write_page(api, tryout, html, language)
    return done


def _wait(api: Api, tryout: dict[str, Any]) -> dict[str, Any]:
    """Return the try-out once it is done; Ctrl-C stops it. Raises ``Failure``."""
    where = f"/v1/policies/tryouts/{tryout['tryout_id']}"
    try:
        with _progress() as show:
            while tryout["state"] in ("queued", "running"):
                show(tryout)
                time.sleep(LOOK_S)
                tryout = api.get(where)
    except KeyboardInterrupt:
        api.start_over()
        api.post(f"{where}/stop")
        raise Failure("stopped") from None
    if tryout["state"] != "done":
        raise _without_result(tryout)
    return tryout


def _without_result(tryout: dict[str, Any]) -> Failure:
    return Failure(
        f"the try-out is {tryout['state']}" + (f": {tryout['error']}" if tryout["error"] else "")
    )


@contextmanager
def _progress() -> Iterator[Callable[[dict[str, Any]], None]]:
    """Yield what draws a bar, on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    errors = Console(stderr=True)
    if not errors.is_terminal:
        yield lambda _tryout: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} leads"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("waiting", total=None)

        def show(tryout: dict[str, Any]) -> None:
            doing = "trying" if tryout["state"] == "running" else "waiting"
            done, total = tryout["leads_done"], tryout["leads_total"] or 1
            bar.update(task, description=doing, completed=done, total=total)

        yield show


def _write_page(api: Api, tryout_id: str, file: str, language: str | None) -> None:
    query = f"format=html&language={language}" if language else "format=html"
    page = api.send("GET", f"/v1/policies/tryouts/{part(tryout_id)}/report?{query}", None, {})
    try:
        Path(file).write_bytes(page)
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from None
    note(f"report written to {file}")


def _print(done: dict[str, Any]) -> None:
    from services.handoff.printing.report import Report

    result = done["result"]
    report = Report(result, "en", "UTC")
    days = result["window"]["days"]
    note(f"{done['policy']}, the last {days:g} days until {local(result['window']['to'])}")
    names = [name for name, _ in report.versions]
    rows = [
        {"": what, **dict(zip(names, values, strict=True))}
        for what, values in report.side_by_side()
    ]
    print_table(rows, {title: title for title in rows[0]}, "")
    for side, other in (("gained", "against"), ("lost", "candidate")):
        found = result[side]
        note(f"{side}: {found['count']}")
        if found["leads"]:
            print_table(found["leads"][:MOST_SHOWN], _side(report, other), "")
    for one in result["unknown"]:
        note(report.unknown(one))
    note(f"more with: relevo policy report {done['tryout_id']} --html report.html")


def _side(report: "Report", other: str) -> Columns:
    return {
        "lead": report.lead,
        "when": lambda one: local(one["at"]),
        "gate": "gate",
        "because": lambda one: ", ".join(one["because"]),
        "the other": lambda one: report.why_not(other, one["why_not"]),
        "in sales": lambda one: report.outcome(one["outcome"]),
    }
