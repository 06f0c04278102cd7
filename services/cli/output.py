"""What commands print: tables for people, JSON for programs.

``NO_COLOR`` and pipes are respected; a table in a pipe is as wide as it needs to be.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

Columns = dict[str, str | Callable[[Any], Any]]
WIDE = 400  # columns of a table that goes into a pipe


def print_json(value: Any) -> None:
    """Print ``value`` as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2), flush=True)


def print_table(rows: Sequence[Any], columns: Columns, nothing: str) -> None:
    """Print a table, or ``nothing`` on standard error when there are no rows.

    ``columns`` maps titles to what fills them: a dotted path into the row, or a function.
    """
    from rich import box
    from rich.table import Table

    if not rows:
        print(nothing, file=sys.stderr)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in columns:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(_text(_value(row, cell)) for cell in columns.values()))
    console().print(table)


def print_fields(fields: Mapping[str, Any]) -> None:
    """Print one thing, a line per field that has a value."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for name, value in fields.items():
        if value not in (None, "", [], {}):
            grid.add_row(name, _text(value))
    console().print(grid)


def console() -> Any:
    """Return the console of standard output."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    return Console(width=None if terminal else WIDE, highlight=False, markup=False, emoji=False)


def note(text: str) -> None:
    """Tell the person something that is not the result."""
    print(text, file=sys.stderr)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Yield a function that tells, on a terminal, what is being done."""
    from rich.console import Console

    errors = Console(stderr=True)
    if not errors.is_terminal:
        yield lambda _doing: None
        return
    with errors.status("") as status:
        yield status.update


def local(moment: str | None) -> str:
    """Return an RFC 3339 moment in the zone of this machine, to the minute."""
    if not moment:
        return ""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def _value(row: Any, cell: str | Callable[[Any], Any]) -> Any:
    if callable(cell):
        return cell(row)
    for step in cell.split("."):
        row = (row or {}).get(step)
    return row


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
