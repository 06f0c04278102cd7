"""The right person instead of the wrong one: made a lead, and handed over with the reason."""

from typing import Any

from sqlalchemy import Row, select

from services.handoff.handlers.ask_now import ask_about
from services.handoff.handlers.hand_over_again import hand_over_again
from services.handoff.handlers.holds import hold, let_go
from services.handoff.handlers.overrides import locked, place_of
from services.handoff.handlers.record_touches import record_touches
from services.handoff.handlers.requests import settled
from services.handoff.handlers.suppression import why_never
from services.handoff.store import leads as leads_store
from services.handoff.store import overrides
from services.handoff.store.tables import HANDOFF
from services.handoff.unit_of_work import SOURCE, UnitOfWork
from shared.contracts import Envelope
from shared.contracts.requests import RightPerson
from shared.contracts.touches import LeadIdentified
from shared.fields import normal_email
from shared.ids import stable_id
from shared.problem import Problem, invalid, not_found


def introduce(
    uow: UnitOfWork,
    request_id: str,
    email: str,
    name: str | None,
    who: str,
    person_id: str | None = None,
) -> RightPerson:
    """Settle a request for the right person; return the lead that is, and its hand-off.

    The person becomes a lead, if it is none, and is handed over under the same policy by
    the word of ``who``. One who is with sales already, who must not be contacted or whom
    the policy excludes is only named. The wrong person is not handed over again under that
    policy until somebody allows it.

    Raises ``Problem``: 404 for no such request, 409 where it is settled, 422 for an address
    that is none or is the lead's own.
    """
    row = overrides.find(uow.conn, request_id)
    if row is None or row.cause != "ask_right_person":
        raise not_found("request")
    batch, lead = locked(uow, row.lead_id)
    row = overrides.find(uow.conn, request_id)
    if row is None or row.lifted_at is not None:
        raise Problem(409, "settled", "this request is settled already")
    try:
        address = f"email:{normal_email(email)}"
    except ValueError as error:
        raise invalid("/right_person/email", str(error)) from error
    if leads_store.root_of_identifier(uow.conn, address) == lead.lead_id:
        message = "this is an address of the very lead that was sent back"
        raise invalid("/right_person/email", message, "same_person")
    right = _hand_over(uow, _make_known(uow, request_id, address, name), row, who)
    # By the id alone: this stays with the wrong person when the right one is erased.
    why = f"the right person is lead {right.lead_id}"
    let_go(uow, lead, [row], who, why, place_of(uow, lead))
    hold(
        uow,
        row.lead_id,
        "suppress",
        why,
        who,
        uow.places(),
        policy=row.policy,
        person_id=person_id,
        handoff_id=row.handoff_id,
    )
    settled(uow, lead, row, who, why, right)
    leads_store.save_batch(uow.conn, batch)
    return right


def _make_known(uow: UnitOfWork, request_id: str, address: str, name: str | None) -> str:
    """Tell of the person as a source would; return the lead."""
    told = LeadIdentified(
        source="sales",
        vendor="relevo",
        source_event_id=request_id,
        receipt_id=request_id,
        identity=address,
        identifiers=[address],
        occurred_at=uow.now,
        received_at=uow.now,
        lead={} if name is None else {"name": name},
    )
    event_id = stable_id("right_person", request_id)
    record_touches(uow, [Envelope(event_id, SOURCE, "", address, uow.now, told)])
    root = leads_store.root_of_identifier(uow.conn, address)
    if root is None:
        raise Problem(409, "erased", "who has this address was erased, and is not taken in again")
    return root


def _hand_over(uow: UnitOfWork, lead_id: str, wrong: Row[Any], who: str) -> RightPerson:
    batch, lead = locked(uow, lead_id)
    in_force = {each.policy: each for each in uow.parts.shelf.in_force(uow.conn)}
    each = in_force.get(wrong.policy)
    handoff_id = None
    if each is not None:
        asked = ask_about(uow, each.version, lead, each.people_key)
        handoff_id = asked.cycle.open_handoff_id or asked.group.open_handoff_id
        is_barred = why_never(uow, lead, each.policy) or asked.evaluation.excluded_by
        if handoff_id is None and asked.hold is None and not is_barred:
            before = select(HANDOFF.c.tier).where(HANDOFF.c.handoff_id == wrong.handoff_id)
            tier = uow.conn.execute(before).scalar_one()
            if tier not in each.version.response:
                tier = next(iter(each.version.response))
            reason = f"named as the right person in hand-off {wrong.handoff_id}"
            handoff_id = hand_over_again(uow, each, asked, tier, who, reason)
    leads_store.save_batch(uow.conn, batch)
    return RightPerson(lead_id=lead.lead_id, handoff_id=handoff_id)
