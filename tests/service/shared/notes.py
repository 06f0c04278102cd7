"""Notes: the table the tests of the database read and write."""

from sqlalchemy import Column, Integer, Table, Text, insert, select

from shared.db import (
    Database,
    Json,
    UtcDateTime,
    metadata,
)

TABLES = metadata()
NOTES = Table(
    "note",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime),
    Column("facts", Json),
)


def note(number, words="hello"):
    return lambda conn: conn.execute(insert(NOTES).values(id=number, text=words))


def notes(conn):
    return list(conn.execute(select(NOTES.c.id).order_by(NOTES.c.id)).scalars())


async def started(url: str) -> Database:
    db = Database(url, "sample", TABLES)
    await db.start()
    await db.write(TABLES.create_all)
    return db
