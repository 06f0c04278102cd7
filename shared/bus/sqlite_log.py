"""The embedded bus on disk: one SQLite file, used by plain functions of a connection.

A record's row id is its partition's number shifted by 40 bits plus its offset. So the table
needs no second index, an append goes to the end of its partition's range, and a read is a
scan of that range.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import orjson

from shared.bus.port import BusNotDurable, Headers, Record, TopicPartition

OFFSET_BITS = 40  # a partition has room for 10^12 records, the file for 4 million partitions
READ_BYTES = 8 * 1_048_576  # one read stops behind this much, however many records it may take
DELETE_ROWS = 2_000  # per transaction, so that publishers do not wait for retention
# The bus checkpoints in the background; this is the backstop under heavy load, in pages.
WAL_PAGES = 20_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS partition (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    number INTEGER NOT NULL,
    next_offset INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, number)
) STRICT;
CREATE TABLE IF NOT EXISTS record (
    id INTEGER PRIMARY KEY,
    appended_ms INTEGER NOT NULL,
    key TEXT NOT NULL,
    headers TEXT,
    value BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS committed (
    consumers TEXT NOT NULL,
    partition INTEGER NOT NULL REFERENCES partition (id),
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (consumers, partition)
) STRICT, WITHOUT ROWID;
"""


class Entry(NamedTuple):
    """A message on its way into the log."""

    partition_id: int
    key: str
    headers: Headers
    value: bytes


class Span(NamedTuple):
    """What is to be read of one partition: offsets from ``start`` to before ``end``."""

    partition: TopicPartition
    partition_id: int
    start: int
    end: int


Found = dict[TopicPartition, list[Record]]


def connect(file: Path) -> sqlite3.Connection:
    """Open the file with durable settings; raise ``BusNotDurable`` where it refuses them."""
    conn = sqlite3.connect(file, timeout=5, isolation_level=None, check_same_thread=False)
    mode = conn.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    conn.execute("PRAGMA synchronous = FULL")
    synchronous = conn.execute("PRAGMA synchronous").fetchone()[0]
    if mode != "wal" or synchronous < 2:
        conn.close()
        raise BusNotDurable(f"{file}: journal_mode {mode}, synchronous {synchronous}")
    conn.execute("PRAGMA foreign_keys = ON")
    conn.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    conn.execute("PRAGMA journal_size_limit = 16777216")  # give the disk back after a burst
    return conn


def create_partitions(conn: sqlite3.Connection, topics: Mapping[str, int]) -> None:
    """Create the topics that are missing, each with so many partitions."""
    known = {topic for (topic,) in conn.execute("SELECT DISTINCT topic FROM partition")}
    conn.executemany(
        "INSERT INTO partition (topic, number) VALUES (?, ?)",
        [
            (topic, number)
            for topic, partitions in topics.items()
            if topic not in known
            for number in range(partitions)
        ],
    )


def read_partitions(conn: sqlite3.Connection) -> dict[TopicPartition, tuple[int, int]]:
    """Return every partition with its id and its next offset."""
    rows = conn.execute("SELECT topic, number, id, next_offset FROM partition ORDER BY id")
    return {TopicPartition(topic, number): (id_, end) for topic, number, id_, end in rows}


def append(conn: sqlite3.Connection, entries: Iterable[Entry], now: datetime) -> dict[int, int]:
    """Add the entries to their partitions in order; return the new ends by partition id."""
    ends: dict[int, int] = {}
    rows = []
    appended_ms = int(now.timestamp() * 1000)
    for partition_id, key, headers, value in entries:
        offset = ends.get(partition_id)
        if offset is None:
            offset = _end(conn, partition_id)
        ends[partition_id] = offset + 1
        place = partition_id << OFFSET_BITS | offset
        rows.append((place, appended_ms, key, pack(headers), value))
    conn.executemany(
        "INSERT INTO record (id, appended_ms, key, headers, value) VALUES (?, ?, ?, ?, ?)", rows
    )
    conn.executemany(
        "UPDATE partition SET next_offset = ? WHERE id = ?",
        [(end, partition_id) for partition_id, end in ends.items()],
    )
    return ends


def _end(conn: sqlite3.Connection, partition_id: int) -> int:
    query = "SELECT next_offset FROM partition WHERE id = ?"
    end: int = conn.execute(query, (partition_id,)).fetchone()[0]
    return end


def read(conn: sqlite3.Connection, spans: Sequence[Span], limit: int) -> Found:
    """Return up to ``limit`` records, span by span, and about ``READ_BYTES`` at most.

    A span that was looked at is in the answer, also when retention left nothing of it.
    """
    found: Found = {}
    room = READ_BYTES
    for span in spans:
        if limit <= 0 or room <= 0:
            break
        records = found[span.partition] = []
        base = span.partition_id << OFFSET_BITS
        rows = conn.execute(
            "SELECT id - ?, appended_ms, key, headers, value FROM record"
            " WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
            (base, base + span.start, base + span.end, limit),
        )
        for offset, appended_ms, key, headers, value in rows:
            at = datetime.fromtimestamp(appended_ms / 1000, UTC)
            records.append(Record(*span.partition, offset, key, value, unpack(headers), at))
            room -= len(value)
            if room <= 0:
                break
        limit -= len(records)
    return found


def read_committed(conn: sqlite3.Connection) -> dict[tuple[str, int], int]:
    """Return the committed offset of each group and partition id."""
    rows = conn.execute("SELECT consumers, partition, next_offset FROM committed")
    return {(group, partition_id): offset for group, partition_id, offset in rows}


def save_committed(conn: sqlite3.Connection, offsets: Mapping[tuple[str, int], int]) -> None:
    """Store committed offsets, given by group and partition id."""
    conn.executemany(
        "INSERT INTO committed VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset",
        [(*place, offset) for place, offset in offsets.items()],
    )


def first_kept(conn: sqlite3.Connection, span: Span, older_than: datetime) -> int:
    """Return the offset of the first record that was not appended before ``older_than``."""
    base = span.partition_id << OFFSET_BITS
    row = conn.execute(
        "SELECT id - ? FROM record WHERE id >= ? AND id < ? AND appended_ms >= ?"
        " ORDER BY id LIMIT 1",
        (base, base, base + span.end, older_than.timestamp() * 1000),
    ).fetchone()
    return row[0] if row else span.end


def delete_some(conn: sqlite3.Connection, partition_id: int, before: int) -> int:
    """Delete the oldest records below offset ``before``, a slice of them; return how many."""
    base = partition_id << OFFSET_BITS
    return conn.execute(
        "DELETE FROM record WHERE id IN"
        " (SELECT id FROM record WHERE id >= ? AND id < ? ORDER BY id LIMIT ?)",
        (base, base + before, DELETE_ROWS),
    ).rowcount


def pack(headers: Headers) -> str | None:
    """Return headers as text; Latin-1 gives every byte its own character."""
    if not headers:
        return None
    return orjson.dumps([(name, value.decode("latin-1")) for name, value in headers]).decode()


def unpack(packed: str | None) -> Headers:
    """Return what ``pack`` was given."""
    if packed is None:
        return ()
    return tuple((name, value.encode("latin-1")) for name, value in orjson.loads(packed))
