"""What erasing a lead takes away: events of the feed, messages, and what deliveries noted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from services.notify.domain.events import ERASED
from services.notify.store.colleagues import NAMED_IN, unnamed
from services.notify.store.tables import consumer, delivery, feed_event, handoff, notification
from shared.db import chunks

NOT_NEEDED = "the lead was erased"


def forget_leads(conn: Connection, lead_ids: Sequence[str], now: datetime) -> dict[str, int]:
    """Forget these leads; return how much that was. Deliveries stay, empty, and are counted."""
    of_leads = feed_event.c.lead_id.in_(lead_ids) & (feed_event.c.type != ERASED)
    open_ones = (
        delivery.c.lead_id.in_(lead_ids)
        & delivery.c.settled_at.is_(None)
        & (delivery.c.event_type != ERASED)
    )
    settled = conn.execute(
        update(delivery).where(open_ones).values(state="not_needed", settled_at=now)
    ).rowcount
    conn.execute(
        update(delivery)
        .where(delivery.c.lead_id.in_(lead_ids), delivery.c.event_type != ERASED)
        .values(attempts=[], reason=NOT_NEEDED)
    )
    conn.execute(
        update(delivery)
        .where(delivery.c.lead_id.in_(lead_ids), delivery.c.state == "parked")
        .values(state="not_needed")
    )
    messages = select(notification.c.id).where(notification.c.lead_id.in_(lead_ids))
    conn.execute(delete(delivery).where(delivery.c.notification_id.in_(messages)))
    told = conn.execute(delete(notification).where(notification.c.lead_id.in_(lead_ids))).rowcount
    conn.execute(update(handoff).where(handoff.c.lead_id.in_(lead_ids)).values(ready_position=None))
    events = conn.execute(delete(feed_event).where(of_leads)).rowcount
    _forget_colleagues(conn, lead_ids)
    parked = consumer.parked
    conn.execute(delete(parked).where(or_(*(parked.c.key == one for one in lead_ids))))
    return {"events": events, "messages": told, "deliveries": settled}


def _forget_colleagues(conn: Connection, lead_ids: Sequence[str]) -> None:
    """Take these leads out of events about others that name them. Reads all of those once."""
    for some in chunks(lead_ids):
        named = or_(*(_contains(conn, one) for one in some))
        query = select(feed_event.c.position, feed_event.c.type, feed_event.c.payload)
        for row in conn.execute(query.where(feed_event.c.type.in_(NAMED_IN), named)).all():
            payload = unnamed(row.type, bytes(row.payload), some)
            one = update(feed_event).where(feed_event.c.position == row.position)
            conn.execute(one.values(payload=payload))


def _contains(conn: Connection, lead_id: str) -> ColumnElement[bool]:
    payload, name = feed_event.c.payload, lead_id.encode()
    if conn.dialect.name == "sqlite":  # whose LIKE looks into no bytes
        return func.instr(payload, literal(name, LargeBinary())) > 0
    return payload.op("LIKE", is_comparison=True)(literal(b"%" + name + b"%", LargeBinary()))
