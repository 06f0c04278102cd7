"""What must hold of a product that was killed at random under load, and has drained.

Each function is one invariant and returns its violations in words, so that a failure says
everything at once. They judge by what senders and subscribers were told, what the
databases hold and what is on the bus, never by what the product says of itself alone.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from shared.signing import BadSignature
from tests.support.events import Event, signed
from tests.support.evidence import HANDOFFS, READY, TOUCHES, Evidence
from tests.support.receivers import Received

Violations = Iterator[str]
OPEN = frozenset({"assigned", "accepted", "working", "sql", "opportunity"})
# What a rep's answer is called in the steps and in the audit.
COMMANDS = {
    "accept": "accept",
    "reject": "reject",
    "attempts": "talked",
    "opportunity": "opportunity",
    "won": "won",
    "lost": "lost",
}


def stored_exactly_once(evidence: Evidence) -> Violations:
    """I1, I2: what was acknowledged is stored once, in ingest, on the bus and at its lead."""
    sources = {row.id: row.name for row in evidence.table("ingest", "source")}
    keys = [(sources[row.source_id], row.key) for row in evidence.table("ingest", "item")]
    with_id = frozenset(key for key in keys if key[1].startswith("id:"))
    yield from _differ("keys in ingest", evidence.seen.keys, with_id)
    expected = evidence.seen.touches
    bus = [event["data"] for event in evidence.bus[TOUCHES].values()]
    on_bus = [data["properties"]["ref"] for data in bus if "touch" in data]
    yield from _once("touches on the bus", expected, on_bus)
    at_leads = [row.properties["ref"] for row in evidence.table("handoff", "touch")]
    yield from _once("touches at their leads", expected, at_leads)


def handed_over_once(evidence: Evidence) -> Violations:
    """I3: one sales-ready per lead, policy and cycle; where a lead qualifies, and nowhere else."""
    rows = evidence.table("handoff", "handoff")
    stored = [(row.lead_id, row.policy, row.cycle) for row in rows]
    ready = [event for event in evidence.bus[HANDOFFS].values() if event["type"] == READY]
    posted = {
        request.headers["webhook-id"]: orjson.loads(request.body)
        for request in evidence.seen.posted
    }
    told = [event for event in posted.values() if event["type"] == READY]
    for place, events in (("bus", ready), ("webhooks", told)):
        named = [
            (event["partitionkey"], one["policy"], one["cycle"])
            for event in events
            for one in [event["data"]["handoff"]]
        ]
        yield from _once(f"sales-ready: {place} against database", frozenset(stored), named)
    yield from _as_expected(evidence)


def _as_expected(evidence: Evidence) -> Violations:
    roots = evidence.roots()
    by_lead = defaultdict(list)
    for row in evidence.table("handoff", "handoff"):
        by_lead[roots[row.lead_id]].append(row)
    known = {row.value: roots[row.lead_id] for row in evidence.table("handoff", "identifier")}
    for person in evidence.seen.people:
        lead_id = known.get(person.identifier)
        handoffs = by_lead.pop(lead_id, []) if lead_id else []
        gates = [row.gate for row in handoffs]
        if person.kind == "double":
            still = [row for row in handoffs if row.stage in OPEN]
            if set(gates) != {person.gate} or len(gates) > 2 or len(still) > 1:
                stages = [row.stage for row in handoffs]
                yield f"{person.name} was handed over {len(gates)} times: {stages}"
        elif gates != [gate for gate in [person.gate] if gate]:
            yield f"{person.name} should be handed over by {person.gate}, was by {gates}"
        else:
            yield from _decided_by(person.name, person.deciding, handoffs)
    if by_lead:
        yield f"handed over, and nobody we know: {sorted(by_lead)}"


def _decided_by(name: str, deciding: frozenset[str], handoffs: Iterable[Any]) -> Violations:
    for row in handoffs:
        why = orjson.loads(row.snapshot)["why_now"]
        found = frozenset(touch["properties"]["ref"] for touch in why)
        if found != deciding:
            yield f"{name} was handed over because of {sorted(found)}, not {sorted(deciding)}"


def in_order(evidence: Evidence) -> Violations:
    """I4: whoever drops repeats by id sees each lead's events numbered 1, 2, 3… in order."""
    feed = sorted(evidence.table("notify", "feed_event"), key=lambda row: int(row.position))
    posted = [orjson.loads(request.body) for request in evidence.seen.posted]
    seen: Mapping[str, Iterable[Event]] = {
        "the bus": evidence.bus[HANDOFFS].values(),
        "the feed": [orjson.loads(row.payload) for row in feed],
        "webhooks": posted,
        "server-sent events": evidence.seen.streamed,
    }
    told = {}
    for place, events in seen.items():
        once = list(_first_sights(events))
        yield from _numbered(place, once)
        # What is about no lead may have happened before anybody subscribed.
        told[place] = frozenset(event["id"] for event in once if "sequence" in event)
    for place, ids in told.items():
        yield from _differ(f"ids in {place} against the bus", told["the bus"], ids)


