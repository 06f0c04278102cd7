"""Sales' answers: verdicts, attempts, outcomes, another owner.

Every answer comes the same way, whether by API, by Kafka or by a link in a message: the lead
is locked, the pure state machine applies the command or refuses it, and what follows (clocks,
cycle, events, audit) is written in the same transaction. A repeated answer changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.handoff.domain import commands
from services.handoff.domain.commands import Command
from services.handoff.domain.cycle import CycleRecord, cool_down_until
from services.handoff.domain.handoff import Handoff, NotAllowed, apply
from services.handoff.domain.policy import PolicyVersion, RejectReason
from services.handoff.handlers.cards import title_of
from services.handoff.handlers.clocks import RECONSIDER
from services.handoff.handlers.deadlines import start_shares
from services.handoff.handlers.references import reference
from services.handoff.handlers.returned_turns import give_back_turn
from services.handoff.handlers.stop_clocks import stop_clocks
from services.handoff.store import handoffs, people
from services.handoff.store.leads import Lead, lock_leads
from services.handoff.store.leads import save_batch as save_leads
from services.handoff.store.tables import ASSIGNMENT
from services.handoff.unit_of_work import UnitOfWork
from shared import trace
from shared.contracts import Envelope
from shared.contracts import handoffs as contract
from shared.contracts.answers import OutcomeReported, VerdictGiven
from shared.contracts.handoffs import HandoffEvent, HandoffRef, Person
from shared.contracts.leads import LeadRecycled
from shared.db import insert
from shared.ids import new_id
from shared.problem import Problem, not_found
from shared.timers import Timer

STATE = (
    "stage",
    "accepted_by",
    "accepted_at",
    "attempts",
    "first_attempt_at",
    "talked_at",
    "amount",
    "currency",
    "closed_by",
    "closed_at",
    "reason",
    "text",
    "returns_at",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing somebody says about a hand-off.

    ``kind`` is a command's name; ``at`` is when it happened, now where nobody says. ``via``
    is remembered: ``link`` where it came by one.
    """

    handoff_id: str
    kind: str
    person: Row[Any]
    reason: str | None = None
    text: str | None = None
    channel: str | None = None
    amount: float | None = None
    currency: str | None = None
    to: str | None = None
    at: datetime | None = None
    via: str | None = None


def answer(uow: UnitOfWork, given: Answer) -> None:
    """Take one answer.

    Raises ``Problem``: 404 for an unknown hand-off, 409 where it is not possible now (with
    what is), 422 where reason or text are missing or unknown.
    """
    row = handoffs.lock_handoff(uow.conn, given.handoff_id)
    if row is None:
        raise not_found("hand-off")
    version = uow.parts.shelf.by_id(uow.conn, row.version_id)
    before = state_of(row)
    command = _command(given, row, version)
    at = min(given.at or uow.now, uow.now)
    try:
        after = apply(before, command, at)
    except NotAllowed as error:
        raise _refused(error) from error
    if after == before:
        return
    _write(uow, row, version, given, command, after, at)


def state_of(row: Row[Any]) -> Handoff:
    """Return a stored hand-off as commands change it."""
    return Handoff(owner=row.owner_id, **{name: getattr(row, name) for name in STATE})


