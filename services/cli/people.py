"""``relevo people``: who works with leads."""

from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.output import Columns, print_fields, print_table

app = group("See and change who works with leads.")

PEOPLE: Columns = {
    "id": "person_id",
    "name": "name",
    "email": "email",
    "roles": "roles",
    "language": "language",
    "speaks": "languages",
    "skills": "skills",
    "zone": "zone",
    "channels": lambda one: [each["channel"] for each in one["channels"]],
    "active": "active",
    "last day": "last_day",
}

Who = Annotated[str, typer.Argument(metavar="PERSON", help="E-mail or id of the person.")]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", help="rep, marketing, sales, manager or admin; repeat it for more."),
]
Language = Annotated[
    Literal["es", "en"] | None, typer.Option(help="They are written to in; else the usual.")
]
Zone = Annotated[str | None, typer.Option(help="IANA time zone, as Europe/Madrid.")]
Channels = Annotated[
    list[str] | None,
    typer.Option("--channel", help="email, inbox, slack=URL, teams=URL or webhook=URL, in order."),
]
Speaks = Annotated[
    list[str] | None,
    typer.Option("--speaks", help="A language they talk to leads in, as es; repeat it."),
]
Skills = Annotated[
    list[str] | None, typer.Option("--skill", help="What they can do, as erp; repeat it.")
]
LastDay = Annotated[
    str | None,
    typer.Option("--last-day", metavar="DAY", help="As 2027-03-31: they leave when it ends."),
]


def person_id(api: Api, who: str) -> str:
    """Return the id of the person an e-mail address or an id names."""
    return str(find_person(api, who)["person_id"])


def find_person(api: Api, who: str) -> dict[str, Any]:
    """Return the person an e-mail address or an id names. Raises ``Failure``."""
    for person in api.pages("/v1/people"):
        if who.lower() in (person["email"].lower(), person["person_id"]):
            return dict(person)
    raise Failure(f"nobody here has the e-mail address or id {who}", remedy="relevo people list")


def show_person(one: dict[str, Any]) -> None:
    """Print a person, and in which teams they are."""
    fields = {title: one[cell] for title, cell in PEOPLE.items() if isinstance(cell, str)}
    channels = "\n".join(f"{each['channel']} {each['address']}" for each in one["channels"])
    teams = "\n".join(one.get("teams", ()))
    print_fields({**fields, "channels": channels, "teams": teams})


def share_in_words(member: dict[str, Any]) -> str:
    """Return what somebody takes of a team's leads."""
    weight = "no turns" if not member["weight"] else f"weight {member['weight']:g}"
    cap = "no cap" if member["cap"] is None else f"cap {member['cap']}"
    return f"{weight}, {cap}"


def channel_of(text: str) -> dict[str, str]:
    """Read ``slack=https://…``, or ``email``."""
    name, _, address = text.partition("=")
    return {"channel": name.strip(), "address": address.strip()}


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, PEOPLE, "nobody"),
    examples("relevo people list", "relevo people list --json"),
)
def list_people(
    api: Api, everybody: Annotated[bool, typer.Option("--all", help="Leavers too.")] = False
) -> Any:
    """List the people who work with leads."""
    return api.pages("/v1/people", {} if everybody else {"active": "true"})


@api_command(app, "show", show_person, examples("relevo people show ana@acme.com"))
def show(api: Api, who: Who) -> Any:
    """Show a person, and what they take in which team."""
    person = find_person(api, who)
    teams = [
        f"{team['name']}: {share_in_words(member)}"
        for team in api.pages("/v1/teams")
        for member in team["members"]
        if member["person_id"] == person["person_id"]
    ]
    return {**person, "teams": teams}


@api_command(
    app,
    "add",
    show_person,
    examples(
        "relevo people add 'Ana Ruiz' ana@acme.com --role rep --language es --zone Europe/Madrid",
        "relevo people add 'Sam Lee' sam@acme.com --role rep --speaks en --speaks fr --skill erp",
    ),
)
def add_person(
    api: Api,
    name: Annotated[str, typer.Argument(help="Full name.")],
    email: Annotated[str, typer.Argument(help="E-mail address.")],
    role: Roles = None,
    language: Language = None,
    zone: Zone = None,
    channel: Channels = None,
    speaks: Speaks = None,
    skill: Skills = None,
    last_day: LastDay = None,
) -> Any:
    """Add a person."""
    if not role:
        raise Failure("say what they do", remedy="--role rep")
    given = _given(role, language, zone, channel, speaks, skill, last_day)
    return api.post("/v1/people", {"name": name, "email": email, **given})


@api_command(
    app,
    "change",
    show_person,
    examples(
        "relevo people change ana@acme.com --speaks es --speaks pt --skill erp",
        "relevo people change ana@acme.com --last-day 2027-03-31",
        "relevo people change ana@acme.com --stays",
        "relevo people change ana@acme.com --back",
    ),
)
def change_person(
    api: Api,
    who: Who,
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    email: Annotated[str | None, typer.Option(help="Another e-mail address.")] = None,
    role: Roles = None,
    language: Language = None,
    zone: Zone = None,
    channel: Channels = None,
    speaks: Speaks = None,
    skill: Skills = None,
    no_skills: Annotated[bool, typer.Option("--no-skills", help="None any more.")] = False,
    last_day: LastDay = None,
    stays: Annotated[bool, typer.Option("--stays", help="No last day any more.")] = False,
    back: Annotated[bool, typer.Option("--back", help="Somebody who had left is back.")] = False,
) -> Any:
    """Change a person. What is repeated, like --speaks, replaces what was there."""
    if last_day and stays:
        raise Failure("a last day, or --stays: not both")
    changes = _given(role, language, zone, channel, speaks, skill, last_day)
    changes |= {key: value for key, value in (("name", name), ("email", email)) if value}
    changes |= {"skills": []} if no_skills else {}
    changes |= {"last_day": None} if stays else {}
    changes |= {"active": True} if back else {}
    if not changes:
        raise Failure("say what changes", remedy="relevo people change --help")
    return patch(api, f"/v1/people/{part(person_id(api, who))}", changes)


@api_command(
    app,
    "leave",
    show_person,
    examples(
        "relevo people leave ana@acme.com", "relevo people leave ana@acme.com --on 2027-03-31"
    ),
)
def leave(
    api: Api,
    who: Who,
    day: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="Their last day; now without it.")
    ] = None,
) -> Any:
    """Say that a person leaves: no new leads, no messages, no keys; their hand-offs move."""
    path = f"/v1/people/{part(person_id(api, who))}"
    return patch(api, path, {"active": False} if day is None else {"last_day": day})


def patch(api: Api, path: str, change: dict[str, Any]) -> Any:
    """Change what stands at ``path``, as it is now."""
    revision = api.get(path)["revision"]
    return api.call("PATCH", path, body=change, headers={"If-Match": f'"{revision}"'})


def _given(
    role: list[str] | None,
    language: str | None,
    zone: str | None,
    channel: list[str] | None,
    speaks: list[str] | None,
    skill: list[str] | None,
    last_day: str | None,
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "roles": role,
        "language": language,
        "zone": zone,
        "channels": [channel_of(one) for one in channel or ()],
        "languages": speaks,
        "skills": skill,
        "last_day": last_day,
    }
    return {name: value for name, value in fields.items() if value}