def _first_sights(events: Iterable[Event]) -> Iterator[Event]:
    seen = set()
    for event in events:
        if event["id"] not in seen:
            seen.add(event["id"])
            yield event


def _numbered(place: str, events: Iterable[Event]) -> Violations:
    last: Counter[str] = Counter()
    for event in events:
        if "sequence" not in event:
            continue
        lead, number = event["partitionkey"], int(event["sequence"])
        if number != last[lead] + 1:
            yield f"{place}: {event['type']} of {lead} is number {number} behind {last[lead]}"
        last[lead] = number


def timers_fired_once(evidence: Evidence) -> Violations:
    """I5: nobody's deadline passed unseen, none was told early, and none twice."""
    rows = evidence.table("handoff", "timer")
    for row in rows:
        if row.state == "fired" and row.settled_at < row.due_at:
            yield f"timer {row.kind} of {row.subject} fired {row.due_at - row.settled_at} early"
    told: Counter[tuple[str, ...]] = Counter()
    for event in evidence.bus[HANDOFFS].values():
        if event["type"] != "handoff.escalated.v1":
            continue
        data = event["data"]
        clock = data["deadline"]["kind"], str(data["share"]), data["deadline"]["starts_at"]
        told[data["handoff"]["handoff_id"], data["name"], *clock] += 1
        if _moment(event["time"]) < _moment(data["deadline"]["due_at"]):
            yield f"{data['handoff']['handoff_id']} was escalated before its deadline"
    for (handoff_id, step, *_), times in told.items():
        if times > 1:
            yield f"{handoff_id} was escalated {times} times at step {step}"
    state = {row.subject: row.state for row in rows if row.kind == "accept"}
    escalated = {handoff_id for handoff_id, *_ in told}
    stages = {row.handoff_id: row.stage for row in evidence.table("handoff", "handoff")}
    for handoff_id in evidence.seen.ignored:
        if stages[handoff_id] == "assigned" and handoff_id not in escalated:
            yield f"{handoff_id} was never answered nor escalated: timer {state.get(handoff_id)}"


def everybody_told(evidence: Evidence) -> Violations:
    """I6: each notification came to its end, and no mail was sent more often than tried."""
    ended = {row.id: row.state for row in evidence.table("notify", "notification")}
    for notification_id, state in ended.items():
        if state not in ("told", "not_needed"):
            yield f"notification {notification_id} is {state}"
    mails = Counter(
        str(mail.message["Message-ID"])[1:].partition("@")[0] for mail in evidence.seen.mails
    )
    tries: Counter[str] = Counter()
    for row in evidence.table("notify", "delivery"):
        if row.channel != "email":
            continue
        tries[row.notification_id] += _reached(row.attempts)
        if row.state == "delivered" and not mails[row.notification_id]:
            yield f"mail of notification {row.notification_id} is called delivered; none came"
    for notification_id, received in mails.items():
        if received > tries[notification_id]:
            yield f"{received} mails of {notification_id}, {tries[notification_id]} tries"
    ready = {row.handoff_id for row in evidence.table("handoff", "handoff")}
    new = [row.handoff_id for row in evidence.table("notify", "notification") if row.step == "new"]
    yield from _once("owners told of a new lead", frozenset(ready), new)


def webhooks_complete(evidence: Evidence) -> Violations:
    """I7: every event reached the subscriber, signed, with its id and the same bytes always."""
    feed = [row for row in evidence.table("notify", "feed_event") if row.lead_id is not None]
    payloads = {row.event_id: row.payload for row in feed}
    mine = [
        row
        for row in evidence.table("notify", "delivery")
        if row.subscription_id == evidence.seen.subscription_id and row.lead_id is not None
    ]
    yield from _once("deliveries against the feed", frozenset(payloads), [r.event_id for r in mine])
    received: dict[str, list[Received]] = defaultdict(list)
    for request in evidence.seen.posted:
        received[request.headers["webhook-id"]].append(request)
    for row in mine:
        requests = received[row.event_id]
        if row.state != "delivered":
            yield f"webhook {row.event_id} is {row.state}: {row.reason}"
        if not requests:
            yield f"webhook {row.event_id} is called {row.state}; it never came"
        if len(requests) > _reached(row.attempts):
            yield f"webhook {row.event_id} came {len(requests)} times, tries: {row.attempts}"
        if {request.body for request in requests} - {payloads[row.event_id]}:
            yield f"webhook {row.event_id} came with other bytes than the feed's"
    yield from _unsigned(evidence.seen.posted, evidence.seen.secret)


def _unsigned(requests: Iterable[Received], secret: str) -> Violations:
    for request in requests:
        try:
            signed(request, secret)
        except BadSignature as error:
            yield f"webhook {request.headers['webhook-id']}: {error}"


