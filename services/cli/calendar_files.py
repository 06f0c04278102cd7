"""``relevo calendars apply``: calendars, teams' and people's hours from a file.

What the file leaves out stays as it is, so applying it twice changes nothing.
"""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from services.cli.calendars import change
from services.cli.client import Api, Refused, part
from services.cli.command import api_command, examples
from services.cli.failure import Failure
from services.cli.files import read_file
from services.cli.hours import hours_path
from services.cli.output import print_table
from services.cli.placed import told, usable
from services.cli.teams import team_path
from services.handoff.fields.placed import read_yaml, step

app = typer.Typer()  # part of `relevo calendars`

SECTIONS = ("calendars", "teams", "people")


@api_command(
    app,
    "apply",
    lambda rows: print_table(
        rows, {"what": "what", "name": "name", "result": "result"}, "the file names nothing"
    ),
    examples("relevo calendars apply hours.yaml", "cat hours.yaml | relevo calendars apply -"),
)
def apply(
    api: Api,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A YAML file; - reads a pipe.")],
) -> Any:
    """Make and change calendars, teams' calendars and people's hours as a file says.

    Every mistake is told with its place; what has none is applied.
    """
    name = "hours.yaml" if file == "-" else file
    with usable():
        document, places = read_yaml(read_file(file), name, SECTIONS)
    done, wrong = [], []
    for section in SECTIONS:
        for key, value in document.get(section, {}).items():
            try:
                result = APPLY[section](api, key, value)
                done.append({"what": section, "name": key, "result": result})
            except Failure as failure:
                wrong += told(failure, f"/{section}/{step(key)}", places)
    if wrong:
        applied = ", ".join(f"{one['name']} {one['result']}" for one in done) or "nothing"
        raise Failure(f"not all of {name} could be applied", wrong, f"applied: {applied}")
    return done


def _apply_calendar(api: Api, name: str, fields: Any) -> str:
    path = f"/v1/calendars/{part(name)}"
    try:
        before = api.get(path)
    except Refused as refused:
        if refused.status != 404:
            raise
        api.post("/v1/calendars", {**_object(fields), "name": name})
        return "added"
    return _changed(before, change(api, path, _object(fields)))


def _apply_team(api: Api, name: str, calendar: Any) -> str:
    path = team_path(api, name)
    return _changed(api.get(path), change(api, path, {"calendar": calendar}))


def _apply_person(api: Api, who: str, fields: Any) -> str:
    path = hours_path(api, who)
    return _changed(api.get(path), change(api, path, _object(fields)))


APPLY: dict[str, Callable[[Api, str, Any], str]] = {
    "calendars": _apply_calendar,
    "teams": _apply_team,
    "people": _apply_person,
}


def _changed(before: Any, after: Any) -> str:
    same = {**before, "revision": 0} == {**after, "revision": 0}
    return "unchanged" if same else "changed"


def _object(fields: Any) -> dict[str, Any]:
    if not isinstance(fields, dict):
        raise Failure("must be a mapping with keys like `week`")
    return fields
