"""A batch of events becomes feed rows, deliveries and notifications, in one transaction."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from services.notify.domain.deliveries import CLAIM, Delivery, Endpoint
from services.notify.domain.event_types import matcher
from services.notify.domain.events import READY, FeedEvent
from services.notify.handlers.erase_leads import erase_leads
from services.notify.handlers.notify_people import notify_people
from services.notify.store.handoffs import HandoffState
from services.notify.store.subscriptions import endpoint_of
from services.notify.unit_of_work import UnitOfWork
from shared.ids import new_id

# Deliveries of one subscription and key, in the order they have to go.
Lane = list[Delivery]


class Desk(Protocol):
    """The sender of this process, as far as the consumer uses it."""

    def room(self, queue: str) -> int:
        """Return how many more lanes ``queue`` takes; 0 while its endpoint is to be left alone."""
        ...

    def give(self, lanes: list[Lane]) -> None:
        """Take over deliveries that were claimed in a transaction now committed."""
        ...

    def wake(self) -> None:
        """Look for due deliveries now."""
        ...


def record_events(
    uow: UnitOfWork, events: Sequence[FeedEvent], desk: Desk, new_in_feed: Callable[[], None]
) -> None:
    """Store the events and what follows from them.

    Deliveries that can go at once are claimed right here and handed to this process's
    sender after the commit: between the commit and the request on the wire is no query.
    """
    events = erase_leads(uow, events)
    positions = uow.feed.append(events, uow.now)
    lanes = _add_deliveries(uow, events, positions, desk)
    _remember_handoffs(uow, events, positions)
    people_wait = notify_people(uow, events, positions)
    uow.after_commit(new_in_feed)
    if lanes:
        uow.after_commit(lambda: desk.give(lanes))
    if people_wait:
        uow.after_commit(desk.wake)


def _remember_handoffs(
    uow: UnitOfWork, events: Sequence[FeedEvent], positions: dict[str, int]
) -> None:
    states: dict[str, HandoffState] = {}
    for event in events:
        if event.handoff is None:
            continue
        handoff_id = event.handoff["handoff_id"]
        earlier = states.get(handoff_id)
        states[handoff_id] = HandoffState(
            handoff_id=handoff_id,
            lead_id=event.handoff["lead_id"],
            owner_id=event.handoff["owner"]["person_id"],
            stage=event.handoff["stage"],
            sequence=event.sequence,
            ready_position=positions[event.id]
            if event.type == READY
            else earlier and earlier.ready_position,
        )
    uow.handoffs.save(list(states.values()))


def _add_deliveries(
    uow: UnitOfWork, events: Sequence[FeedEvent], positions: dict[str, int], desk: Desk
) -> list[Lane]:
    """Add a delivery for each event and subscription that wants it; return the claimed lanes."""
    subscriptions = uow.subscriptions.listening()
    if not subscriptions:
        return []
    pairs = [(row, event) for row in subscriptions for event in wanted_by(row, events)]
    busy = uow.deliveries.busy((row.id for row in subscriptions), (event.key for _, event in pairs))
    room = Counter({row.id: _room(row, desk) for row in subscriptions})
    endpoints = {row.id: endpoint_of(row, uow.now) for row in subscriptions}
    lanes: dict[tuple[str, str], Lane] = {}
    rows = []
    for row, event in pairs:
        lane_id = (row.id, event.key)
        position = positions[event.id]
        lane = lanes.get(lane_id)
        if lane is None and lane_id not in busy and room[row.id] > 0:
            room[row.id] -= 1
            lane = lanes[lane_id] = []
        delivery = new_delivery(endpoints[row.id], event, uow, claim=0 if lane is None else 1)
        rows.append(
            as_row(delivery, position, uow)
            | {
                # Behind another of its key, be it in the database or in this very batch.
                "state": "waiting" if lane_id in busy else "pending",
                "claimed_until": None if lane is None else delivery.claimed_until,
                "next_attempt_at": uow.now if lane is None else delivery.claimed_until,
            }
        )
        busy.add(lane_id)
        if lane is not None:
            lane.append(delivery)
    uow.deliveries.add(rows)
    return list(lanes.values())


def wanted_by(row: Any, events: Sequence[FeedEvent]) -> Iterator[FeedEvent]:
    """Yield the events a subscription wants: by type, and by policy where it names some."""
    is_wanted = matcher(tuple(row.event_types))
    policies = None if row.policies is None else {None, *row.policies}
    for event in events:
        if is_wanted(event.type) and (policies is None or event.policy in policies):
            yield event


def _room(row: Any, desk: Desk) -> int:
    return desk.room(row.id) if row.state == "active" else 0


def new_delivery(endpoint: Endpoint, event: FeedEvent, uow: UnitOfWork, claim: int) -> Delivery:
    """Return the delivery of ``event`` to ``endpoint``, not yet tried."""
    return Delivery(
        id=new_id(),
        claim=claim,
        claimed_until=uow.now + CLAIM,
        queue=endpoint.subscription_id,
        channel=endpoint.channel,
        address="",
        event_id=event.id,
        event_type=event.type,
        key=event.key,
        lead_id=event.lead_id,
        handoff_id=event.handoff_id,
        failures=0,
        log=(),
        payload=event.payload,
        traceparent=event.traceparent,
        endpoint=endpoint,
    )


def as_row(delivery: Delivery, position: int, uow: UnitOfWork) -> dict[str, Any]:
    """Return the columns of a subscription's new delivery."""
    return {
        "id": delivery.id,
        "subscription_id": delivery.subscription_id,
        "position": position,
        "event_id": delivery.event_id,
        "event_type": delivery.event_type,
        "key": delivery.key,
        "lead_id": delivery.lead_id,
        "handoff_id": delivery.handoff_id,
        "channel": delivery.channel,
        "claim": delivery.claim,
        "created_at": uow.now,
    }
