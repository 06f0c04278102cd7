"""``relevo territories``: which leads a team or a person takes before all others."""

from typing import Annotated, Any

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.leads import lead_id
from services.cli.output import Columns, local, print_fields, print_table
from services.cli.people import patch, person_id
from services.cli.teams import find_team

app = group("See and change territories: which leads go to which team or person.")

LISTED = {
    "countries": "country",
    "regions": "region",
    "languages": "language",
    "domains": "company",
    "lists": "on list",
    "products": "product",
    "segments": "segment",
    "policies": "policy",
}
SHOWN = 6  # values of a condition

TerritoryName = Annotated[
    str, typer.Argument(metavar="TERRITORY", help="Name or id of the territory.")
]
Title = Annotated[str | None, typer.Option(help="What people read.")]
Position = Annotated[
    int | None, typer.Option(help="Asked in this order; the first that holds has the lead.")
]
Team = Annotated[str | None, typer.Option(help="The team that takes its leads, or")]
Person = Annotated[str | None, typer.Option(help="the person who does: e-mail or id.")]


def _values(name: str, help_text: str) -> Any:
    return typer.Option(f"--{name}", help=f"{help_text}; repeat it for more.")


Countries = Annotated[list[str] | None, _values("country", "ISO 3166 or its name: ES, Portugal")]
Regions = Annotated[list[str] | None, _values("region", "ISO 3166-2 or its name: ES-MD")]
Languages = Annotated[list[str] | None, _values("language", "The lead's, as es or pt-BR")]
Domains = Annotated[list[str] | None, _values("domain", "A company, as acme.com")]
Lists = Annotated[list[str] | None, _values("list", "A list of companies")]
Products = Annotated[list[str] | None, _values("product", "What the fact `product` says")]
Segments = Annotated[list[str] | None, _values("segment", "What the fact `segment` says")]
Policies = Annotated[list[str] | None, _values("policy", "The policy that hands the lead over")]
AtLeast = Annotated[int | None, typer.Option("--at-least", help="Employees, this or more.")]
AtMost = Annotated[int | None, typer.Option("--at-most", help="Employees, this or fewer.")]


def conditions_in_words(one: dict[str, Any]) -> list[str]:
    """Return the conditions of a territory, a line each."""
    lines = []
    for name, title in LISTED.items():
        values = one[name]
        if values:
            more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
            lines.append(f"{title} {', '.join(values[:SHOWN])}{more}")
    size = one["employees"] or {}
    if size:
        bounds = (f"{name.replace('_', ' ')} {number}" for name, number in size.items())
        lines.append(f"employees {', '.join(bounds)}")
    return lines or ["every lead"]


TERRITORIES: Columns = {
    "position": "position",
    "name": "name",
    "title": "title",
    "goes to": "taker",
    "when": lambda one: "; ".join(conditions_in_words(one)),
    "active": "active",
}
REVISIONS: Columns = {
    "revision": "revision",
    "changed": lambda one: local(one["changed_at"]),
    "by": "changed_by",
    "position": "position",
    "when": lambda one: "; ".join(conditions_in_words(one)),
    "active": "active",
}
ANSWERS: Columns = {
    "position": "position",
    "territory": "name",
    "has the lead": "is_met",
    "because": "reason.en",
}


def show_territory(one: dict[str, Any]) -> None:
    """Print a territory."""
    fields = {name: one[name] for name in ("name", "title", "position", "active", "revision")}
    when = "\n".join(conditions_in_words(one))
    print_fields({**fields, "goes to": one["taker"], "when": when})


def find_territory(api: Api, name: str) -> dict[str, Any]:
    """Return a territory by its name or id. Raises ``Failure``."""
    for one in api.pages("/v1/territories"):
        if name in (one["name"], one["territory_id"]):
            return dict(one)
    raise Failure(f"no territory has the name or id {name}", remedy="relevo territories list")


def with_takers(api: Api, rows: list[Any]) -> list[dict[str, Any]]:
    """Return territories with the names of who takes their leads."""
    teams = {one["team_id"]: f"team {one['name']}" for one in api.pages("/v1/teams")}
    people = {one["person_id"]: one["name"] for one in api.pages("/v1/people")}
    named = teams | people
    return [{**one, "taker": named.get(one["team_id"] or one["person_id"], "")} for one in rows]


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, TERRITORIES, "no territories"),
    examples("relevo territories list"),
)
def list_territories(
    api: Api,
    everything: Annotated[bool, typer.Option("--all", help="Those out of use too.")] = False,
) -> Any:
    """List territories in the order they are asked; the first that holds has the lead."""
    query = {} if everything else {"active": "true"}
    return with_takers(api, api.pages("/v1/territories", query))


