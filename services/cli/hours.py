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

app = typer.Typer()  # part of `relevo calendars`


def team_path(api: Api, name: str) -> str:
    """Return where a team stands, by its name or id. Raises ``Failure``."""
    for team in api.pages("/v1/teams"):
        if name in (team["name"], team["team_id"]):
            return f"/v1/teams/{part(team['team_id'])}"
    raise Failure(f"no team has the name or id {name}", remedy="relevo teams list")


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


def _with_week(api: Api, path: str, one: dict[str, Any], first: str | None = None) -> Any:
    return {**one, "shown": api.get(f"{path}/week", {"from": first})}


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
    own = ("calendar", "zone", "week", "holidays", "days")
    changes: dict[str, Any] = dict.fromkeys(own) if usual else {}
    changes |= {"week": week_of(hours)} if hours else {}
    changes |= {"zone": zone} if zone else {}
    changes |= {"calendar": follow} if follow else {}
    one = change(api, path, changes) if changes else api.get(path)
    return _with_week(api, path, one, first)


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
    path = hours_path(api, who)
    one = api.get(path)
    kept = one["leave"]
    if cancel:
        begins = start if "T" in start else f"{start}T00:00"
        kept = [each for each in kept if each["from"] != begins]
        if len(kept) == len(one["leave"]):
            raise Failure(f"no leave begins at {begins}", remedy=f"relevo calendars hours {who}")
    else:
        kept = [*kept, {"from": start, "until": until or start}]
    tag = {"If-Match": f'"{one["revision"]}"'}
    changed = api.call("PATCH", path, body={"leave": kept}, headers=tag)
    return _with_week(api, path, changed, start.partition("T")[0])


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
    return _with_week(api, path, change(api, path, {"last_day": day}), day)


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
