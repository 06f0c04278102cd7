"""``relevo people|teams|territories import`` and ``export``: all three from files, and into them.

A YAML file holds people by e-mail address, teams and territories by name; a CSV file holds
people, one a line. What a file leaves out stays as it is, so the same once more changes
nothing. All of it is done or nothing, and every mistake is told with its place.
"""

import json
import sys
from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api, Refused
from services.cli.command import api_command, examples
from services.cli.failure import Failure
from services.cli.files import read_file
from services.cli.output import Columns, note, print_table
from services.cli.people_csv import people_as_csv
from services.cli.placed import told, usable
from services.handoff.fields.staff_files import SECTIONS, Section, read_files

UNSAID = ("person_id", "team_id", "territory_id", "revision")

REPORT: Columns = {
    "what": "what",
    "name": "name",
    "result": "result",
    "changes": lambda one: "\n".join(
        f"{name}: {_short(before)} → {_short(after)}"
        for name, (before, after) in one["changes"].items()
    ),
}


def add_to(group: typer.Typer, section: Section) -> None:
    """Add ``import`` and ``export`` to the commands of a section."""
    file = {"people": "people.csv", "teams": "staff.yaml", "territories": "staff.yaml"}[section]
    api_command(
        group,
        "import",
        show_report,
        examples(
            f"relevo {section} import {file} --dry-run",
            f"relevo {section} import people.csv staff.yaml",
        ),
    )(import_files)

    def export(
        api: Api,
        everything: Annotated[
            bool, typer.Option("--all", help="People, teams and territories in one file.")
        ] = False,
        layout: Annotated[
            Literal["yaml", "csv"], typer.Option(help="CSV is for people alone.")
        ] = "yaml",
    ) -> Any:
        """Write what there is as a file that `import` reads; it goes to standard output."""
        if layout == "csv" and (everything or section != "people"):
            raise Failure("only people go into a CSV file", remedy="leave out --layout csv")
        found = everything_of(api, SECTIONS if everything else (section,))
        return {"layout": layout, **found}

    shown = ("relevo {0} export > {0}.yaml", "relevo {0} export --all > staff.yaml")
    api_command(group, "export", write_export, examples(*(line.format(section) for line in shown)))(
        export
    )


def import_files(
    api: Api,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="YAML or CSV; - reads a pipe.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
) -> Any:
    """Make and change people, teams and territories as files say: all of it or nothing."""
    with usable():
        document, places = read_files([(file, read_file(file)) for file in files])
    query = "?dry_run=true" if dry_run else ""
    try:
        return api.post(f"/v1/people/import{query}", document)
    except Refused as refused:
        if not refused.document.get("errors"):
            raise
        wrong = told(refused, "", places)
        raise Failure("nothing was changed", wrong, "mend it, then try again") from None


def show_report(report: dict[str, Any]) -> None:
    """Print what became of everything, or what would."""
    items = [one for one in report["items"] if one["result"] != "unchanged"]
    print_table(items, REPORT, "nothing to change: everything is as the files say")
    same = len(report["items"]) - len(items)
    if items and same:
        note(f"{same} more are as the files say")
    if report["dry_run"]:
        note("a dry run: nothing was changed")


# --- export -------------------------------------------------------------------------------


def everything_of(api: Api, sections: tuple[Section, ...]) -> dict[str, Any]:
    """Return what there is, as files say it."""
    people = api.pages("/v1/people")
    teams = api.pages("/v1/teams") if sections != ("people",) else []
    found: dict[str, Any] = {}
    if "people" in sections:
        found["people"] = {one["email"]: _person(one) for one in people}
    if "teams" in sections:
        here = {one["email"] for one in people if one["active"]}
        found["teams"] = {one["name"]: _team(one, here) for one in teams}
    if "territories" in sections:
        names = {one["team_id"]: one["name"] for one in teams}
        emails = {one["person_id"]: one["email"] for one in people}
        found["territories"] = {
            one["name"]: _territory(one, names, emails) for one in api.pages("/v1/territories")
        }
    return found


def write_export(found: dict[str, Any]) -> None:
    """Write an export as YAML or as CSV."""
    if found.pop("layout") == "csv":
        sys.stdout.write(people_as_csv(found["people"]))
        return
    from ruamel.yaml import YAML

    writer = YAML()
    writer.width = 100
    writer.dump(found, sys.stdout)


def _person(one: dict[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in one.items() if name not in (*UNSAID, "email")}
    said["channels"] = [_channel(each, one["email"]) for each in one["channels"]]
    return {name: value for name, value in said.items() if value not in (None, [])}


def _channel(one: dict[str, str], email: str) -> str:
    plain = one["address"] in ("", email)
    return one["channel"] if plain else f"{one['channel']}={one['address']}"


def _team(one: dict[str, Any], here: set[str]) -> dict[str, Any]:
    """Return a team; of its fallbacks and members only those who are ``here``."""
    members = {
        each["email"]: {
            name: value
            for name, value in (("weight", each["weight"]), ("cap", each["cap"]))
            if value is not None
        }
        for each in one["members"]
        if each["active"]
    }
    said = {"fallback": one["fallback"]["email"], "takes_leads": one["takes_leads"]}
    fallbacks = [each["email"] for each in one["fallbacks"] if each["email"] in here]
    more = {name: one[name] for name in ("calendar", "window_days", "requires") if one[name]}
    more |= {"fallbacks": fallbacks} if fallbacks else {}
    return {**said, **more, "members": members}


def _territory(
    one: dict[str, Any], teams: dict[str, str], emails: dict[str, str]
) -> dict[str, Any]:
    said = {name: value for name, value in one.items() if name not in (*UNSAID, "name")}
    taker = {"team": teams.get(one["team_id"]), "person": emails.get(one["person_id"])}
    return {name: value for name, value in (taker | said).items() if value not in (None, [])}


def _short(value: Any) -> str:
    if value in (None, [], {}):
        return "none"
    if isinstance(value, list):
        return ", ".join(map(_short, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | bool) else str(value)
