"""``relevo calendars``: working hours of teams, holidays, and due times."""

from typing import Annotated, Any

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.output import Columns, local, note, print_fields, print_table
from services.cli.week_picture import picture

app = group("See and change working hours: calendars, holidays, leave.")

CALENDARS: Columns = {
    "name": "name",
    "title": "title",
    "zone": "zone",
    "week": lambda one: week_in_words(one["week"]),
    "holidays": lambda one: place_of(one["holidays"]),
    "revision": "revision",
}
REVISIONS: Columns = {
    "revision": "revision",
    "changed": lambda one: local(one["changed_at"]),
    "by": "changed_by",
    "week": lambda one: week_in_words(one["week"]),
    "holidays": lambda one: place_of(one["holidays"]),
    "special days": lambda one: list(one["days"]),
}

Name = Annotated[str, typer.Argument(metavar="NAME", help="The calendar's name.")]
Hours = Annotated[
    list[str] | None,
    typer.Option(
        "--hours",
        metavar="'DAYS HOURS…'",
        help="'mon-fri 09:00-14:00 16:00-19:00'; repeat it for other days.",
    ),
]
Zone = Annotated[str | None, typer.Option(help="IANA time zone, as Europe/Madrid.")]
Title = Annotated[str | None, typer.Option(help="What people read.")]
Country = Annotated[str | None, typer.Option(help="Its public holidays are free: ES, MX, US…")]
Region = Annotated[str | None, typer.Option(help="Its own holidays too: MD, CT, CA…")]
First = Annotated[
    str | None, typer.Option("--from", metavar="DAY", help="The first day; this week's Monday.")
]


def week_in_words(week: dict[str, list[str]]) -> str:
    """Return the hours of a week, days that are alike together: ``mon-fri 09:00-18:00``."""
    lines: list[tuple[str, str, list[str]]] = []
    for day, hours in week.items():
        if lines and lines[-1][2] == hours:
            lines[-1] = (lines[-1][0], day, hours)
        else:
            lines.append((day, day, hours))
    return "; ".join(
        f"{first if first == last else f'{first}-{last}'} {' '.join(hours)}"
        for first, last, hours in lines
        if hours
    )


def place_of(holidays: dict[str, str | None] | None) -> str:
    """Return whose holidays they are: ``ES-MD``."""
    if holidays is None:
        return "none"
    return "-".join(filter(None, (holidays["country"], holidays["region"])))


def week_of(hours: list[str]) -> dict[str, str]:
    """Read ``--hours``; of a day that is named twice all hours count.

    Raises ``Failure`` where a day is given without hours.
    """
    week: dict[str, str] = {}
    for one in hours:
        days, _, blocks = one.strip().partition(" ")
        if not blocks:
            raise Failure(f"{one!r} names no hours", remedy="write: 'mon-fri 09:00-18:00'")
        week[days] = ", ".join((week[days], blocks) if days in week else (blocks,))
    return week


def show_calendar(one: dict[str, Any]) -> None:
    """Print a calendar and a picture of its week."""
    print_fields(
        {
            "calendar": f"{one['name']}, revision {one['revision']}",
            "title": one["title"],
            "zone": one["zone"],
            "week": week_in_words(one["week"]).replace("; ", "\n"),
            "holidays": place_of(one["holidays"]),
            "special days": "\n".join(_special(day, each) for day, each in one["days"].items()),
        }
    )
    if "shown" in one:
        print()
        show_week(one["shown"])


def show_week(week: dict[str, Any]) -> None:
    """Print a picture of a week."""
    for line in picture(week):
        print(line)
    note(f"{week['zone']} time; half an hour a character")


def _special(day: str, one: dict[str, Any]) -> str:
    title = one["title"]["en"] if one["title"] else ""
    return " ".join(filter(None, (day, " ".join(one["hours"]) or "free", title)))


def with_week(api: Api, one: dict[str, Any], first: str | None = None) -> dict[str, Any]:
    """Return a calendar with seven days as they will really be."""
    shown = api.get(f"/v1/calendars/{part(one['name'])}/week", {"from": first})
    return {**one, "shown": shown}


def change(api: Api, path: str, changes: dict[str, Any]) -> Any:
    """Change what stands at ``path``, as it is now."""
    revision = api.get(path)["revision"]
    return api.call("PATCH", path, body=changes, headers={"If-Match": f'"{revision}"'})


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, CALENDARS, "no calendars"),
    examples("relevo calendars list"),
)
def list_calendars(api: Api) -> Any:
    """List the calendars policies can name."""
    return api.pages("/v1/calendars")


@api_command(
    app,
    "show",
    show_calendar,
    examples("relevo calendars show business", "relevo calendars show business --from 2027-01-04"),
)
def show(api: Api, name: Name, first: First = None) -> Any:
    """Show a calendar, and a picture of a week as it will really be."""
    return with_week(api, api.get(f"/v1/calendars/{part(name)}"), first)


