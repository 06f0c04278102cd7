"""Reading and writing many rows by one statement.

Writing: SQLite takes the rows through the driver's ``executemany``; PostgreSQL takes one
array per column and unnests them: two to four times as fast as row by row. Reading by many
ids: ``is_in`` is one statement for any number of ids, so it is built, compiled and
prepared once. Only hot paths need this; ``shared.db.insert`` and ``in_`` are clearer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import orjson
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    Text,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

Row = tuple[Any, ...]
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Replace:
    """On conflict over ``keys``, the new row's ``columns`` win."""

    keys: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Add:
    """On conflict over ``keys``, the new row's ``columns`` are added to those that are there."""

    keys: tuple[str, ...]
    columns: tuple[str, ...]


class is_in(FunctionElement[bool]):  # noqa: N801 - reads as an operator in a query
    """``column`` is one of the values given as parameter ``wanted``, a list of any length."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], wanted: str = "wanted"):
        super().__init__(column, bindparam(wanted, type_=_ListOf(column.type)))

    # The supertypes disagree about what they return; FunctionElement itself returns Any.
    def self_group(self, against: Any = None) -> Any:
        """Stay as it is: ``… = 1``, as SQLite gets of other truths, would pass by the index."""
        return self


class _ListOf(TypeDecorator[list[Any]]):
    """A list of values of one type: an array in PostgreSQL, JSON text in SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: TypeEngine[Any]):
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return Text()
        return postgresql.ARRAY(self.kind.dialect_impl(dialect))

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else _to_json(value)


@compiles(is_in, "postgresql")
def _is_in_array(element: is_in, compiler: SQLCompiler, **options: Any) -> str:
    column, wanted = element.clauses
    return f"{compiler.process(column, **options)} = ANY({compiler.process(wanted, **options)})"


@compiles(is_in, "sqlite")
def _is_in_json(element: is_in, compiler: SQLCompiler, **options: Any) -> str:
    column, wanted = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({wanted})))"  # noqa: S608 - no values in it


def bulk_insert(
    conn: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[Row],
    existing: Literal["keep", "refuse"] | Replace | Add = "keep",
) -> int:
    """Insert ``rows``, values in the order of ``columns``; return how many were written.

    A row that is there already is kept, refused with an ``IntegrityError``, replaced or added to.
    """
    if not rows:
        return 0
    plan = _plan(table, columns, existing, conn.dialect.name)
    converts = _converts(table, columns, conn)
    if conn.dialect.name == "postgresql":
        arrays = [list(column) for column in zip(*rows, strict=True)]
        for place, convert in converts:
            arrays[place] = [None if v is None else convert(v) for v in arrays[place]]
        return conn.exec_driver_sql(plan, tuple(arrays)).rowcount
    converted = [list(row) for row in rows]
    for place, convert in converts:
        for row in converted:
            if row[place] is not None:
                row[place] = convert(row[place])
    return conn.exec_driver_sql(plan, [tuple(row) for row in converted]).rowcount


@lru_cache
def _plan(
    table: Table,
    columns: tuple[str, ...],
    existing: Literal["keep", "refuse"] | Replace | Add,
    dialect: str,
) -> str:
    quoted = [f'"{name}"' for name in columns]
    if dialect == "postgresql":
        given = f"unnest({_arrays(table, columns)}) AS given({', '.join(quoted)})"
        source = f"SELECT {_selected(table, columns)} FROM {given}"  # noqa: S608
    else:
        source = f"VALUES ({', '.join('?' * len(columns))})"
    conflict = " ON CONFLICT DO NOTHING" if existing == "keep" else ""
    if isinstance(existing, Replace):
        keys = ", ".join(f'"{name}"' for name in existing.keys)
        wins = ", ".join(f'"{name}" = excluded."{name}"' for name in existing.columns)
        conflict = f" ON CONFLICT ({keys}) DO UPDATE SET {wins}"
    elif isinstance(existing, Add):
        keys = ", ".join(f'"{name}"' for name in existing.keys)
        sums = ", ".join(
            f'"{name}" = "{table.name}"."{name}" + excluded."{name}"' for name in existing.columns
        )
        conflict = f" ON CONFLICT ({keys}) DO UPDATE SET {sums}"
    # Names come from our own tables, values travel beside the statement.
    return f'INSERT INTO "{table.name}" ({", ".join(quoted)}) {source}{conflict}'


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


def _selected(table: Table, columns: tuple[str, ...]) -> str:
    return ", ".join(
        f'"{name}"::jsonb' if _is_json(table.c[name]) else f'"{name}"' for name in columns
    )


def _arrays(table: Table, columns: tuple[str, ...]) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    kinds = [
        "TEXT"
        if _is_json(table.c[name])
        # An array has no collation: the column brings its own.
        else table.c[name].type.compile(dialect).partition(" COLLATE ")[0]
        for name in columns
    ]
    return ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(kinds, start=1))


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _converts(
    table: Table, columns: tuple[str, ...], conn: Connection
) -> list[tuple[int, Convert]]:
    """Return the columns whose values the driver does not take as they are."""
    key = (table, columns, conn.dialect.name)
    found = _CONVERTS.get(key)
    if found is None:
        found = []
        for place, name in enumerate(columns):
            kind = table.c[name].type
            if isinstance(kind, JSON):
                found.append((place, _to_json))
            elif conn.dialect.name != "postgresql":
                convert = kind.dialect_impl(conn.dialect).bind_processor(conn.dialect)
                if convert is not None:
                    found.append((place, convert))
        _CONVERTS[key] = found
    return found


_CONVERTS: dict[tuple[Table, tuple[str, ...], str], list[tuple[int, Convert]]] = {}
