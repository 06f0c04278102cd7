"""Writing what arrived: the one statement behind every acknowledged event.

It runs for many requests at once and hundreds of times a second, so it speaks to the driver.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

COLUMNS = "id, source_id, vendor, received_at, request, body, state, events"
SQLITE = f"INSERT INTO receipt ({COLUMNS}, published, duplicates, parked) VALUES "  # noqa: S608
SQLITE_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)"
# Rows per statement, largest first. Few sizes, so that the driver finds each one prepared;
# many rows a statement, because each statement gives other threads the interpreter.
SIZES = (64, 16, 4, 1)
SQLITE_OF = {size: SQLITE + ", ".join([SQLITE_ROW] * size) for size in SIZES}
POSTGRES = (
    f"INSERT INTO receipt ({COLUMNS}, published, duplicates, parked)"  # noqa: S608
    " SELECT id, source_id, vendor, $1, request, body, state, events, 0, 0, 0"
    " FROM unnest($2::uuid[], $3::uuid[], $4::text[],"
    " $5::bytea[], $6::bytea[], $7::text[], $8::int[])"
    " AS arrived (id, source_id, vendor, request, body, state, events)"
)


@dataclass(slots=True)
class Arrival:
    """A request that is to be stored. ``request`` is its head, see ``heads``."""

    receipt_id: str
    source_id: str
    vendor: str
    request: bytes
    body: bytes
    state: str
    events: int


def add_arrivals(conn: Connection, arrivals: Sequence[Arrival], now: datetime) -> None:
    """Store ``arrivals`` as receipts."""
    if conn.dialect.name == "postgresql":
        columns = zip(
            *(
                (a.receipt_id, a.source_id, a.vendor, a.request, a.body, a.state, a.events)
                for a in arrivals
            ),
            strict=True,
        )
        conn.exec_driver_sql(POSTGRES, (now, *(list(column) for column in columns)))
        return
    driver = conn.connection.driver_connection
    assert driver is not None
    moment = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    start = 0
    while start < len(arrivals):
        size = next(size for size in SIZES if size <= len(arrivals) - start)
        values: list[object] = []
        for a in arrivals[start : start + size]:
            values += (
                a.receipt_id,
                a.source_id,
                a.vendor,
                moment,
                a.request,
                a.body,
                a.state,
                a.events,
            )
        driver.execute(SQLITE_OF[size], values)
        start += size
