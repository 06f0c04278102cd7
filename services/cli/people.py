"""``relevo people`` and ``relevo teams``: who works with leads."""

from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.output import Columns, print_fields, print_table

app = group("See and change who works with leads.")
teams_app = group("See and change the teams that take leads in turn.")

PEOPLE: Columns = {
    "id": "person_id",
    "name": "name",
    "email": "email",
    "roles": "roles",
    "language": "language",
    "zone": "zone",
    "channels": lambda one: [each["channel"] for each in one["channels"]],
    "active": "active",
}
TEAMS: Columns = {
    "id": "team_id",
    "name": "name",
    "takes leads": "takes_leads",
    "calendar": lambda one: one.get("calendar") or "day and night",
    "fallback": "fallback.name",
    "members": lambda one: [
        f"{each['name']} ({each['dealt']})" for each in one["members"] if each["active"]
    ],
}

Who = Annotated[str, typer.Argument(metavar="PERSON", help="E-mail or id of the person.")]


def person_id(api: Api, who: str) -> str:
    """Return the id of the person an e-mail address or an id names."""
    for person in api.pages("/v1/people"):
        if who.lower() in (person["email"].lower(), person["person_id"]):
            return str(person["person_id"])
    raise Failure(f"nobody here has the e-mail address or id {who}", remedy="relevo people list")


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


@api_command(
    app,
    "add",
    print_fields,
    examples(
        "relevo people add 'Ana Ruiz' ana@acme.com --role rep --language es --zone Europe/Madrid",
        "relevo people add 'Sam Lee' sam@acme.com --role marketing --role manager",
    ),
)
def add_person(
    api: Api,
    name: Annotated[str, typer.Argument(help="Full name.")],
    email: Annotated[str, typer.Argument(help="E-mail address.")],
    role: Annotated[
        list[str], typer.Option(help="rep, marketing, sales, manager or admin; repeat it for more.")
    ],
    language: Annotated[
        Literal["es", "en"] | None, typer.Option(help="The installation's unless given.")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="IANA time zone, as Europe/Madrid.")] = None,
    channel: Annotated[
        list[str] | None,
        typer.Option(help="email, inbox, slack=URL, teams=URL or webhook=URL, in order."),
    ] = None,
) -> Any:
    """Add a person."""
    new: dict[str, Any] = {"name": name, "email": email, "roles": role}
    new |= {key: value for key, value in (("language", language), ("zone", zone)) if value}
    if channel:
        new["channels"] = [_channel(one) for one in channel]
    return api.post("/v1/people", new)


@api_command(app, "leave", print_fields, examples("relevo people leave ana@acme.com"))
def leave(api: Api, who: Who) -> Any:
    """Say that a person has left: no new leads, no messages, no keys."""
    path = f"/v1/people/{part(person_id(api, who))}"
    return _patch(api, path, {"active": False})


@api_command(
    teams_app,
    "list",
    lambda rows: print_table(rows, TEAMS, "no teams: the last resort gets every lead"),
    examples("relevo teams list"),
)
def list_teams(api: Api) -> Any:
    """List teams; the number behind a member counts the leads dealt to them."""
    return api.pages("/v1/teams")


@api_command(
    teams_app,
    "add",
    print_fields,
    examples("relevo teams add Iberia --fallback eva@acme.com --member ana@acme.com --takes-leads"),
)
def add_team(
    api: Api,
    name: Annotated[str, typer.Argument(help="The team's name.")],
    fallback: Annotated[str, typer.Option(help="Who takes what nobody in the team can.")],
    member: Annotated[list[str] | None, typer.Option(help="E-mail or id; repeat it.")] = None,
    takes_leads: Annotated[
        bool, typer.Option("--takes-leads", help="New hand-offs go to this team from now on.")
    ] = False,
) -> Any:
    """Make a team. The first one takes the leads."""
    new: dict[str, Any] = {
        "name": name,
        "fallback_id": person_id(api, fallback),
        "members": [person_id(api, one) for one in member or ()],
    }
    if takes_leads:
        new["takes_leads"] = True
    return api.post("/v1/teams", new)


def _patch(api: Api, path: str, change: dict[str, Any]) -> Any:
    revision = api.get(path)["revision"]
    return api.call("PATCH", path, body=change, headers={"If-Match": f'"{revision}"'})


def _channel(text: str) -> dict[str, str]:
    name, _, address = text.partition("=")
    return {"channel": name, "address": address}
