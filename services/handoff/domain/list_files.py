"""Values from a file: one a line, or a column of a CSV file."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.handoff.domain.comparing import comparable

DELIMITERS = ",;\t"
LONGEST_VALUE = 200


class UnreadableFile(ValueError):
    """The file holds no values that can be taken; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line whose value no list can hold."""

    line: int
    code: Literal["too_long", "nothing_to_compare"]
    value: str


class NoSuchColumn(UnreadableFile):
    """The first line names no column like that; ``known`` are those it names."""

    def __init__(self, column: str, known: list[str]) -> None:
        """Say which there are."""
        told = ", ".join(known) or "none"
        super().__init__(f"line 1: there is no column {column}; columns: {told}")
        self.known = known


def check_values(text: str, column: str | None = None) -> tuple[list[str], list[Fault]]:
    """Return the values in ``text``, as ``read_values``, and each line that holds none.

    Raises ``NoSuchColumn``.
    """
    values: dict[str, None] = {}
    faults = []
    for number, value in _numbered(text, column):
        if len(value) > LONGEST_VALUE:
            faults.append(Fault(number, "too_long", value))
        elif not comparable(value):
            faults.append(Fault(number, "nothing_to_compare", value))
        else:
            values[value] = None
    return list(values), faults


def read_values(text: str, column: str | None = None) -> list[str]:
    """Return the values in ``text``, trimmed, without blanks and repeats, in their order.

    Without ``column`` each line is a value; blank lines and those that start with ``#`` are
    left out. With one, the first line names the columns.

    Raises ``UnreadableFile``.
    """
    values: dict[str, None] = {}
    for number, value in _numbered(text, column):
        if len(value) > LONGEST_VALUE:
            raise UnreadableFile(f"line {number}: a value has at most {LONGEST_VALUE} characters")
        values[value] = None
    return list(values)


def _numbered(text: str, column: str | None) -> Iterator[tuple[int, str]]:
    lines = text.removeprefix("\ufeff").splitlines()
    return _lines(lines) if column is None else _cells(lines, column)


def _lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, start=1):
        value = line.strip()
        if value and not value.startswith("#"):
            yield number, value


def _cells(lines: list[str], column: str) -> Iterator[tuple[int, str]]:
    head = lines[0] if lines else ""
    delimiter = max(DELIMITERS, key=head.count)
    rows = csv.reader(lines, delimiter=delimiter)
    names = [name.strip() for name in _first(rows)]
    if column not in names:
        raise NoSuchColumn(column, [name for name in names if name])
    place = names.index(column)
    try:
        for row in rows:
            value = row[place].strip() if place < len(row) else ""
            if value:
                yield rows.line_num, value
    except csv.Error as error:
        raise UnreadableFile(f"line {rows.line_num}: {error}") from error


def _first(rows: "Iterator[list[str]]") -> list[str]:
    try:
        return next(rows, [])
    except csv.Error as error:
        raise UnreadableFile(f"line 1: {error}") from error
