"""Rows as CSV that a spreadsheet opens, and does not run.

A cell of text whose first character would start a formula gets an apostrophe in front:
what leads call themselves must not be calculated on somebody's machine. Numbers stay
numbers.
"""

import csv
import io
from collections.abc import Iterable, Sequence

STARTS_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")

Cell = str | int | float | None


def csv_lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Return ``rows`` as lines of CSV (RFC 4180)."""
    written = io.StringIO()
    writer = csv.writer(written)
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return written.getvalue()


def safe(cell: Cell) -> Cell:
    """Return a cell that is no formula. Nothing is an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell[:1] in STARTS_FORMULA:
        return f"'{cell}"
    return cell
