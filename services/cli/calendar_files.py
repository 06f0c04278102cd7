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
from services.cli.hours import hours_path, team_path
from services.cli.output import print_table

app = typer.Typer()  # part of `relevo calendars`

SECTIONS = ("calendars", "teams", "people")
Places = dict[str, tuple[int, int]]


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
    document, places = _read(read_file(file), name)
    done, wrong = [], []
    for section in SECTIONS:
        for key, value in document.get(section, {}).items():
            try:
                result = APPLY[section](api, key, value)
                done.append({"what": section, "name": key, "result": result})
            except Failure as failure:
                wrong += _told(failure, name, f"/{section}/{_step(key)}", places)
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


def _read(content: bytes, name: str) -> tuple[dict[str, Any], Places]:
    """Return what the file says, and where each value stands. Raises ``Failure``."""
    from services.handoff.policy_document.yaml_tree import Unreadable, read_tree

    places: Places = {}
    try:
        document = _plain(read_tree(content), "", places)
    except Unreadable as fault:
        where = f"{name}:{fault.place.line}:{fault.place.column}"
        raise Failure(f"{name} cannot be read", [f"{where}: {fault.message}"]) from None
    if not isinstance(document, dict):
        raise Failure(f"{name} must hold {', '.join(SECTIONS)}")
    wrong = [
        f"{_at(f'/{_step(key)}', name, places)}: must be a mapping; the file holds "
        f"{', '.join(SECTIONS)}"
        for key, value in document.items()
        if key not in SECTIONS or not isinstance(value, dict)
    ]
    if wrong:
        raise Failure(f"{name} cannot be used", wrong)
    return document, places


def _plain(node: Any, path: str, places: Places) -> Any:
    from services.handoff.policy_document.yaml_tree import Mapping, Sequence

    places.setdefault(path, (node.place.line, node.place.column))
    if isinstance(node, Mapping):
        found: dict[str, Any] = {}
        for key, value in node.entries:
            inside = f"{path}/{_step(key.text)}"
            places[inside] = (key.place.line, key.place.column)
            if key.text in found:
                raise Failure(f"line {key.place.line}: `{key.text}` is there twice")
            found[key.text] = _plain(value, inside, places)
        return found
    if isinstance(node, Sequence):
        return [_plain(item, f"{path}/{at}", places) for at, item in enumerate(node.items)]
    return node.value


def _told(failure: Failure, name: str, path: str, places: Places) -> list[str]:
    errors = failure.document.get("errors") or []
    found = [
        f"{_at(path + str(one.get('pointer', '')), name, places)}: {one['message']}"
        for one in errors
        if isinstance(one, dict)
    ]
    return found or [f"{_at(path, name, places)}: {failure.what}"]


def _at(path: str, name: str, places: Places) -> str:
    """Return the place of a value, or of the nearest one around it."""
    while path not in places:
        path = path.rpartition("/")[0]
    line, column = places[path]
    return f"{name}:{line}:{column}"


def _step(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