@api_command(
    app,
    "add",
    show_calendar,
    examples(
        "relevo calendars add iberia --hours 'mon-fri 09:00-18:00' --zone Europe/Madrid "
        "--country ES --region MD",
        "relevo calendars add nights --hours 'mon-sun 22:00-06:00'",
    ),
)
def add(
    api: Api,
    name: Name,
    hours: Hours = None,
    zone: Zone = None,
    title: Title = None,
    country: Country = None,
    region: Region = None,
) -> Any:
    """Make a calendar. An end before the start is on the next day."""
    if not hours:
        raise Failure("say when people work", remedy="--hours 'mon-fri 09:00-18:00'")
    return with_week(
        api,
        api.post("/v1/calendars", {"name": name, **_given(hours, zone, title, country, region)}),
    )


@api_command(
    app,
    "change",
    show_calendar,
    examples(
        "relevo calendars change business --zone America/Bogota --country CO",
        "relevo calendars change business --hours 'mon-thu 08:00-17:00' --hours 'fri 08:00-14:00'",
    ),
)
def change_calendar(
    api: Api,
    name: Name,
    hours: Hours = None,
    zone: Zone = None,
    title: Title = None,
    country: Country = None,
    region: Region = None,
    no_holidays: Annotated[
        bool, typer.Option("--no-holidays", help="Public holidays are worked.")
    ] = False,
) -> Any:
    """Change a calendar. Deadlines still ahead are counted again."""
    changes = _given(hours, zone, title, country, region)
    if no_holidays:
        changes["holidays"] = None
    return with_week(api, change(api, f"/v1/calendars/{part(name)}", changes))


@api_command(
    app,
    "day",
    show_calendar,
    examples(
        "relevo calendars day business 12-24 09:00-13:00 --title 'Christmas Eve'",
        "relevo calendars day business 2027-03-19 --free --title 'San José'",
        "relevo calendars day business 12-24 --usual",
    ),
)
def day(
    api: Api,
    name: Name,
    day: Annotated[str, typer.Argument(metavar="DAY", help="2027-03-19, or 12-24 for every year.")],
    hours: Annotated[list[str] | None, typer.Argument(help="Its hours.")] = None,
    title: Title = None,
    free: Annotated[bool, typer.Option("--free", help="Nobody works.")] = False,
    usual: Annotated[bool, typer.Option("--usual", help="A day like any other again.")] = False,
) -> Any:
    """Make a day a holiday or half a day, once or every year."""
    if bool(hours) + free + usual != 1:
        raise Failure("say what the day is like: its hours, --free or --usual")
    path = f"/v1/calendars/{part(name)}"
    one = api.get(path)
    days = {each: about for each, about in one["days"].items() if each != day}
    if not usual:
        days[day] = {"hours": hours or [], "title": title}
    tag = {"If-Match": f'"{one["revision"]}"'}
    changed = api.call("PATCH", path, body={"days": days}, headers=tag)
    first = day if len(day) == len("2027-03-19") else None
    return with_week(api, changed, first)


def _show_due(due: dict[str, Any]) -> None:
    print(f"due {local(due['due_at'])}: {due['explanation']['en']}")


@api_command(
    app,
    "due",
    _show_due,
    examples(
        "relevo calendars due business 4h",
        "relevo calendars due business 8h --from 2027-01-05T16:00:00+01:00",
    ),
)
def due(
    api: Api,
    name: Name,
    within: Annotated[str, typer.Argument(metavar="TIME", help="Working time: 4h, 15m.")],
    start: Annotated[
        str | None, typer.Option("--from", metavar="MOMENT", help="When it begins; now.")
    ] = None,
) -> Any:
    """Tell when something would be due, and why then."""
    return api.get(f"/v1/calendars/{part(name)}/due", {"within": within, "from": start})


@api_command(
    app,
    "history",
    lambda rows: print_table(rows, REVISIONS, "no revisions"),
    examples("relevo calendars history business"),
)
def history(api: Api, name: Name) -> Any:
    """List how a calendar was each time it changed, newest first."""
    return api.pages(f"/v1/calendars/{part(name)}/revisions")


def _given(
    hours: list[str] | None,
    zone: str | None,
    title: str | None,
    country: str | None,
    region: str | None,
) -> dict[str, Any]:
    fields: dict[str, Any] = {"zone": zone, "title": title}
    given = {name: value for name, value in fields.items() if value is not None}
    if hours:
        given["week"] = week_of(hours)
    if country:
        given["holidays"] = {"country": country.upper(), "region": region and region.upper()}
    elif region:
        raise Failure("a region needs its country", remedy="--country ES --region MD")
    return given
