"""``relevo calendars`` for people and teams: who follows what, own hours, leave, last day."""

from typing import Annotated, Any

import typer

from services.cli.calendars import (
    First,
    Hours,
    Zone,
    change,
    place_of,
    show_week,
    week_in_words,
    week_of,
)
from services.cli.client import Api, part
from services.cli.command import api_command, examples
from services.cli.failure import Failure
from services.cli.output import print_fields
from services.cli.people import Who, person_id
from services.cli.teams import team_path

app = typer.Typer()  # part of `relevo calendars`


def hours_path(api: Api, who: str) -> str:
    """Return where a person's hours stand. Raises ``Failure``."""
    return f"/v1/people/{part(person_id(api, who))}/hours"


def show_hours(one: dict[str, Any]) -> None:
    """Print a person's hours and a picture of their week."""
    print_fields(
        {
            "follows": one["follows"] or "no calendar",
            "own hours": week_in_words(one["week"] or {}).replace("; ", "\n"),
            "own zone": one["zone"],
            "own holidays": place_of(one["holidays"]) if one["holidays"] else "",
            "leave": "\n".join(f"{each['from']} until {each['until']}" for each in one["leave"]),
            "last day": one["last_day"],
        }
    )
    print()
    show_week(one["shown"])


def with_week(api: Api, path: str, one: dict[str, Any], first: str | None = None) -> Any:
    """Return hours with seven days as they will really be."""
    return {**one, "shown": api.get(f"{path}/week", {"from": first})}


def hours_given(
    hours: list[str] | None, zone: str | None, follow: str | None, usual: bool
) -> dict[str, Any]:
    """Return what options change about somebody's hours. Raises ``Failure``."""
    own = ("calendar", "zone", "week", "holidays", "days")
    changes: dict[str, Any] = dict.fromkeys(own) if usual else {}
    changes |= {"week": week_of(hours)} if hours else {}
    changes |= {"zone": zone} if zone else {}
    return changes | ({"calendar": follow} if follow else {})


def with_leave(
    api: Api, path: str, start: str, until: str | None = None, cancel: bool = False
) -> Any:
    """Enter leave, or take it back; return the hours then. Raises ``Failure``."""
    if until is None and "T" in start and not cancel:
        raise Failure("leave from a time on has no end yet", remedy="say until when behind it")
    one = api.get(path)
    kept = one["leave"]
    if cancel:
        begins = start if "T" in start else f"{start}T00:00"
        kept = [each for each in kept if each["from"] != begins]
        if len(kept) == len(one["leave"]):
            there_is = ", ".join(each["from"] for each in one["leave"]) or "none"
            raise Failure(f"no leave begins at {begins}", [f"there is: {there_is}"])
    else:
        kept = [*kept, {"from": start, "until": until or start}]
    tag = {"If-Match": f'"{one["revision"]}"'}
    changed = api.call("PATCH", path, body={"leave": kept}, headers=tag)
    return with_week(api, path, changed, start.partition("T")[0])


@api_command(
    app,
    "hours",
    show_hours,
    examples(
        "relevo calendars hours ana@acme.com",
        "relevo calendars hours ana@acme.com --hours 'mon-fri 10:00-14:00'",
        "relevo calendars hours ana@acme.com --follow business",
        "relevo calendars hours ana@acme.com --usual",
    ),
)
def hours(
    api: Api,
    who: Who,
    hours: Hours = None,
    zone: Zone = None,
    follow: Annotated[
        str | None, typer.Option("--follow", metavar="NAME", help="Another calendar's hours.")
    ] = None,
    usual: Annotated[bool, typer.Option("--usual", help="The team's hours again.")] = False,
    first: First = None,
) -> Any:
    """Show when a person works, with a picture of the week; or give them hours of their own.

    Own hours are in the person's zone unless --zone says otherwise.
    """
    path = hours_path(api, who)
    changes = hours_given(hours, zone, follow, usual)
    one = change(api, path, changes) if changes else api.get(path)
    return with_week(api, path, one, first)


@api_command(
    app,
    "leave",
    show_hours,
    examples(
        "relevo calendars leave ana@acme.com 2026-12-24T14:00 2027-01-06",
        "relevo calendars leave ana@acme.com 2027-02-01",
        "relevo calendars leave ana@acme.com 2027-02-01 --cancel",
    ),
)
def leave(
    api: Api,
    who: Who,
    start: Annotated[str, typer.Argument(metavar="FROM", help="A day, or a day and a time.")],
    until: Annotated[
        str | None,
        typer.Argument(metavar="UNTIL", help="The last day away, or the time back; else FROM."),
    ] = None,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="The leave that begins then is not taken.")
    ] = False,
) -> Any:
    """Say when a person is away, on the clock where they work."""
    return with_leave(api, hours_path(api, who), start, until, cancel)


@api_command(
    app,
    "last-day",
    show_hours,
    examples(
        "relevo calendars last-day ana@acme.com 2027-03-31",
        "relevo calendars last-day ana@acme.com --stays",
    ),
)
def last_day(
    api: Api,
    who: Who,
    day: Annotated[str | None, typer.Argument(metavar="DAY", help="As 2027-03-31.")] = None,
    stays: Annotated[bool, typer.Option("--stays", help="The person stays after all.")] = False,
) -> Any:
    """Say which day is a person's last."""
    if (day is None) is not stays:
        raise Failure("name the day, or say --stays")
    path = hours_path(api, who)
    return with_week(api, path, change(api, path, {"last_day": day}), day)


@api_command(
    app,
    "team",
    print_fields,
    examples("relevo calendars team Iberia business", "relevo calendars team Iberia --none"),
)
def team(
    api: Api,
    team: Annotated[str, typer.Argument(metavar="TEAM", help="Name or id of the team.")],
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The calendar's name.")] = None,
    none: Annotated[bool, typer.Option("--none", help="Day and night.")] = False,
) -> Any:
    """Say which calendar is a team's, for policies that count on `team`."""
    if (name is None) is not none:
        raise Failure("name the calendar, or say --none")
    return change(api, team_path(api, team), {"calendar": name})
