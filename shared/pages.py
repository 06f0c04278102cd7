"""Pages of a list: an opaque cursor, a stable order, never an offset.

The order is that of a moment, a name or a number, and of the id where those are equal.

``?cursor=&limit=``; the answer holds ``items`` and ``next_cursor``, null on the last page.
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, BaseModel
from sqlalchemy import ColumnElement, Float, Integer, Select, Tuple, Uuid, literal, tuple_

from shared.clock import to_text
from shared.db import UtcDateTime
from shared.fields import canonical_id
from shared.problem import Problem, not_found

T = TypeVar("T")

MOST = 500
Limit = Annotated[int, Query(ge=1, le=MOST, description="Items a page.")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]


def _canonical(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise not_found("id") from None


# An id in a path. What cannot be an id at all is as unknown as any other.
PathId = Annotated[str, AfterValidator(_canonical)]


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None


def newest_first(
    query: Select[Any],
    at: ColumnElement[Any],
    item_id: ColumnElement[Any],
    cursor: str | None,
    limit: int,
) -> Select[Any]:
    """Return ``query`` for one page, newest first, with one row more than ``limit``."""
    if cursor is not None:
        query = query.where(tuple_(at, item_id) < decode_cursor(cursor, at, item_id))
    return query.order_by(at.desc(), item_id.desc()).limit(_spelled_out(limit + 1))


def _spelled_out(limit: int) -> ColumnElement[int]:
    """Return a limit PostgreSQL sees when it plans: of a parameter it expects a tenth of all."""
    return literal(limit, Integer(), literal_execute=True)


def by_name(
    query: Select[Any],
    name: ColumnElement[Any],
    item_id: ColumnElement[Any],
    cursor: str | None,
    limit: int,
) -> Select[Any]:
    """Return ``query`` for one page, in order of name, with one row more than ``limit``."""
    if cursor is not None:
        query = query.where(tuple_(name, item_id) > decode_cursor(cursor, name, item_id))
    return query.order_by(name, item_id).limit(limit + 1)


def cut(rows: Sequence[Any], limit: int, by: str, item_id: str) -> tuple[list[Any], str | None]:
    """Return the page's rows and the cursor behind them; ``by`` and ``item_id`` name columns."""
    if len(rows) <= limit:
        return list(rows), None
    last = rows[limit - 1]
    return list(rows[:limit]), encode_cursor(getattr(last, by), getattr(last, item_id))


def encode_cursor(by: datetime | str | float, item_id: str | int) -> str:
    """Return the cursor behind the item with this moment, name or number, and this id."""
    text = to_text(by) if isinstance(by, datetime) else str(by)
    return base64.urlsafe_b64encode(f"{item_id} {text}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str, by: ColumnElement[Any], item_id: ColumnElement[Any]) -> Tuple:
    """Return the values of both columns behind which the page starts.

    Raises ``Problem`` (422) when it is no cursor of ours.
    """
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        last_id, _, last = text.partition(" ")
        return tuple_(_typed(by, last), _typed(item_id, last_id))
    except (binascii.Error, ValueError):
        raise Problem(
            422,
            "invalid",
            "query.cursor: not a cursor of this list",
            [{"pointer": "query.cursor", "message": "not a cursor of this list"}],
        ) from None


def _typed(column: ColumnElement[Any], text: str) -> ColumnElement[Any]:
    """Return ``text`` as a value of the column's type, and bound as one."""
    value: datetime | float | str = text
    match column.type:
        case UtcDateTime():
            value = datetime.fromisoformat(text)
            if value.tzinfo is None:
                raise ValueError("a moment without a zone")
        case Uuid():
            value = canonical_id(text)
        case Float():
            value = float(text)
            if not isfinite(value):
                raise ValueError("no number")
        case Integer():
            value = int(text)
            if not 0 <= value < 2**63:
                raise ValueError("out of range")
    if "\x00" in text:
        raise ValueError("a NUL character")
    return literal(value, column.type)
