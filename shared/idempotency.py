"""Repeating a request safely that makes or does something: the header ``Idempotency-Key``.

The answer is stored in the transaction of its effect, for 24 hours, under the credential,
the method and path, and the key. A repeat gets the same answer and has no effect; the same
key with another body is refused. A refused request stores nothing: repeat it once mended.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    delete,
    func,
    select,
)

from shared.db import Json, UtcDateTime, insert
from shared.problem import Problem

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A request that may come again: who sends it where, under which key, saying what."""

    caller: str
    route: str
    key: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered. ``repeated`` replaces a body that may be shown only once."""

    body: bytes
    status: int = 201
    headers: Mapping[str, str] = field(default_factory=dict)
    repeated: bytes | None = None

    def response(self) -> Response:
        """Return the answer as HTTP."""
        return Response(self.body, self.status, dict(self.headers), "application/json")


def created(
    shown: BaseModel, location: str, etag: str | None = None, repeated: BaseModel | None = None
) -> Answer:
    """Return the answer for something new at ``location``; see ``Answer`` for ``repeated``."""
    headers = {"Location": location} | ({"ETag": etag} if etag is not None else {})
    return Answer(
        shown.model_dump_json().encode(),
        headers=headers,
        repeated=None if repeated is None else repeated.model_dump_json().encode(),
    )


def done(shown: BaseModel, status: int = 200, repeated: BaseModel | None = None) -> Answer:
    """Return the answer for something done; see ``Answer`` for ``repeated``."""
    body = None if repeated is None else repeated.model_dump_json().encode()
    return Answer(shown.model_dump_json().encode(), status, repeated=body)


async def repeatable(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=r"^[\x21-\x7e]{1,255}$",
            description="Any text of your own. The same request with the same key takes effect "
            "once within 24 hours.",
        ),
    ] = None,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Repeatable | None:
    """Read what a repeat is recognised by; None when the caller asks for no such thing."""
    if idempotency_key is None:
        return None
    return Repeatable(
        caller=sha256((authorization or "").encode()).hexdigest(),
        route=f"{request.method} {request.url.path}",
        key=idempotency_key,
        request_hash=sha256(await request.body()).hexdigest(),
    )


OnlyOnce = Annotated[Repeatable | None, Depends(repeatable)]


def idempotency_table(metadata: MetaData) -> Table:
    """Add the stored answers to a service's tables."""
    return Table(
        "idempotent_answer",
        metadata,
        Column("caller", Text, nullable=False),
        Column("route", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("request_hash", Text, nullable=False),
        Column("status", Integer, nullable=False),
        Column("headers", Json, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("answered_at", UtcDateTime, nullable=False, index=True),
        PrimaryKeyConstraint("caller", "route", "key"),
    )


def once(
    conn: Connection,
    table: Table,
    request: Repeatable | None,
    now: datetime,
    act: Callable[[], Answer],
) -> Answer:
    """Return what ``act`` answers, or what it answered to the same request before.

    Raises ``Problem``: 422 when the key came with another body, 409 while the first request
    is still being served.
    """
    answer = answered(conn, table, request, now)
    if answer is None:
        answer = act()
        if request is not None:
            _store(conn, table, request, answer, now)
    return answer


def answered(
    conn: Connection, table: Table, request: Repeatable | None, now: datetime
) -> Answer | None:
    """Return what the same request was answered before, and serve it alone until the commit.

    For what cannot be done in one transaction: ask before, do it, and let ``once`` keep the
    answer. Raises ``Problem`` as ``once`` does.
    """
    if request is None:
        return None
    _claim(conn, request)
    stored = conn.execute(
        select(table).where(
            table.c.caller == request.caller,
            table.c.route == request.route,
            table.c.key == request.key,
            table.c.answered_at > now - KEPT,
        )
    ).first()
    if stored is None:
        return None
    if stored.request_hash != request.request_hash:
        raise Problem(
            422,
            "idempotency_key_reused",
            "this Idempotency-Key came with another body before: use a new one",
            [{"pointer": "header.idempotency-key", "message": "used for another request"}],
        )
    return Answer(stored.body, stored.status, stored.headers)


def forget_answers(conn: Connection, table: Table, now: datetime) -> int:
    """Delete the answers that no repeat can get any more; return how many."""
    return conn.execute(delete(table).where(table.c.answered_at <= now - KEPT)).rowcount


def _claim(conn: Connection, request: Repeatable) -> None:
    """Be the only one who serves this key until the commit; SQLite has one writer anyway."""
    if conn.dialect.name != "postgresql":
        return
    parts = f"{request.caller} {request.route} {request.key}"
    lock = int.from_bytes(sha256(parts.encode()).digest()[:8], signed=True)
    if not conn.execute(select(func.pg_try_advisory_xact_lock(lock))).scalar_one():
        raise Problem(
            409,
            "in_progress",
            "the first request with this Idempotency-Key is still being served",
            headers={"Retry-After": "1"},
        )


def _store(
    conn: Connection, table: Table, request: Repeatable, answer: Answer, now: datetime
) -> None:
    values = {
        "request_hash": request.request_hash,
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": answer.body if answer.repeated is None else answer.repeated,
        "answered_at": now,
    }
    statement = insert(conn, table).values(
        caller=request.caller, route=request.route, key=request.key, **values
    )
    conn.execute(
        statement.on_conflict_do_update(index_elements=["caller", "route", "key"], set_=values)
    )
