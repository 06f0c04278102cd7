"""How attempts went, hour by hour: counted with the attempts, so that a week is a short sum."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from services.notify.domain.performance import Performance
from services.notify.store.tables import subscription_hour

Hours = Sequence[tuple[datetime, Performance]]


def note_attempts(conn: Connection, now: datetime, attempts: Mapping[str, Performance]) -> None:
    """Add what was tried just now, by subscription."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = [
        {
            "subscription_id": subscription_id,
            "hour": hour,
            "succeeded": one.succeeded,
            "failed": one.failed,
            "total_ms": one.total_ms,
            "slowest_ms": one.slowest_ms,
        }
        for subscription_id, one in sorted(attempts.items())  # sorted: two senders never deadlock
    ]
    if rows:
        conn.execute(_add(conn.dialect.name), rows)


@cache
def _add(dialect: str) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(subscription_hour)
    given, known = statement.excluded, subscription_hour.c
    return statement.on_conflict_do_update(
        index_elements=["subscription_id", "hour"],
        set_={name: known[name] + given[name] for name in ("succeeded", "failed", "total_ms")}
        | {
            "slowest_ms": case(
                (given.slowest_ms > known.slowest_ms, given.slowest_ms), else_=known.slowest_ms
            )
        },
    )


def hours_of(conn: Connection, ids: Iterable[str], since: datetime) -> Mapping[str, Hours]:
    """Return each subscription's hours from ``since`` on, oldest first; none has none."""
    table = subscription_hour
    rows = conn.execute(
        select(table)
        .where(table.c.subscription_id.in_(list(ids)), table.c.hour >= since)
        .order_by(table.c.subscription_id, table.c.hour)
    )
    found: defaultdict[str, list[tuple[datetime, Performance]]] = defaultdict(list)
    for row in rows:
        one = Performance(row.succeeded, row.failed, row.total_ms, row.slowest_ms)
        found[row.subscription_id].append((row.hour, one))
    return found


def prune(conn: Connection, older_than: datetime, limit: int) -> int:
    """Delete some of the hours before ``older_than``; return how many."""
    table = subscription_hour
    old = conn.execute(
        select(table.c.subscription_id, table.c.hour).where(table.c.hour < older_than).limit(limit)
    ).all()
    for row in old:
        conn.execute(
            delete(table).where(
                table.c.subscription_id == row.subscription_id, table.c.hour == row.hour
            )
        )
    return len(old)
