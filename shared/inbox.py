"""The inbox: which events a consumer has seen, so that a repeat has no second effect.

Positions keep a record from being taken twice; the inbox keeps an *event* from being taken
twice when the bus holds it at two offsets, because a relay published it again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    Column,
    Connection,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite

from shared.body import clean_text
from shared.bus.port import Record, TopicPartition
from shared.db import UtcDateTime

KEPT = timedelta(days=14)  # at least twice the bus's retention
PRUNED_AT_ONCE = 5_000
LONGEST = 200  # characters of a stranger's id or key that an index takes without trouble


def inbox_table(metadata: MetaData) -> Table:
    """Add the inbox of a service's consumers to its tables."""
    inbox = Table(
        "inbox",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("event_id", Text, nullable=False),
        Column("seen_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("consumer", "event_id"),
        sqlite_with_rowid=False,
    )
    Index(None, inbox.c.seen_at)
    return inbox


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record, and what its transport tells about the event in it.

    ``kind`` is None where only the event itself says its type. ``event_id``, ``kind`` and
    ``key`` can be stored and indexed whatever a stranger put into them.
    """

    record: Record
    event_id: str
    kind: str | None
    key: str

    @property
    def partition(self) -> TopicPartition:
        return TopicPartition(self.record.topic, self.record.partition)


def incoming(record: Record) -> Incoming:
    """Read id and type from the headers; from the event itself where a stranger left them out."""
    headers = dict(record.headers)
    kind = _text(headers["ce_type"]) if "ce_type" in headers else None
    if "ce_id" not in headers:
        event_id, kind = _id_in(record), None
    elif "ce_source" in headers:  # ids are unique within their source only
        event_id = f"{_text(headers['ce_source'])}/{_text(headers['ce_id'])}"
    else:
        event_id = _text(headers["ce_id"])
    return Incoming(record, _storable(event_id), kind and _storable(kind), _storable(record.key))


def take_unseen(
    conn: Connection, inbox: Table, consumer: str, events: Sequence[Incoming], now: datetime
) -> list[Incoming]:
    """Note the events as seen by ``consumer``; return those it had not seen before, in order."""
    first = {one.event_id: one for one in reversed(events)}
    if not first:
        return []
    given: Any = list(first)
    if conn.dialect.name != "postgresql":
        given = orjson.dumps(given).decode()
    parameters = {"reader": consumer, "ids": given, "now": now}
    note = _note(inbox, conn.dialect.name)
    unseen = set(conn.execute(note, parameters).scalars())
    return [one for one in events if one.event_id in unseen and first[one.event_id] is one]


@lru_cache
def _note(inbox: Table, dialect: str) -> Any:
    """Return the statement that notes ids. They travel as one value, however many."""
    ids: Any
    if dialect == "postgresql":
        into: Any = postgresql.insert(inbox)
        ids = func.unnest(bindparam("ids", type_=ARRAY(Text)))
    else:
        into = sqlite.insert(inbox)
        ids = func.json_each(bindparam("ids", type_=Text)).table_valued("value").c.value
    consumer = bindparam("reader", type_=Text)
    seen = select(consumer, ids, bindparam("now", type_=UtcDateTime)).where(true())
    note = into.from_select(["consumer", "event_id", "seen_at"], seen)
    return note.on_conflict_do_nothing().returning(inbox.c.event_id)


def prune(conn: Connection, inbox: Table, now: datetime) -> int:
    """Forget a slice of the event ids that are too old to come back; return how many."""
    old = (
        select(inbox.c.consumer, inbox.c.event_id)
        .where(inbox.c.seen_at < now - KEPT)
        .limit(PRUNED_AT_ONCE)
    )
    forget = delete(inbox).where(tuple_(inbox.c.consumer, inbox.c.event_id).in_(old))
    return conn.execute(forget).rowcount


def _id_in(record: Record) -> str:
    """Return the id of a message without headers: the event's own, or its place on the bus."""
    try:
        event = orjson.loads(record.value)
        return f"{event['source']}/{event['id']}"
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return f"{record.topic}/{record.partition}/{record.offset}"


def _text(value: bytes) -> str:
    return value.decode(errors="replace")


def _storable(text: str) -> str:
    if len(text) <= LONGEST and text.isascii() and "\x00" not in text:
        return text
    clean = clean_text(text)
    if len(clean) <= LONGEST:
        return clean
    return f"sha256:{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()}"
