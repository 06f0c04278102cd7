"""``relevo hours``: the hours and the leave of the key's person, seen and entered by them."""

from typing import Annotated, Any

import typer

from services.cli.calendars import First, Hours, Zone, change
from services.cli.client import Api
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.hours import hours_given, show_hours, with_leave, with_week

app = group("See and enter your own working hours and leave: those of the key's person.")

OWN = "/v1/hours"
Start = Annotated[str, typer.Argument(metavar="FROM", help="A day, or a day and a time.")]
Until = Annotated[
    str | None,
    typer.Argument(metavar="UNTIL", help="The last day away, or the time back; else FROM."),
]


@api_command(
    app, "show", show_hours, examples("relevo hours show", "relevo hours show --from 2027-01-04")
)
def show(api: Api, first: First = None) -> Any:
    """Show your hours and leave, with a picture of the week as it will really be."""
    return with_week(api, OWN, api.get(OWN), first)


@api_command(
    app,
    "change",
    show_hours,
    examples(
        "relevo hours change --hours 'mon-thu 09:00-14:00 16:00-19:00' --hours 'fri 08:00-15:00'",
        "relevo hours change --usual",
    ),
)
def change_own(
    api: Api,
    hours: Hours = None,
    zone: Zone = None,
    follow: Annotated[
        str | None, typer.Option("--follow", metavar="NAME", help="Another calendar's hours.")
    ] = None,
    usual: Annotated[bool, typer.Option("--usual", help="The team's hours again.")] = False,
) -> Any:
    """Say when you work, where it is not as your team does."""
    changes = hours_given(hours, zone, follow, usual)
    if not changes:
        raise Failure("say what changes", remedy="relevo hours change --help")
    return with_week(api, OWN, change(api, OWN, changes))


@api_command(
    app,
    "leave",
    show_hours,
    examples(
        "relevo hours leave 2027-02-01",
        "relevo hours leave 2026-12-24T14:00 2027-01-06",
    ),
)
def leave(api: Api, start: Start, until: Until = None) -> Any:
    """Say when you are away, on the clock where you work. Nobody asks why."""
    return with_leave(api, OWN, start, until)


@api_command(app, "cancel-leave", show_hours, examples("relevo hours cancel-leave 2027-02-01"))
def cancel(api: Api, start: Start) -> Any:
    """Say that the leave that begins then is not taken."""
    return with_leave(api, OWN, start, cancel=True)