@api_command(app, "show", show_territory, examples("relevo territories show iberia"))
def show(api: Api, name: TerritoryName) -> Any:
    """Show a territory."""
    return with_takers(api, [find_territory(api, name)])[0]


@api_command(
    app,
    "add",
    show_territory,
    examples(
        "relevo territories add iberia --team Iberia --country ES --country PT",
        "relevo territories add key --person eva@acme.com --list key_accounts --position 5",
        "relevo territories add big --team Enterprise --at-least 500",
    ),
)
def add(
    api: Api,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A short name, as iberia.")],
    team: Team = None,
    person: Person = None,
    title: Title = None,
    position: Position = None,
    country: Countries = None,
    region: Regions = None,
    language: Languages = None,
    domain: Domains = None,
    on_list: Lists = None,
    at_least: AtLeast = None,
    at_most: AtMost = None,
    product: Products = None,
    segment: Segments = None,
    policy: Policies = None,
) -> Any:
    """Make a territory. All conditions must hold; of one that is repeated, any value."""
    listed = (country, region, language, domain, on_list, product, segment, policy)
    said = _said(api, team, person, title, position, listed, at_least, at_most)
    return with_takers(api, [api.post("/v1/territories", {"name": name, **said})])[0]


@api_command(
    app,
    "change",
    show_territory,
    examples(
        "relevo territories change iberia --country ES --country PT --country AD",
        "relevo territories change iberia --without regions --position 5",
        "relevo territories change iberia --off",
    ),
)
def change(
    api: Api,
    name: TerritoryName,
    team: Team = None,
    person: Person = None,
    title: Title = None,
    position: Position = None,
    country: Countries = None,
    region: Regions = None,
    language: Languages = None,
    domain: Domains = None,
    on_list: Lists = None,
    at_least: AtLeast = None,
    at_most: AtMost = None,
    product: Products = None,
    segment: Segments = None,
    policy: Policies = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="No longer asked: countries, regions, languages, domains, lists, employees, "
            "products, segments or policies; repeat it for more.",
        ),
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Nobody is asked about it.")] = False,
    on: Annotated[bool, typer.Option("--on", help="In use again.")] = False,
) -> Any:
    """Change a territory. A condition that is given replaces the one that was there."""
    listed = (country, region, language, domain, on_list, product, segment, policy)
    said = _said(api, team, person, title, position, listed, at_least, at_most)
    for condition in without or ():
        if condition not in (*LISTED, "employees"):
            raise Failure(f"no condition is called {condition!r}", [", ".join(LISTED)])
        said[condition] = None
    said |= {"active": on} if on != off else {}
    if not said:
        raise Failure("say what changes", remedy="relevo territories change --help")
    path = f"/v1/territories/{part(find_territory(api, name)['territory_id'])}"
    return with_takers(api, [patch(api, path, said)])[0]


@api_command(
    app,
    "history",
    lambda rows: print_table(rows, REVISIONS, "no revisions"),
    examples("relevo territories history iberia"),
)
def history(api: Api, name: TerritoryName) -> Any:
    """List how a territory was each time it changed, newest first."""
    territory_id = find_territory(api, name)["territory_id"]
    return api.pages(f"/v1/territories/{part(territory_id)}/revisions")


@api_command(
    app,
    "ask",
    lambda rows: print_table(rows, ANSWERS, "no territories"),
    examples("relevo territories ask eva@acme.com --policy b2b-software"),
)
def ask(
    api: Api,
    lead: Annotated[str, typer.Argument(metavar="LEAD", help="E-mail or id of the lead.")],
    policy: Annotated[str, typer.Option(help="The policy that would hand the lead over.")],
) -> Any:
    """Tell whose territory a lead is in now, and why."""
    return api.get(f"/v1/leads/{part(lead_id(api, lead))}/territories", {"policy": policy})


def _said(
    api: Api,
    team: str | None,
    person: str | None,
    title: str | None,
    position: int | None,
    listed: tuple[list[str] | None, ...],
    at_least: int | None,
    at_most: int | None,
) -> dict[str, Any]:
    names = (
        *("countries", "regions", "languages", "domains", "lists"),
        *("products", "segments", "policies"),
    )
    fields: dict[str, Any] = dict(zip(names, listed, strict=True))
    fields |= {"title": title, "position": position}
    said = {name: value for name, value in fields.items() if value}
    if team is not None:
        said["team_id"] = find_team(api, team)["team_id"]
    if person is not None:
        said["person_id"] = person_id(api, person)
    size = {"at_least": at_least, "at_most": at_most}
    if bounds := {name: number for name, number in size.items() if number is not None}:
        said["employees"] = bounds
    return said
