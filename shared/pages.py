"""Pages of a list: an opaque cursor, a stable order by (moment, id), never an offset.

``?cursor=&limit=``; the answer holds ``items`` and ``next_cursor``, null on the last page.
"""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, tuple_

from shared.clock import to_text
from shared.problem import Problem

T = TypeVar("T")

MOST = 500
Limit = Annotated[int, Query(ge=1, le=MOST, description="Items a page.")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None


def encode_cursor(at: datetime, item_id: str) -> str:
    """Return the cursor behind the item with this moment and id."""
    return base64.urlsafe_b64encode(f"{to_text(at)} {item_id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[datetime, str]:
    """Return the moment and id of a cursor. Raises ``Problem`` (422) when it is none of ours."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, item_id = text.split(" ")
        return datetime.fromisoformat(at), item_id
    except (binascii.Error, ValueError):
        raise Problem(
            422,
            "invalid",
            "query.cursor: not a cursor of this list",
            [{"pointer": "query.cursor", "message": "not a cursor of this list"}],
        ) from None


def newest_first(
    query: Select[Any],
    at: ColumnElement[Any],
    item_id: ColumnElement[Any],
    cursor: str | None,
    limit: int,
) -> Select[Any]:
    """Return ``query`` for one page, newest first, with one row more than ``limit``."""
    if cursor is not None:
        moment, last_id = decode_cursor(cursor)
        query = query.where(tuple_(at, item_id) < tuple_(moment, last_id))
    return query.order_by(at.desc(), item_id.desc()).limit(limit + 1)


def cut(rows: list[Any], limit: int, at: str, item_id: str) -> tuple[list[Any], str | None]:
    """Return the page's rows and the cursor behind them; ``at`` and ``item_id`` name columns."""
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], encode_cursor(getattr(last, at), getattr(last, item_id))
