"""Files given to the console: kept while they are looked at, and until an import has them."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, delete, func, select, update

from services.ingest.store.tables import IMPORT, IMPORT_FILE
from shared.db import insert

WITHOUT_CONTENT = [column for column in IMPORT_FILE.c if column.name != "content"]


def add_file(conn: Connection, **values: Any) -> None:
    """Keep a file."""
    conn.execute(insert(conn, IMPORT_FILE).values(values))


def find_file(conn: Connection, file_id: str, *, lock: bool = False) -> Row[Any] | None:
    """Return a file without its content, with its ``size`` in bytes; locked where asked."""
    query = select(*WITHOUT_CONTENT, func.length(IMPORT_FILE.c.content).label("size"))
    query = query.where(IMPORT_FILE.c.id == file_id)
    found = conn.execute(query.with_for_update() if lock else query).first()
    return cast("Row[Any] | None", found)


def content_of(conn: Connection, file_id: str) -> bytes:
    """Return what is in a file; nothing when it is gone."""
    found = select(IMPORT_FILE.c.content).where(IMPORT_FILE.c.id == file_id)
    return bytes(conn.execute(found).scalar_one_or_none() or b"")


def change_file(conn: Connection, file_id: str, **values: Any) -> None:
    """Write how a file is to be read, what looking at it found, or its import."""
    conn.execute(update(IMPORT_FILE).where(IMPORT_FILE.c.id == file_id).values(values))


def forget_file(conn: Connection, file_id: str) -> None:
    """Delete a file."""
    conn.execute(delete(IMPORT_FILE).where(IMPORT_FILE.c.id == file_id))


def next_file(conn: Connection) -> Row[Any] | None:
    """Return the oldest file whose import has begun, without its content."""
    query = select(*WITHOUT_CONTENT).where(IMPORT_FILE.c.import_id.is_not(None))
    ordered = query.order_by(IMPORT_FILE.c.given_at, IMPORT_FILE.c.id).limit(1)
    row: Row[Any] | None = conn.execute(ordered).first()
    return row


def file_of_import(conn: Connection, import_id: str) -> str | None:
    """Return the file that is being taken in by an import, if it is one of ours."""
    query = select(IMPORT_FILE.c.id).where(IMPORT_FILE.c.import_id == import_id)
    return conn.execute(query).scalar_one_or_none()


def forget_files(conn: Connection, before: datetime) -> int:
    """Delete files given before a moment that no import takes in."""
    open_imports = select(IMPORT.c.id).where(IMPORT.c.finished_at.is_(None))
    old = delete(IMPORT_FILE).where(
        IMPORT_FILE.c.given_at < before,
        IMPORT_FILE.c.import_id.is_(None) | IMPORT_FILE.c.import_id.not_in(open_imports),
    )
    return conn.execute(old).rowcount
