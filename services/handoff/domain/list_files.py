"""Values from a file: one a line, or a column of a CSV file."""

import csv
from collections.abc import Iterator

DELIMITERS = ",;\t"
LONGEST_VALUE = 200


class UnreadableFile(ValueError):
    """The file holds no values that can be taken; the message says where and why."""


def read_values(text: str, column: str | None = None) -> list[str]:
    """Return the values in ``text``, trimmed, without blanks and repeats, in their order.

    Without ``column`` each line is a value; blank lines and those that start with ``#`` are
    left out. With one, the first line names the columns.

    Raises ``UnreadableFile``.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    numbered = _lines(lines) if column is None else _cells(lines, column)
    values: dict[str, None] = {}
    for number, value in numbered:
        if len(value) > LONGEST_VALUE:
            raise UnreadableFile(f"line {number}: a value has at most {LONGEST_VALUE} characters")
        values[value] = None
    return list(values)


def _lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, start=1):
        value = line.strip()
        if value and not value.startswith("#"):
            yield number, value


def _cells(lines: list[str], column: str) -> Iterator[tuple[int, str]]:
    head = lines[0] if lines else ""
    delimiter = max(DELIMITERS, key=head.count)
    rows = csv.reader(lines, delimiter=delimiter)
    names = [name.strip() for name in next(rows, [])]
    if column not in names:
        known = ", ".join(name for name in names if name) or "none"
        raise UnreadableFile(f"line 1: there is no column {column}; columns: {known}")
    place = names.index(column)
    for row in rows:
        value = row[place].strip() if place < len(row) else ""
        if value:
            yield rows.line_num, value
