"""``relevo teams``: who takes leads in turn, and how much of them."""

from typing import Annotated, Any

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.output import Columns, print_fields, print_table
from services.cli.people import Who, patch, person_id, share_in_words

app = group("See and change the teams that take leads in turn.")

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

TeamName = Annotated[str, typer.Argument(metavar="TEAM", help="Name or id of the team.")]
Calendar = Annotated[str | None, typer.Option(help="The calendar with its hours.")]
Weight = Annotated[
    float | None, typer.Option(help="Turns beside the others': 2 for twice as many, 0 for none.")
]
Cap = Annotated[int | None, typer.Option(help="Active hand-offs at most.")]


def find_team(api: Api, name: str) -> dict[str, Any]:
    """Return a team by its name or id. Raises ``Failure``."""
    for team in api.pages("/v1/teams"):
        if name in (team["name"], team["team_id"]):
            return dict(team)
    raise Failure(f"no team has the name or id {name}", remedy="relevo teams list")


def team_path(api: Api, name: str) -> str:
    """Return where a team stands, by its name or id. Raises ``Failure``."""
    return f"/v1/teams/{part(find_team(api, name)['team_id'])}"


def show_team(one: dict[str, Any]) -> None:
    """Print a team, and what each member takes."""
    fields = {name: one[name] for name in ("team_id", "name", "revision")}
    fields["takes leads"] = one["takes_leads"]
    members = "\n".join(
        f"{each['name']}{'' if each['active'] else ' (has left)'}: {share_in_words(each)}, "
        f"{each['dealt']} so far"
        for each in one["members"]
    )
    calendar = one["calendar"] or "day and night"
    fallback = one["fallback"]["name"]
    print_fields({**fields, "calendar": calendar, "fallback": fallback, "members": members})


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, TEAMS, "no teams: the last resort gets every lead"),
    examples("relevo teams list"),
)
def list_teams(api: Api) -> Any:
    """List teams; the number behind a member counts the leads dealt to them."""
    return api.pages("/v1/teams")


@api_command(app, "show", show_team, examples("relevo teams show Iberia"))
def show(api: Api, team: TeamName) -> Any:
    """Show a team: who is in it, and what each takes."""
    return find_team(api, team)


@api_command(
    app,
    "add",
    show_team,
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
    calendar: Calendar = None,
) -> Any:
    """Make a team. The first one takes the leads."""
    new: dict[str, Any] = {
        "name": name,
        "fallback_id": person_id(api, fallback),
        "members": [person_id(api, one) for one in member or ()],
    }
    new |= {"takes_leads": True} if takes_leads else {}
    new |= {"calendar": calendar} if calendar else {}
    return api.post("/v1/teams", new)


@api_command(
    app,
    "change",
    show_team,
    examples(
        "relevo teams change Iberia --fallback eva@acme.com",
        "relevo teams change Iberia --takes-leads --calendar business",
    ),
)
def change_team(
    api: Api,
    team: TeamName,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    fallback: Annotated[
        str | None, typer.Option(help="Who takes what nobody in the team can.")
    ] = None,
    takes_leads: Annotated[
        bool, typer.Option("--takes-leads", help="New hand-offs go to this team from now on.")
    ] = False,
    calendar: Calendar = None,
    day_and_night: Annotated[
        bool, typer.Option("--day-and-night", help="No calendar any more.")
    ] = False,
) -> Any:
    """Change a team."""
    changes: dict[str, Any] = {"name": name, "calendar": calendar}
    changes = {key: value for key, value in changes.items() if value}
    changes |= {"fallback_id": person_id(api, fallback)} if fallback else {}
    changes |= {"takes_leads": True} if takes_leads else {}
    changes |= {"calendar": None} if day_and_night else {}
    if not changes:
        raise Failure("say what changes", remedy="relevo teams change --help")
    return patch(api, team_path(api, team), changes)


@api_command(
    app,
    "member",
    show_team,
    examples(
        "relevo teams member Iberia ana@acme.com",
        "relevo teams member Iberia ana@acme.com --weight 0.5 --cap 30",
        "relevo teams member Iberia ana@acme.com --no-cap",
        "relevo teams member Iberia ana@acme.com --remove",
    ),
)
def member(
    api: Api,
    team: TeamName,
    who: Who,
    weight: Weight = None,
    cap: Cap = None,
    no_cap: Annotated[bool, typer.Option("--no-cap", help="As many as come.")] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Not in the team any more; hand-offs stay theirs.")
    ] = False,
) -> Any:
    """Let somebody into a team, say what they take of its leads, or let them go."""
    if (cap is not None) + no_cap > 1:
        raise Failure("a cap, or --no-cap: not both")
    one, person = find_team(api, team), person_id(api, who)
    others = [each["person_id"] for each in one["members"] if each["person_id"] != person]
    given: dict[str, Any] = {"person_id": person}
    given |= {} if weight is None else {"weight": weight}
    given |= {} if cap is None else {"cap": cap}
    given |= {"cap": None} if no_cap else {}
    members = others if remove else [*others, given]
    tag = {"If-Match": f'"{one["revision"]}"'}
    path = f"/v1/teams/{part(one['team_id'])}"
    return api.call("PATCH", path, body={"members": members}, headers=tag)
