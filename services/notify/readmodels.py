"""What notify shows: subscriptions, deliveries and a person's inbox. Reads only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, func, select

from services.notify.domain.performance import WEEK, Performance, by_day
from services.notify.store.feed import FeedStore
from services.notify.store.performance import hours_of
from services.notify.store.tables import (
    IS_NOT_NEEDED,
    IS_OPEN,
    IS_PARKED,
    delivery,
    handoff,
    notification,
    person,
    subscription,
)
from shared.ids import first_id_at
from shared.pages import cut, newest_first

# Lists leave out the attempts, which can be long, and addresses, which can be secret.
LISTED = [one for one in delivery.c if one.name not in ("address", "attempts")]
Listed = tuple[list[Any], str | None]
STATES = {"parked": IS_PARKED, "not_needed": IS_NOT_NEEDED, "open": IS_OPEN}


def list_subscriptions(conn: Connection, cursor: str | None, limit: int) -> Listed:
    """Return a page of subscriptions, newest first."""
    query = select(subscription)
    page = newest_first(query, subscription.c.created_at, subscription.c.id, cursor, limit)
    return cut(conn.execute(page).all(), limit, "created_at", "id")


def show_subscription(conn: Connection, subscription_id: str) -> Row[Any] | None:
    """Return one subscription."""
    return conn.execute(select(subscription).where(subscription.c.id == subscription_id)).first()


def week_of(
    conn: Connection, ids: Sequence[str], now: datetime, zone: tzinfo
) -> Mapping[str, list[tuple[date, Performance]]]:
    """Return how each subscription's attempts went on each of seven days up to today."""
    found = hours_of(conn, ids, now - WEEK)
    today = now.astimezone(zone).date()
    days = round(WEEK.total_seconds() / 86_400)
    return {
        each: by_day(found.get(each, ()), today, days, lambda hour: hour.astimezone(zone).date())
        for each in ids
    }


def replay_progress(row: Row[Any]) -> tuple[int, int] | None:
    """Return how many events of a replay are done, and how many it has; None without one."""
    if row.replay_next is None:
        return None
    first = row.replay_next if row.replay_first is None else row.replay_first
    return row.replay_next - first, max(row.replay_end - first + 1, 0)


def redelivery_progress(row: Row[Any]) -> tuple[int, int] | None:
    """Return how many parked deliveries were taken up again, and of how many; None without it."""
    if row.redeliver_next is None:
        return None
    return row.redeliver_done, row.redeliver_total


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries a list has. ``state``: one of the table's, or ``open``: not settled.

    ``since`` and ``until`` (not included) say when a delivery began, or, of one subscription,
    when its event came.
    """

    subscription_id: str | None = None
    person_id: str | None = None
    lead_id: str | None = None
    handoff_id: str | None = None
    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_deliveries(conn: Connection, cursor: str | None, limit: int, wanted: Wanted) -> Listed:
    """Return a page of deliveries: a subscription's by event, else by age, newest first."""
    query = select(*LISTED).where(*_of(conn, wanted))
    order = "id"  # ids rise with time
    if wanted.subscription_id is not None:
        order = "position"
    elif wanted.state == "parked" and wanted.person_id is None:
        order = "settled_at"
    page = newest_first(query, delivery.c[order], delivery.c.id, cursor, limit)
    return cut(conn.execute(page).all(), limit, order, "id")