def take_answers(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Take answers CRMs sent over the bus. One that cannot be is parked with the reason."""
    for envelope in envelopes:
        data = envelope.data
        assert isinstance(data, VerdictGiven | OutcomeReported), "nothing else is read here"
        person = people.find_person(uow.conn, data.person)
        if person is None:
            raise Problem(422, "unknown_person", "nobody here has that id or e-mail address")
        fields = data.model_dump(exclude={"person", "verdict", "outcome"})
        kind = data.verdict if isinstance(data, VerdictGiven) else KINDS[data.outcome]
        with trace.caused_by(envelope.traceparent):
            answer(uow, Answer(kind=kind, person=person, **fields))


KINDS = {
    "attempted": "attempt",
    "talked": "talked",
    "sql": "sql",
    "opportunity": "opportunity",
    "won": "won",
    "lost": "lost",
}


def _command(given: Answer, row: Row[Any], version: PolicyVersion) -> Command:
    by = given.person.person_id
    # Only who has it can hand it back: a colleague's late verdict is told who was first.
    may_hand_back = by in (row.owner_id, row.accepted_by)
    match given.kind:
        case "accept":
            return commands.Accept(by)
        case "reject" if row.stage in ("assigned", "rejected", "recycled") or not may_hand_back:
            return commands.Reject(by, _reason(given.reason, version), given.text)
        case "reject":
            return commands.HandBack(by, _reason(given.reason, version), given.text)
        case "attempt":
            return commands.Attempt(by)
        case "talked":
            return commands.Talked(by)
        case "sql":
            return commands.ReachSql(by)
        case "opportunity":
            return commands.OpenOpportunity(by, given.amount, given.currency)
        case "won":
            return commands.Win(by, given.amount, given.currency)
        case "lost":
            return commands.Lose(by, given.reason or "")
        case "reassign":
            assert given.to is not None, "the route asks for it"
            return commands.Reassign(by, given.to)
        case other:
            raise ValueError(f"no such answer: {other}")


def _reason(name: str | None, version: PolicyVersion) -> RejectReason:
    known = version.reasons_by_name
    if name is None or name not in known:
        said = "a rejection needs a reason" if name is None else "no such reason"
        message = f"{said}; this policy version has: {', '.join(known)}"
        errors = [{"pointer": "/reason", "message": message}]
        raise Problem(422, "unknown_reason", message, errors)
    return known[name]


def _refused(error: NotAllowed) -> Problem:
    if error.code in ("text_required", "attempts_required"):
        pointer = "/text" if error.code == "text_required" else "/reason"
        errors = [{"pointer": pointer, "message": error.message}]
        return Problem(422, error.code, error.message, errors)
    return Problem(409, error.code, error.message, [{"allowed": list(error.allowed)}])


def _write(
    uow: UnitOfWork,
    row: Row[Any],
    version: PolicyVersion,
    given: Answer,
    command: Command,
    after: Handoff,
    at: datetime,
) -> None:
    state = asdict(after)
    owner = state.pop("owner")
    if not after.is_open:
        state["closed_place"] = uow.places()
    handoffs.change_handoff(uow.conn, row.handoff_id, owner_id=owner, **state)
    ref = reference(uow.conn, row.handoff_id)
    batch = lock_leads(uow.conn, [ref.lead_id], uow.now)
    lead = batch.leads[ref.lead_id]
    detail = {
        "reason": given.reason,
        "text": given.text,
        "channel": given.channel,
        "amount": given.amount,
        "currency": given.currency,
        "to": given.to,
        "via": given.via,
    }
    said = {name: value for name, value in detail.items() if value is not None}
    by = given.person.person_id
    handoffs.add_step(uow.conn, row.handoff_id, command.name, by, at, said)
    handoffs.add_audit(
        uow.conn, uow.now, by, f"handoff.{command.name}", row.handoff_id, given.reason or "", said
    )
    stop_clocks(uow, row.handoff_id, command.name, at, is_open=after.is_open)
    change = Change(uow, row, version, given, after, at, ref, lead)
    events = list(EVENTS[command.name](change))
    if not after.is_open:
        events.append(_close(change))
        give_back_turn(uow, row, version, after)
    uow.stage([uow.envelope(event, lead) for event in events])
    save_leads(uow.conn, batch)


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that was taken, for those who tell it."""

    uow: UnitOfWork
    row: Row[Any]
    version: PolicyVersion
    given: Answer
    after: Handoff
    at: datetime
    ref: HandoffRef
    lead: Lead

    @property
    def by(self) -> Person:
        return people.as_person(self.given.person)

    @property
    def waited_s(self) -> int:
        return max(0, int((self.at - self.row.decided_at).total_seconds()))


def _accepted(change: Change) -> list[HandoffEvent]:
    return [
        contract.Accepted(handoff=change.ref, by=change.by, at=change.at, waited_s=change.waited_s)
    ]


def _rejected(change: Change) -> list[HandoffEvent]:
    reason = _reason(change.given.reason, change.version)
    events: list[HandoffEvent] = [
        contract.Rejected(
            handoff=change.ref,
            by=change.by,
            at=change.at,
            reason=reason.name,
            reason_title={"es": reason.title.es, "en": reason.title.en},
            effect=reason.effect,
            text=change.after.text,
            waited_s=change.waited_s,
        )
    ]
    if change.after.stage == "recycled":
        events.append(
            LeadRecycled(
                handoff=change.ref,
                reason=reason.name,
                reason_title=title_of(change.version, reason.name),
                returns_at=change.after.returns_at,
            )
        )
    return events


def _attempted(change: Change) -> list[HandoffEvent]:
    return [
        contract.Attempted(
            handoff=change.ref,
            by=change.by,
            at=change.at,
            channel=change.given.channel or "call",
            reached=change.given.kind == "talked",
            text=change.given.text,
            first=change.after.attempts == 1,
        )
    ]


def _progressed(change: Change) -> list[HandoffEvent]:
    return [
        contract.Progressed(
            handoff=change.ref,
            by=change.by,
            at=change.at,
            amount=change.after.amount,
            currency=change.after.currency,
        )
    ]


def _reassigned(change: Change) -> list[HandoffEvent]:
    uow, earlier = change.uow, people.person(change.uow.conn, change.row.owner_id)
    assert earlier is not None, "an owner is a person"
    reason = change.given.text or f"given by {change.by.name}"
    assignment = contract.Assignment(
        owner=change.ref.owner,
        team=None,
        reason=reason,
        code="by_hand",
        considered=[],
        at=uow.now,
        by=change.by,
        text=change.given.text,
    )
    uow.conn.execute(
        insert(uow.conn, ASSIGNMENT).values(
            assignment_id=new_id(),
            handoff_id=change.row.handoff_id,
            person_id=change.ref.owner.person_id,
            team=None,
            code=assignment.code,
            reason=reason,
            considered=[],
            assigned_at=uow.now,
            assigned_by=change.given.person.person_id,
        )
    )
    return [
        contract.Reassigned(
            handoff=change.ref,
            assignment=assignment,
            earlier_owner=earlier,
            deadlines=_share_of_new_owner(change),
        )
    ]


def _share_of_new_owner(change: Change) -> list[contract.Deadline]:
    """Start the new owner's clocks. The lead's own go on as they were."""
    if change.after.stage != "assigned":
        return []
    promised = change.version.response[change.row.tier]
    return start_shares(change.uow, change.row, promised, tried=change.after.attempts > 0)


def _nothing_more(_change: Change) -> list[HandoffEvent]:
    return []  # the closing event says it all


EVENTS: dict[str, Callable[[Change], list[HandoffEvent]]] = {
    "accept": _accepted,
    "reject": _rejected,
    "hand_back": _rejected,
    "attempt": _attempted,
    "talked": _attempted,
    "sql": _progressed,
    "opportunity": _progressed,
    "won": _nothing_more,
    "lost": _nothing_more,
    "reassign": _reassigned,
}


def _close(change: Change) -> HandoffEvent:
    """End the cycle; the lead may come back after the cool-down, with new evidence."""
    uow, after, lead_id = change.uow, change.after, change.ref.lead_id
    record = CycleRecord(change.row.cycle, None, after.closed_at, after.returns_at)
    until = cool_down_until(record, change.version.cool_down)
    stored = handoffs.load_cycles(uow.conn, change.row.policy, [lead_id])[lead_id]
    handoffs.save_cycles(
        uow.conn,
        [
            {
                "lead_id": lead_id,
                "policy": change.row.policy,
                "number": stored.number,
                "open_handoff_id": None,
                "closed_at": after.closed_at,
                "returns_at": after.returns_at,
            }
        ],
    )
    if until is not None:
        uow.parts.timers.arm(uow.conn, [Timer(RECONSIDER, lead_id, 1, until)])
    return contract.Closed(
        handoff=change.ref,
        by=change.by,
        at=change.at,
        reason=after.reason,
        text=after.text,
        amount=after.amount,
        currency=after.currency,
        cool_down_until=until,
    )
