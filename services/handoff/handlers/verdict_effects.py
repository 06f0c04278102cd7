"""What a verdict causes beside the end of the hand-off, each effect by its name.

Runs in the transaction of the verdict, behind it: the hand-off is closed, its lead saved
and still locked. Each effect can be taken back by a person: ``allow_leads``.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select

from services.handoff.domain.consent import EVERY_CHANNEL, REFUSED, nobody_may
from services.handoff.domain.knowledge import learn
from services.handoff.domain.policy import RejectReason
from services.handoff.handlers.account_owners import account_owner, mark_customer
from services.handoff.handlers.holds import hold
from services.handoff.handlers.merge_leads import merge_leads
from services.handoff.handlers.note_consent import consent_changed
from services.handoff.handlers.overrides import locked
from services.handoff.handlers.read_answers import Answer, Besides
from services.handoff.handlers.requests import ask
from services.handoff.handlers.right_person import introduce
from services.handoff.store import leads as leads_store
from services.handoff.store import people
from services.handoff.store.accounts import find_account
from services.handoff.store.handoffs import add_step
from services.handoff.store.history import known_now
from services.handoff.store.tables import HANDOFF
from services.handoff.unit_of_work import UnitOfWork
from shared.clock import to_text
from shared.contracts.handoffs import HandoffRef, Person
from shared.contracts.requests import HandoffInformed
from shared.fields import canonical_id
from shared.problem import Problem

Take = Callable[[UnitOfWork, Answer], None]


@dataclass(frozen=True, slots=True)
class SentBack:
    """A hand-off that was sent back just now."""

    row: Row[Any]
    given: Answer
    reason: RejectReason
    ref: HandoffRef
    text: str | None

    @property
    def because(self) -> str:
        """Why a lead is held back, as people read it."""
        said = f": {self.text}" if self.text else ""
        return f"hand-off {self.ref.handoff_id} was sent back as {self.reason.name}{said}"


def carry_out(uow: UnitOfWork, one: SentBack, take: Take) -> None:
    """Let the reason do what the policy says of it; ``take`` takes further answers."""
    match one.reason.effect:
        case "suppress":
            _keep_out(uow, one, one.ref.policy)
        case "exclude":
            _keep_out(uow, one, None)
        case "opt_out":
            _refuse_everything(uow, one, take)
        case "fix":
            _ask_for_data(uow, one)
        case "ask_right_person":
            _ask_for_right_person(uow, one)
        case "owner":
            _tell_account_owner(uow, one)
        case "join":
            _join(uow, one)
        case "recycle" | "text":
            pass  # the stage and its date say it all


def _keep_out(uow: UnitOfWork, one: SentBack, policy: str | None) -> None:
    person = one.given.person
    hold(
        uow,
        one.row.lead_id,  # where a merge is undone, it stays with whom it was said of
        "exclude" if policy is None else "suppress",
        one.because,
        person.name,
        uow.places(),
        policy=policy,
        person_id=person.person_id,
        handoff_id=one.ref.handoff_id,
    )


def _refuse_everything(uow: UnitOfWork, one: SentBack, take: Take) -> None:
    """Write the refusal down, and end what others have open with the lead."""
    batch, lead = locked(uow, one.ref.lead_id)
    if nobody_may(lead.consent) is None:
        earlier = [dict(lead.consent)]
        learn(lead.root.consent, EVERY_CHANNEL, REFUSED, to_text(uow.now), "sales")
        lead.root.is_changed = True
        consent_changed(uow, lead, earlier, uow.places(), because=one.because)
        leads_store.save_batch(uow.conn, batch)
    others = select(HANDOFF.c.handoff_id, HANDOFF.c.version_id, HANDOFF.c.stage).where(
        HANDOFF.c.lead_id.in_(lead.member_ids), HANDOFF.c.closed_at.is_(None)
    )
    for row in uow.conn.execute(others.order_by(HANDOFF.c.decided_at)).all():
        version = uow.parts.shelf.by_id(uow.conn, row.version_id)
        reason = next((each for each in version.reject_reasons if each.effect == "opt_out"), None)
        if reason is None or row.stage == "opportunity":
            continue  # its owner was told, and knows what to do with a deal under way
        answer = replace(
            one.given,
            handoff_id=row.handoff_id,
            kind="reject",
            reason=reason.name,
            text=one.because,
            at=None,
            external_id=None,
            besides=Besides(),
        )
        take(uow, answer)


def _ask_for_data(uow: UnitOfWork, one: SentBack) -> None:
    batch, lead = locked(uow, one.ref.lead_id)
    digest = known_now(lead, find_account(uow.conn, lead.account_domain)).digest
    event = ask(
        uow, lead, one.ref, "fix", one.given.person, one.text, digest, lead_id=one.row.lead_id
    )
    uow.stage([uow.envelope(event, lead)])
    leads_store.save_batch(uow.conn, batch)


def _ask_for_right_person(uow: UnitOfWork, one: SentBack) -> None:
    besides = one.given.besides
    batch, lead = locked(uow, one.ref.lead_id)
    is_named = besides.right_name is not None and besides.right_email is None
    named = f"the right person is {besides.right_name}" if is_named else None
    text = "; ".join(each for each in (one.text, named) if each) or None
    event = ask(
        uow,
        lead,
        one.ref,
        "ask_right_person",
        one.given.person,
        text,
        lead_id=one.row.lead_id,
    )
    uow.stage([uow.envelope(event, lead)])
    leads_store.save_batch(uow.conn, batch)
    if besides.right_email is not None:
        person = one.given.person
        named_by = (person.name, str(person.person_id))
        introduce(uow, event.request_id, besides.right_email, besides.right_name, *named_by)


def _tell_account_owner(uow: UnitOfWork, one: SentBack) -> None:
    batch, lead = locked(uow, one.ref.lead_id)
    owner = account_owner(uow, lead)
    mark_customer(uow, lead, is_customer=True, source="sales")
    if owner is not None and owner.person_id != one.given.person.person_id:
        _inform(uow, one, lead, people.as_person(owner), "account_owner")
    leads_store.save_batch(uow.conn, batch)


def _join(uow: UnitOfWork, one: SentBack) -> None:
    """Make the lead one with the lead that was named, or note who works on it already."""
    besides, person = one.given.besides, one.given.person
    works_on_it = besides.works_on_it
    if besides.same_as is not None:
        other = _named_lead(uow, besides.same_as)
        if other != one.ref.lead_id:
            merge_leads(uow, one.ref.lead_id, other, person.name, one.because)
    batch, lead = locked(uow, one.ref.lead_id)
    if works_on_it is None:
        open_now = select(HANDOFF.c.owner_id).where(
            HANDOFF.c.lead_id.in_(lead.member_ids), HANDOFF.c.closed_at.is_(None)
        )
        works_on_it = uow.conn.execute(open_now.order_by(HANDOFF.c.decided_at)).scalars().first()
    colleague = None if works_on_it is None else people.person(uow.conn, works_on_it)
    if colleague is not None:
        detail = {"works_on_it": colleague.person_id}
        add_step(uow.conn, one.ref.handoff_id, "works_on_it", person.person_id, uow.now, detail)
        if colleague.person_id != person.person_id:
            _inform(uow, one, lead, colleague, "works_on_it")
    leads_store.save_batch(uow.conn, batch)


def _named_lead(uow: UnitOfWork, name: str) -> str:
    """Return the lead with this id, or that of the hand-off with it. Raises ``Problem`` (422)."""
    root = None
    with suppress(ValueError):  # what cannot be an id is nobody's
        given = canonical_id(name)
        handoff = select(HANDOFF.c.lead_id).where(HANDOFF.c.handoff_id == given)
        root = leads_store.root_of(uow.conn, uow.conn.execute(handoff).scalar() or given)
    if root is None:
        message = "no lead and no hand-off has this id"
        errors = [{"pointer": "/same_as", "message": message}]
        raise Problem(422, "unknown_lead", message, errors)
    return root


def _inform(uow: UnitOfWork, one: SentBack, lead: Any, to: Person, why: Any) -> None:
    event = HandoffInformed(
        handoff=one.ref.model_copy(update={"lead_id": lead.lead_id}),
        to=to,
        why=why,
        by=people.as_person(one.given.person),
        reason=one.reason.name,
        reason_title={"es": one.reason.title.es, "en": one.reason.title.en},
        text=one.text,
        at=uow.now,
    )
    uow.stage([uow.envelope(event, lead)])
    detail = {"to": to.person_id, "why": why}
    add_step(uow.conn, one.ref.handoff_id, "informed", "relevo", uow.now, detail)
