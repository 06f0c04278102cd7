"""``relevo lists``: the lists that policies name, and what is on them."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from services.cli.client import Api, part
from services.cli.command import api_command, examples, group
from services.cli.failure import Failure
from services.cli.output import Columns, local, note, print_fields, print_table

app = group("See and change the lists that policies name.")

AT_ONCE = 4_000  # values a request: well below what the server takes in one body
LISTS: Columns = {
    "list": "name",
    "version": "number",
    "values": "size",
    "used by": "used_by",
    "changed": lambda one: f"{local(one['made_at'])} {one['made_by']}",
}
VERSIONS: Columns = {
    "version": "number",
    "values": "size",
    "added": "added",
    "removed": "removed",
    "when": lambda one: local(one["made_at"]),
    "who": "made_by",
    "why": "why",
}

ListName = Annotated[str, typer.Argument(metavar="LIST", help="The list's name.")]
GivenValues = Annotated[list[str], typer.Argument(metavar="VALUE...", help="Values.")]
File = Annotated[
    str, typer.Argument(metavar="FILE", help="Values, one a line, or CSV; - reads a pipe.")
]
Column = Annotated[
    str | None, typer.Option(help="The column of a CSV file whose first line names its columns.")
]
Why = Annotated[str, typer.Option(help="Why, for whoever reads the list's history.")]


@api_command(
    app,
    "list",
    lambda rows: print_table(rows, LISTS, "no lists"),
    examples("relevo lists list"),
)
def list_lists(api: Api) -> Any:
    """List the lists, with the policies in force that name them."""
    return api.pages("/v1/lists")


def _print_values(found: dict[str, Any]) -> None:
    note(f"{found['name']} version {found['number']}: {len(found['values'])} values")
    for value in found["values"]:
        print(value)


@api_command(
    app,
    "show",
    _print_values,
    examples("relevo lists show competitors", "relevo lists show competitors --number 3"),
)
def show_list(
    api: Api,
    name: ListName,
    number: Annotated[int | None, typer.Option(min=1, help="A version; else as it is now.")] = None,
) -> Any:
    """Print what is on a list, one value a line."""
    path = f"/v1/lists/{part(name)}"
    found = api.get(path)
    values = api.pages(f"{path}/values", {"version": number})
    return {"name": found["name"], "number": number or found["number"], "values": values}


@api_command(
    app,
    "create",
    print_fields,
    examples("relevo lists create partners", "relevo lists create competitors rival.com"),
)
def create_list(
    api: Api,
    name: ListName,
    value: Annotated[list[str] | None, typer.Argument(metavar="[VALUE]...", help="Values.")] = None,
    why: Why = "",
) -> Any:
    """Make a list, which policies may name from then on."""
    return api.post("/v1/lists", {"name": name, "values": value or [], "why": why})


@api_command(
    app,
    "add",
    print_fields,
    examples("relevo lists add competitors rival.com other-rival.com --why 'new in the market'"),
)
def add_values(api: Api, name: ListName, value: GivenValues, why: Why = "") -> Any:
    """Put values on a list.

    They count from the next evaluation on; the policies that name it need no new version.
    """
    return _change(api, name, {"add": value, "why": why})


@api_command(app, "remove", print_fields, examples("relevo lists remove competitors rival.com"))
def remove_values(api: Api, name: ListName, value: GivenValues, why: Why = "") -> Any:
    """Take values off a list."""
    return _change(api, name, {"remove": value, "why": why})


@api_command(
    app,
    "import",
    print_fields,
    examples(
        "relevo lists import customers customers.txt",
        "relevo lists import customers export.csv --column domain --mode add",
    ),
)
def import_values(
    api: Api,
    name: ListName,
    file: File,
    column: Column = None,
    mode: Annotated[
        Literal["replace", "add", "remove"],
        typer.Option(help="What becomes of the values that are there."),
    ] = "replace",
    why: Why = "",
) -> Any:
    """Take the values of a file in: one a line, or a column of a CSV file.

    A long file goes in several versions, what is new first and what is gone last, so that
    nothing that stays on the list is ever off it.
    """
    from services.handoff.domain.list_files import UnreadableFile, read_values

    try:
        values = read_values(_read(file), column)
    except UnreadableFile as error:
        raise Failure(f"{file}: {error}") from None
    why = why or f"from {Path(file).name}"
    if mode != "replace":
        return _in_parts(api, name, mode, values, why)
    if len(values) <= AT_ONCE:
        path = f"/v1/lists/{part(name)}"
        return _send(api, "PUT", f"{path}/values", path, {"values": values, "why": why})
    return _replace_in_parts(api, name, values, why)


@api_command(
    app,
    "history",
    lambda rows: print_table(rows, VERSIONS, "no versions"),
    examples("relevo lists history competitors"),
)
def history(api: Api, name: ListName) -> Any:
    """List the versions of a list, newest first: who changed it, when and why."""
    return api.pages(f"/v1/lists/{part(name)}/versions")


@api_command(
    app, "delete", lambda _answer: note("deleted"), examples("relevo lists delete partners")
)
def delete_list(api: Api, name: ListName, why: Why = "") -> Any:
    """Delete a list that no policy in force names."""
    path = f"/v1/lists/{part(name)}"
    revision = api.get(path)["number"]
    return api.call("DELETE", path, query={"why": why}, headers={"If-Match": f'"{revision}"'})


def _replace_in_parts(api: Api, name: str, values: list[str], why: str) -> Any:
    """Add first and remove afterwards; the server compares values as policies do."""
    from services.handoff.domain.comparing import comparable

    _in_parts(api, name, "add", values, why)
    wanted = {comparable(value) for value in values}
    held = api.pages(f"/v1/lists/{part(name)}/values")
    gone = [value for value in held if comparable(value) not in wanted]
    return _in_parts(api, name, "remove", gone, why)


def _in_parts(api: Api, name: str, what: str, values: list[str], why: str) -> Any:
    found = api.get(f"/v1/lists/{part(name)}")
    for start in range(0, len(values), AT_ONCE):
        found = _change(api, name, {what: values[start : start + AT_ONCE], "why": why})
    return found


def _change(api: Api, name: str, change: dict[str, Any]) -> Any:
    path = f"/v1/lists/{part(name)}"
    return _send(api, "POST", f"{path}/values", path, change)


def _send(api: Api, method: str, path: str, of_list: str, body: dict[str, Any]) -> Any:
    revision = api.get(of_list)["number"]
    return api.call(method, path, body=body, headers={"If-Match": f'"{revision}"'})


def _read(file: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Failure(f"{file} is not UTF-8: {error.reason} at byte {error.start}") from None