def _reached(attempts: Sequence[Mapping[str, Any]]) -> int:
    """Return how many tries may have reached the receiver."""
    return sum(attempt["outcome"] != "not_sent" for attempt in attempts)


def audited_once(evidence: Evidence) -> Violations:
    """I8: each change of a hand-off or a lead has one row that says who, what, when and why."""
    audit = evidence.table("handoff", "audit")
    rows = Counter((row.what, row.subject) for row in audit)
    merges = [row.lead_id for row in evidence.table("handoff", "merge")]
    for lead_id, times in Counter(merges).items():
        if rows["lead.merged", lead_id] != times:
            yield f"{times} merges into {lead_id}, {rows['lead.merged', lead_id]} in the audit"
    steps = Counter((row.kind, row.handoff_id) for row in evidence.table("handoff", "handoff_step"))
    for (kind, handoff_id), times in steps.items():
        if rows[f"handoff.{kind}", handoff_id] != times:
            audited = rows[f"handoff.{kind}", handoff_id]
            yield f"{kind} of {handoff_id}: {times} steps, {audited} in the audit"
    assigned = Counter(row.handoff_id for row in evidence.table("handoff", "assignment"))
    opened = frozenset(row.handoff_id for row in evidence.table("handoff", "handoff"))
    yield from _once("first assignments", opened, list(assigned.elements()))
    told = [row.subject for row in audit if row.what == "handoff.opened"]
    yield from _once("hand-offs opened, in the audit", opened, told)
    for row in audit:
        if not (row.who and row.what and row.subject and row.happened_at):
            yield f"an audit row says too little: {row}"


def answers_kept(evidence: Evidence) -> Violations:
    """What a rep was told is taken is there, once; what was lost on its way is not doubled."""
    steps = Counter((row.kind, row.handoff_id) for row in evidence.table("handoff", "handoff_step"))
    for given in evidence.seen.given:
        found = steps[COMMANDS[given.what], given.handoff_id]
        # Reporting another attempt is a new fact each time; everything else is said once.
        most = 1 + (given.unanswered if given.what == "attempts" else 0)
        if given.is_taken and not 1 <= found <= most:
            yield f"{given.what} of {given.handoff_id} was taken and is there {found} times"
        if not given.is_taken and given.status != 409:
            yield f"{given.what} of {given.handoff_id} was answered {given.status}"


SETTLED = ("published", "duplicates", "parked", "discarded", "expired")


def books_balance(evidence: Evidence) -> Violations:
    """I11: received = published + duplicates + parked, and the receipts say the same."""
    names = {row.id: row.name for row in evidence.table("ingest", "source")}
    receipts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in evidence.table("ingest", "receipt"):
        receipts[row.source_id].update(
            received=row.events,
            published=row.published,
            duplicates=row.duplicates,
            parked=row.parked,
        )
    published = Counter(row.source_id for row in evidence.table("ingest", "item"))
    for line in evidence.table("ingest", "ledger"):
        name, counted = names[line.source_id], receipts[line.source_id]
        if line.received != sum(getattr(line, name) for name in SETTLED):
            yield f"{name}: the ledger has a gap: {line}"
        for column in ("received", "published", "duplicates", "parked"):
            if counted[column] != line._mapping[column]:
                yield f"{name}: {column} {line._mapping[column]}, by receipts {counted[column]}"
        if published[line.source_id] != line.published:
            yield f"{name}: {line.published} published, {published[line.source_id]} items"
    parked = sum(counted["parked"] for counted in receipts.values())
    least = sum(workload.unreadable for workload in evidence.seen.workloads)
    if parked < least:
        yield f"{least} requests were unreadable, {parked} are parked"


INVARIANTS: tuple[Callable[[Evidence], Violations], ...] = (
    stored_exactly_once,
    handed_over_once,
    in_order,
    timers_fired_once,
    everybody_told,
    webhooks_complete,
    audited_once,
    answers_kept,
    books_balance,
)


def violations(evidence: Evidence, at_most: int = 5) -> list[str]:
    """Return what is violated, of each invariant the first few."""
    found = []
    for invariant in INVARIANTS:
        broken = list(invariant(evidence))
        found += [f"{invariant.__name__}: {one}" for one in broken[:at_most]]
        if len(broken) > at_most:
            found.append(f"{invariant.__name__}: and {len(broken) - at_most} more")
    return found


def _differ(what: str, expected: frozenset[Any], found: frozenset[Any]) -> Violations:
    if missing := expected - found:
        yield f"{what}: {len(missing)} missing, such as {sorted(missing)[:3]}"
    if more := found - expected:
        yield f"{what}: {len(more)} nobody sent, such as {sorted(more)[:3]}"


def _once(what: str, expected: frozenset[Any], found: Sequence[Any]) -> Violations:
    yield from _differ(what, expected, frozenset(found))
    if twice := [one for one, times in Counter(found).items() if times > 1]:
        yield f"{what}: {len(twice)} more than once, such as {sorted(twice)[:3]}"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
