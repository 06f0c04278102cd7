"""People as a table: CSV with a line of headings, as a spreadsheet saves it.

An empty cell says nothing; ``-`` says *none*. Several values in a cell stand between
semicolons.
"""

import csv
import io
import re
from difflib import get_close_matches
from typing import Any

from services.handoff.fields.file_phrases import at, reason, told
from services.handoff.fields.placed import Places, Unusable, step

HEADINGS = {
    "email": ("email", "e-mail", "mail", "correo", "correo electrónico"),
    "name": ("name", "nombre"),
    "roles": ("roles", "role", "rol", "papeles"),
    "language": ("language", "idioma"),
    "zone": ("zone", "time zone", "timezone", "zona", "zona horaria"),
    "languages": ("languages", "speaks", "idiomas", "habla"),
    "skills": ("skills", "skill", "conocimientos", "habilidades"),
    "last_day": ("last_day", "last day", "último día", "ultimo dia"),
    "active": ("active", "activo", "activa"),
    "channels": ("channels", "channel", "canales"),
}
LISTS = ("roles", "languages", "skills", "channels")
TRUTHS = {
    **dict.fromkeys(("yes", "true", "1", "sí", "si", "x"), True),
    **dict.fromkeys(("no", "false", "0"), False),
}
NONE = "-"
_SEVERAL = re.compile(r"\s*[;|]\s*")
_MORE_THAN_TEXT = "'=+-@"


def read_people(content: bytes, name: str) -> tuple[dict[str, Any], Places]:
    """Return the people of a table, and where each value stands. Raises ``Unusable``.

    The place of a cell is its line and its column: ``people.csv:3:2``.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        what = told("{name} is not UTF-8 text", name=name)
        raise Unusable(what, remedy="save it as CSV UTF-8") from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    people: dict[str, Any] = {}
    places: Places = {}
    wrong: list[str] = []
    try:
        fields = _fields(next(reader, []), name)
        for row in reader:
            if any(cell.strip() for cell in row):
                _read_row(row, fields, f"{name}:{reader.line_num}", people, places, wrong)
    except csv.Error as error:
        fault = told("this is no CSV: {reason}", reason=reason(str(error)))
        places_at_fault = [at(f"{name}:{reader.line_num}:1", fault)]
        raise Unusable(told("{name} cannot be read", name=name), places_at_fault) from None
    if wrong:
        raise Unusable(told("{name} cannot be used", name=name), wrong)
    return {"people": people}, places


def _fields(headings: list[str], name: str) -> list[str]:
    known = {called: field for field, names in HEADINGS.items() for called in names}
    fields, wrong = [], []
    for column, heading in enumerate(headings, 1):
        field = known.get(heading.strip().lower())
        if field is None:
            near = get_close_matches(heading.strip().lower(), known, n=1)
            hint = (
                told("did you mean {near}?", near=near[0])
                if near
                else told("there are {fields}", fields=", ".join(HEADINGS))
            )
            fault = told("no field is called {heading!r}; {hint}", heading=heading, hint=hint)
            wrong.append(at(f"{name}:1:{column}", fault))
        elif field in fields:
            wrong.append(at(f"{name}:1:{column}", told("`{key}` is there twice", key=field)))
        fields.append(field or "")
    if "email" not in fields and not wrong:
        fault = told("a column `email` must say whom each line is about")
        wrong.append(at(f"{name}:1:1", fault))
    if wrong:
        raise Unusable(told("{name} cannot be used", name=name), wrong)
    return fields


def _read_row(
    row: list[str],
    fields: list[str],
    line: str,
    people: dict[str, Any],
    places: Places,
    wrong: list[str],
) -> None:
    if len(row) > len(fields):
        wrong.append(at(f"{line}:{len(fields) + 1}", told("more cells than headings")))
        return
    cells = {
        field: (column, _plain(cell))
        for column, (field, cell) in enumerate(zip(fields, row, strict=False), 1)
    }
    column, email = cells.pop("email", (1, ""))
    if not email:
        wrong.append(at(f"{line}:{column}", told("no e-mail address")))
        return
    if email.lower() in people:
        wrong.append(at(f"{line}:{column}", told("`{key}` is there twice", key=email)))
        return
    path = f"/people/{step(email.lower())}"
    places[path] = places[f"{path}/email"] = f"{line}:{column}"
    entry: dict[str, Any] = {}
    for field, (place, cell) in cells.items():
        places[f"{path}/{field}"] = f"{line}:{place}"
        if not cell:
            continue
        if field == "active" and cell.lower() not in TRUTHS:
            wrong.append(at(f"{line}:{place}", told("yes or no, not {cell!r}", cell=cell)))
            continue
        entry[field] = _value(field, cell)
    people[email.lower()] = entry


def _plain(cell: str) -> str:
    """Return a cell without blanks, and without the sign that keeps it from being a formula."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _MORE_THAN_TEXT else cell


def _value(field: str, cell: str) -> Any:
    if field == "active":
        return TRUTHS[cell.lower()]
    if field in LISTS:
        separated = cell if field == "channels" else cell.replace(",", ";")
        return [] if cell == NONE else [one for one in _SEVERAL.split(separated) if one]
    return None if cell == NONE else cell
