"""What notify shows: subscriptions, deliveries and a person's inbox. Reads only."""

from typing import Any

from sqlalchemy import Connection, Row, select

from services.notify.store.tables import IS_PARKED, delivery, notification, subscription
from shared.pages import cut, newest_first

# Lists leave out the attempts, which can be long, and addresses, which can be secret.
LISTED = [one for one in delivery.c if one.name not in ("address", "attempts")]
Listed = tuple[list[Any], str | None]


def list_subscriptions(conn: Connection, cursor: str | None, limit: int) -> Listed:
    """Return a page of subscriptions, newest first."""
    query = select(subscription)
    page = newest_first(query, subscription.c.created_at, subscription.c.id, cursor, limit)
    return cut(conn.execute(page).all(), limit, "created_at", "id")


def show_subscription(conn: Connection, subscription_id: str) -> Row[Any] | None:
    """Return one subscription."""
    return conn.execute(select(subscription).where(subscription.c.id == subscription_id)).first()


def list_deliveries(
    conn: Connection,
    cursor: str | None,
    limit: int,
    *,
    subscription_id: str | None = None,
    lead_id: str | None = None,
    state: str | None = None,
) -> Listed:
    """Return a page of deliveries: a subscription's by event, else by age, newest first."""
    query = select(*LISTED)
    order = "id"  # ids rise with time
    if subscription_id is not None:
        query, order = query.where(delivery.c.subscription_id == subscription_id), "position"
    if lead_id is not None:
        query = query.where(delivery.c.lead_id == lead_id)
    if state == "parked":
        query = query.where(IS_PARKED)
        order = order if subscription_id else "settled_at"
    elif state is not None:
        query = query.where(delivery.c.state == state)
    page = newest_first(query, delivery.c[order], delivery.c.id, cursor, limit)
    return cut(conn.execute(page).all(), limit, order, "id")


def show_delivery(conn: Connection, delivery_id: str) -> Row[Any] | None:
    """Return one delivery with its attempts."""
    return conn.execute(select(delivery).where(delivery.c.id == delivery_id)).first()


def list_notifications(
    conn: Connection, person_id: str, cursor: str | None, limit: int, unread: bool
) -> Listed:
    """Return a page of a person's messages, newest first."""
    query = select(notification).where(notification.c.person_id == person_id)
    if unread:
        query = query.where(notification.c.read_at.is_(None))
    page = newest_first(query, notification.c.id, notification.c.id, cursor, limit)
    return cut(conn.execute(page).all(), limit, "id", "id")