def _of(conn: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = delivery.c
    found: list[ColumnElement[bool]] = []
    if wanted.subscription_id is not None:
        feed = FeedStore(conn)
        found.append(columns.subscription_id == wanted.subscription_id)
        if wanted.since is not None:
            found.append(columns.position > feed.position_before(wanted.since))
        if wanted.until is not None:
            found.append(columns.position <= feed.position_before(wanted.until))
    else:
        if wanted.since is not None:
            found.append(columns.id >= first_id_at(wanted.since))
        if wanted.until is not None:
            found.append(columns.id < first_id_at(wanted.until))
    if wanted.person_id is not None:
        found.append(columns.person_id == wanted.person_id)
    if wanted.lead_id is not None:
        found.append(columns.lead_id == wanted.lead_id)
    if wanted.handoff_id is not None:
        found.append(columns.handoff_id == wanted.handoff_id)
        found.append(columns.lead_id.in_(_leads_of(conn, wanted.handoff_id)))  # which is indexed
    if wanted.state is not None:
        found.append(STATES.get(wanted.state, columns.state == wanted.state))
    return found


def _leads_of(conn: Connection, handoff_id: str) -> set[str]:
    """Return whose a hand-off is, and whose it was before a merge."""
    row = conn.execute(select(handoff).where(handoff.c.handoff_id == handoff_id)).first()
    if row is None:
        return set()
    opened = FeedStore(conn).at([row.ready_position]) if row.ready_position else []
    return {row.lead_id, *(one.lead_id for one in opened)} - {None}


def failed_counts(conn: Connection, subscription_id: str | None = None) -> list[Row[Any]]:
    """Return (subscription_id, name, count) of what is parked, by subscription, most first.

    Without what is disabled: nothing can be sent there again.
    """
    count = func.count().label("count")
    query = (
        select(delivery.c.subscription_id, subscription.c.name, count)
        .join(subscription, subscription.c.id == delivery.c.subscription_id)
        .where(IS_PARKED, subscription.c.state != "disabled")
        .group_by(delivery.c.subscription_id, subscription.c.name)
        .order_by(count.desc(), subscription.c.name)
    )
    if subscription_id is not None:
        query = query.where(delivery.c.subscription_id == subscription_id)
    return list(conn.execute(query))


def receivers(conn: Connection, most: int) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """Return (id, name) of subscriptions, and of the people who work here, up to ``most`` each."""
    systems = select(subscription.c.id, subscription.c.name).order_by(subscription.c.name)
    people = (
        select(person.c.person_id.label("id"), person.c.name)
        .where(person.c.active.is_(True))
        .order_by(person.c.name)
    )
    return list(conn.execute(systems.limit(most))), list(conn.execute(people.limit(most)))


def is_handoff(conn: Connection, handoff_id: str) -> bool:
    """Return whether this is the id of a hand-off."""
    query = select(handoff.c.handoff_id).where(handoff.c.handoff_id == handoff_id)
    return conn.execute(query).first() is not None


def newest_notification(conn: Connection, person_id: str) -> str:
    """Return the id of a person's latest message; empty for none."""
    query = select(notification.c.id).where(notification.c.person_id == person_id)
    return str(conn.execute(query.order_by(notification.c.id.desc()).limit(1)).scalar() or "")


def channel_counts(conn: Connection) -> Mapping[str, int]:
    """Return how many people who work here have each channel among theirs."""
    rows = conn.execute(select(person.c.channels).where(person.c.active.is_(True)))
    return Counter(name for row in rows for name in {one["channel"] for one in row.channels})


def show_delivery(conn: Connection, delivery_id: str) -> Row[Any] | None:
    """Return one delivery with its attempts."""
    return conn.execute(select(delivery).where(delivery.c.id == delivery_id)).first()


def names(conn: Connection, rows: Sequence[Any]) -> Mapping[str, str]:
    """Return the names of the subscriptions and people that deliveries go to, by their ids."""
    found: dict[str, str] = {}
    for named, name, key in (
        (subscription.c.id, subscription.c.name, "subscription_id"),
        (person.c.person_id, person.c.name, "person_id"),
    ):
        ids = {getattr(row, key) for row in rows} - {None}
        if ids:
            query = select(named, name).where(named.in_(ids))
            found |= {row[0]: row[1] for row in conn.execute(query)}
    return found


def lead_names(conn: Connection, rows: Sequence[Any]) -> Mapping[str, str]:
    """Return the leads' names by delivery, of as many as the feed still holds the event of."""
    messages = [row.notification_id for row in rows if row.notification_id is not None]
    query = select(notification.c.id, notification.c.positions)
    told = conn.execute(query.where(notification.c.id.in_(messages))) if messages else ()
    firsts = {row.id: row.positions[0] for row in told if row.positions}
    places = {
        row.id: firsts.get(row.notification_id) if row.position is None else row.position
        for row in rows
    }
    payloads = FeedStore(conn).payloads({place for place in places.values() if place is not None})
    named = {place: lead_name(payload) for place, payload in payloads.items()}
    return {key: name for key, place in places.items() if place and (name := named.get(place))}


def lead_name(payload: bytes) -> str:
    """Return the name of the lead an event is about, empty where it tells none."""
    handoff_told = orjson.loads(payload)["data"].get("handoff") or {}
    return str(handoff_told.get("lead_name") or "")


def list_notifications(
    conn: Connection, person_id: str, cursor: str | None, limit: int, unread: bool
) -> Listed:
    """Return a page of a person's messages, newest first."""
    query = select(notification).where(notification.c.person_id == person_id)
    if unread:
        query = query.where(notification.c.read_at.is_(None))
    page = newest_first(query, notification.c.id, notification.c.id, cursor, limit)
    return cut(conn.execute(page).all(), limit, "id", "id")


def unread_count(conn: Connection, person_id: str, most: int) -> int:
    """Return how many messages a person has not read, counted up to ``most``."""
    some = (
        select(notification.c.id)
        .where(notification.c.person_id == person_id, notification.c.read_at.is_(None))
        .limit(most)
    )
    return conn.execute(select(func.count()).select_from(some.subquery())).scalar_one()
