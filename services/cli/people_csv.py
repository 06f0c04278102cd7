"""People written as a table: CSV with a line of headings, as a spreadsheet reads it."""

from typing import Any

from services.handoff.fields.people_csv import HEADINGS


def people_as_csv(people: dict[str, dict[str, Any]]) -> str:
    """Return people as a table that ``read_people`` reads."""
    from shared.spreadsheet import csv_lines

    rows: list[list[str]] = [list(HEADINGS)]
    for email, one in people.items():
        said = {**one, "email": email, "active": "yes" if one["active"] else "no"}
        rows.append([_cell(said.get(field)) for field in HEADINGS])
    return csv_lines(rows)


def _cell(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value or "")
