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
from services.handoff.domain.policy import PolicyVersion
from services.handoff.handlers.cards import title_of
from services.handoff.handlers.clocks import RECONSIDER
from services.handoff.handlers.deadlines import start_shares
from services.handoff.handlers.read_answers import Answer as Answer
from services.handoff.handlers.read_answers import command_of, reason_of
from services.handoff.handlers.references import reference
from services.handoff.handlers.returned_turns import give_back_turn
from services.handoff.handlers.stop_clocks import stop_clocks
from services.handoff.handlers.told_answers import is_known, note_late, told_by_bus
from services.handoff.handlers.verdict_effects import SentBack, carry_out
from services.handoff.store import handoffs, people
from services.handoff.store.leads import Lead, lock_leads
from services.handoff.store.leads import save_batch as save_leads
from services.handoff.store.tables import ASSIGNMENT
from services.handoff.unit_of_work import UnitOfWork
from shared import trace
from shared.audit import RELEVO
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
POINTERS = {  # what is wrong with an answer itself, and where
    "text_required": "/text",
    "attempts_required": "/reason",
    "reason_required": "/reason",
    "two_conditions": "/returns_on",
    "too_early": "/returns_at",
}


def answer(uow: UnitOfWork, given: Answer) -> None:
    """Take one answer.

    Raises ``Problem``: 404 for an unknown hand-off, 409 where it is not possible now (with
    what is), 422 where reason or text are missing or unknown.
    """
    row = handoffs.lock_handoff(uow.conn, given.handoff_id)
    if row is None:
        raise not_found("hand-off")
    version = uow.parts.shelf.by_id(uow.conn, row.version_id)
    if is_known(uow.conn, given):
        return
    before = state_of(row)
    command = command_of(given, row, version)
    # CRMs tell days without hours. What the hand-off was decided by is nothing new after it.
    at = uow.now if given.at is None else max(row.decided_at, min(given.at, uow.now))
    try:
        after = apply(before, command, at)
    except NotAllowed as error:
        raise _refused(uow, before, error) from error
    if after == before:
        if note_late(uow, given, at):
            _tell_late(uow, row, version, given, after, at)
        return
    _write(uow, row, version, given, command, after, at)


def _tell_late(
    uow: UnitOfWork,
    row: Row[Any],
    version: PolicyVersion,
    given: Answer,
    after: Handoff,
    at: datetime,
) -> None:
    """Tell what stands behind what it leads to: it happened, and others count it."""
    ref = reference(uow.conn, row.handoff_id)
    batch = lock_leads(uow.conn, [ref.lead_id], uow.now)
    lead = batch.leads[ref.lead_id]
    change = Change(uow, row, version, given, after, at, ref, lead)
    uow.stage([uow.envelope(event, lead) for event in _progressed(change)])
    save_leads(uow.conn, batch)


def state_of(row: Row[Any]) -> Handoff:
    """Return a stored hand-off as commands change it."""
    return Handoff(owner=row.owner_id, **{name: getattr(row, name) for name in STATE})


def take_answers(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Take answers CRMs sent over the bus. Raises ``Problem`` for one that cannot be."""
    for envelope in envelopes:
        data = envelope.data
        assert isinstance(data, VerdictGiven | OutcomeReported), "nothing else is read here"
        person = people.find_person(uow.conn, data.person)
        if person is None:
            raise Problem(422, "unknown_person", "nobody here has that id or e-mail address")
        with trace.caused_by(envelope.traceparent):
            answer(uow, told_by_bus(uow.conn, data, person))


def _refused(uow: UnitOfWork, handoff: Handoff, error: NotAllowed) -> Problem:
    pointer = POINTERS.get(error.code)
    if pointer is not None:
        errors = [{"pointer": pointer, "message": error.message}]
        return Problem(422, error.code, error.message, errors)
    detail: dict[str, Any] = {"allowed": list(error.allowed)}
    message, who = error.message, handoff.closed_by or handoff.accepted_by
    first = people.person(uow.conn, who) if who and who != RELEVO else None
    if first is not None:  # whoever comes second sees who has it
        message, detail["by"] = message.replace(first.person_id, first.name), first.model_dump()
    return Problem(409, error.code, message, [detail])


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
    closes = not after.is_open and row.closed_at is None
    if closes:
        state["closed_place"] = uow.places()
    handoffs.change_handoff(uow.conn, row.handoff_id, owner_id=owner, **state)
    ref = reference(uow.conn, row.handoff_id)
    batch = lock_leads(uow.conn, [ref.lead_id], uow.now)
    lead = batch.leads[ref.lead_id]
    said = given.detail
    by = given.person.person_id
    handoffs.add_step(uow.conn, row.handoff_id, command.name, by, at, said)
    handoffs.add_audit(
        uow.conn, uow.now, by, f"handoff.{command.name}", row.handoff_id, given.reason or "", said
    )
    stop_clocks(uow, row.handoff_id, command.name, at, is_open=after.is_open)
    change = Change(uow, row, version, given, after, at, ref, lead)
    events = list(EVENTS[command.name](change))
    if closes:
        events.append(_close(change))
        give_back_turn(uow, row, version, after)
    uow.stage([uow.envelope(event, lead) for event in events])
    save_leads(uow.conn, batch)
    if isinstance(command, commands.Reject | commands.HandBack):
        carry_out(uow, SentBack(row, given, command.reason, ref, after.text), answer)


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
    reason = reason_of(change.given.reason, change.version)
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
                returns_on="date" if change.after.returns_at else "new_evidence",
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
            reached="sql" if change.given.kind == "sql" else "opportunity",
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
    tried = change.after.attempts > 0
    return start_shares(
        change.uow, change.row.handoff_id, change.row.team_id, promised, tried=tried
    )


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
