"""What erasing a lead takes away: events of the feed, messages, and what deliveries noted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select, update

from services.notify.domain.events import ERASED
from services.notify.store.tables import consumer, delivery, feed_event, handoff, notification

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
    parked = consumer.parked
    conn.execute(delete(parked).where(or_(*(parked.c.key == one for one in lead_ids))))
    return {"events": events, "messages": told, "deliveries": settled}
