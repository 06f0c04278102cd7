"""Erasing a person: what is known of a lead goes, that there was one stays.

Touches, facts, identifiers, folded states and the frozen contexts of hand-offs go at once.
Counts stay: hand-offs with their stages and moments, by ids that name nobody any more. The
other services hear of it: ingest empties the receipts, notify its feed and its deliveries,
and subscribers get ``lead.erased.v1``.

What the person did before the erasure is not taken in again, however late it comes. What
they do afterwards makes a new lead, which refuses every channel until it says otherwise.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import select, update

from services.handoff.handlers.clocks import RECONSIDER
from services.handoff.handlers.keep_scoreboard import count_as_erased
from services.handoff.handlers.references import references
from services.handoff.handlers.stop_clocks import stop_clocks
from services.handoff.store import (
    assignments,
    erasing,
    groups,
    lead_search,
    overrides,
    promises,
    results,
)
from services.handoff.store import leads as leads_store
from services.handoff.store.accounts import load_accounts
from services.handoff.store.deadlines import forget_pauses
from services.handoff.store.handoffs import add_audit, add_step
from services.handoff.store.leads import Lead
from services.handoff.store.scoreboard_leads import touches_of
from services.handoff.store.tables import HANDOFF, STEP
from services.handoff.unit_of_work import SOURCE, UnitOfWork
from shared import trace
from shared.bulk import is_in
from shared.contracts import Envelope
from shared.contracts.directory import ErasureOrdered
from shared.contracts.handoffs import Closed
from shared.contracts.leads import LeadErased
from shared.contracts.touches import TouchRecorded
from shared.ids import new_id
from shared.problem import Problem, not_found

ERASURE_REQUESTED = "erasure.requested"
NOBODY = "erased"
SALT_BYTES = 16
NAMES = ("name", "first_name", "last_name")
# What stays of a step's detail: what is no text of somebody's.
KEPT_OF_STEPS = frozenset({"by", "stage", "kind", "step", "due_at", "amount", "currency"})


def is_erasure(envelope: Envelope) -> bool:
    """Return whether somebody asks, through a tool, to be erased."""
    return isinstance(envelope.data, TouchRecorded) and envelope.data.touch == ERASURE_REQUESTED


def take_erasures(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Erase the leads these requests are about. Safe to repeat."""
    for envelope in envelopes:
        data = envelope.data
        assert isinstance(data, TouchRecorded), "the consumer gives nothing else"
        # Found as a touch of the lead would be: by what names a person, before what is shared.
        batch = leads_store.open_batch(uow.conn, data.identifiers, uow.now)
        found = batch.resolver.owners(data.identifiers)
        with trace.caused_by(envelope.traceparent or trace.current.get()):
            erase(uow, found, data.source, f"asked by source {data.source}", data.identifiers)


def erase_lead(uow: UnitOfWork, lead_id: str, who: str, why: str) -> str:
    """Erase one lead because a person says so; return its id. Raises ``Problem``: 404, 409."""
    root = leads_store.root_of(uow.conn, lead_id)
    if root is None:
        raise not_found("lead")
    if erasing.erased_leads(uow.conn, [root]):
        raise Problem(409, "already_erased", "this lead was erased already")
    erase(uow, [root], who, why, ())
    return root


def erase(
    uow: UnitOfWork, roots: Iterable[str], who: str, why: str, identifiers: Iterable[str]
) -> None:
    """Erase the leads ``roots``, and have ``identifiers`` forgotten even where they name nobody."""
    batch = leads_store.lock_leads(uow.conn, set(roots), uow.now)
    did = touches_of(uow.conn, sorted(batch.members))
    for lead in batch.leads.values():
        names = erasing.identifiers_of_members(uow.conn, lead.member_ids)
        called = [str(lead.facts[one]) for one in NAMES if lead.facts.get(one)]
        lead_search.forget_views_about(uow.conn, called, names)
        _leave_account(uow, lead)
        _close_handoffs(uow, lead)
        handoff_ids = _empty_handoffs(uow, lead)
        overrides.forget_reasons(uow.conn, lead.member_ids)
        erasing.forget_remarks(uow.conn, [*lead.member_ids, *handoff_ids], KEPT_OF_STEPS)
        touches = erasing.forget_leads(uow.conn, lead.member_ids, uow.now)
        for member in lead.members:
            member.facts, member.consent = {}, {}
            member.is_known, member.identifiers, member.is_changed = False, 0, True
            member.facts_digest = None
            uow.parts.timers.cancel(uow.conn, member.lead_id, (RECONSIDER,), uow.now)
        others = [one for one in lead.member_ids if one != lead.lead_id]
        event = LeadErased(lead_id=lead.lead_id, merged_lead_ids=others, at=uow.now)
        uow.stage([uow.envelope(event, lead)])
        detail = {"touches": touches, "identifiers": len(names)}
        add_audit(uow.conn, uow.now, who, "lead.erased", lead.lead_id, why, detail)
        identifiers = [*identifiers, *names]
    gone = sorted(set(identifiers))
    if gone:
        erasing.remember_erased(uow.conn, gone, uow.now)
        erasing.forget_parked(uow.conn, gone)
        uow.stage([_order(uow, gone)])
    leads_store.save_batch(uow.conn, batch)
    count_as_erased(uow, did)


def _order(uow: UnitOfWork, identifiers: Sequence[str]) -> Envelope:
    """Return what ingest needs to find the receipts; it names nobody to those who do not know."""
    salt, order_id = secrets.token_hex(SALT_BYTES), new_id()
    event = ErasureOrdered(
        order_id=order_id,
        salt=salt,
        digests=[hashlib.sha256(f"{salt}{one}".encode()).hexdigest() for one in identifiers],
        at=uow.now,
    )
    return Envelope(
        id=new_id(), source=SOURCE, subject=order_id, key=order_id, time=uow.now, data=event
    )


def _leave_account(uow: UnitOfWork, lead: Lead) -> None:
    """Let the lead's account forget them, and hand-offs of colleagues name them no more."""
    companies = groups.companies_of(uow.conn, lead.member_ids)
    load_accounts(uow.conn, {}, companies, lock=True)
    groups.delete_account_signals(uow.conn, companies)
    handoff_ids = groups.group_handoffs_of(uow.conn, lead.member_ids)
    query = select(HANDOFF.c.handoff_id, HANDOFF.c.snapshot).where(is_in(HANDOFF.c.handoff_id))
    for row in uow.conn.execute(query, {"wanted": sorted(handoff_ids)}).all():
        frozen = orjson.loads(row.snapshot)
        for person in frozen["group"]:
            if person["lead_id"] in lead.member_ids:
                person |= {"name": NOBODY, "title": None, "email": None, "touches": []}
        one = update(HANDOFF).where(HANDOFF.c.handoff_id == row.handoff_id)
        uow.conn.execute(one.values(snapshot=orjson.dumps(frozen)))
    joined = select(STEP.c.step_id, STEP.c.detail).where(
        is_in(STEP.c.handoff_id), STEP.c.kind == "joined"
    )
    for step in uow.conn.execute(joined, {"wanted": sorted(handoff_ids)}).all():
        if step.detail.get("lead_id") in lead.member_ids:
            told = update(STEP).where(STEP.c.step_id == step.step_id)
            uow.conn.execute(told.values(detail=step.detail | {"name": NOBODY}))


def _close_handoffs(uow: UnitOfWork, lead: Lead) -> None:
    """End what is open: nobody may be called any more."""
    query = select(HANDOFF.c.handoff_id).where(
        HANDOFF.c.lead_id.in_(lead.member_ids), HANDOFF.c.closed_at.is_(None)
    )
    for handoff_id in sorted(uow.conn.execute(query).scalars()):
        uow.conn.execute(
            update(HANDOFF)
            .where(HANDOFF.c.handoff_id == handoff_id)
            .values(
                stage="superseded",
                closed_by="relevo",
                closed_at=uow.now,
                closed_place=uow.places(),
                reason=NOBODY,
                lead_name=NOBODY,
            )
        )
        stop_clocks(uow, handoff_id, "erased", uow.now, is_open=False)
        add_step(uow.conn, handoff_id, NOBODY, "relevo", uow.now, {})
        reference = references(uow.conn, [handoff_id])[handoff_id]
        closed = Closed(
            handoff=reference.model_copy(update={"lead_id": lead.lead_id}),
            by=None,
            at=uow.now,
            reason=NOBODY,
            text=None,
            amount=None,
            currency=None,
            cool_down_until=None,
        )
        uow.stage([uow.envelope(closed, lead)])


def _empty_handoffs(uow: UnitOfWork, lead: Lead) -> list[str]:
    """Take the person out of the lead's hand-offs, closed ones too; return their ids."""
    query = select(HANDOFF.c.handoff_id, HANDOFF.c.snapshot).where(
        HANDOFF.c.lead_id.in_(lead.member_ids)
    )
    found = uow.conn.execute(query).all()
    for row in found:
        uow.conn.execute(
            update(HANDOFF)
            .where(HANDOFF.c.handoff_id == row.handoff_id)
            .values(lead_name=NOBODY, text=None, snapshot=emptied(bytes(row.snapshot)))
        )
        forget_pauses(uow.conn, row.handoff_id)
        steps = select(STEP.c.step_id, STEP.c.detail).where(STEP.c.handoff_id == row.handoff_id)
        for step in uow.conn.execute(steps).all():
            kept = {name: one for name, one in step.detail.items() if name in KEPT_OF_STEPS}
            uow.conn.execute(update(STEP).where(STEP.c.step_id == step.step_id).values(detail=kept))
    handoff_ids = [row.handoff_id for row in found]
    assignments.forget_words(uow.conn, handoff_ids)
    promises.forget(uow.conn, handoff_ids)
    results.forget_facts(uow.conn, handoff_ids)
    return handoff_ids


def emptied(snapshot: bytes) -> bytes:
    """Return a frozen context without the person: the scores stay, what they were made of goes."""
    frozen: dict[str, Any] = orjson.loads(snapshot)
    lead: dict[str, Any] = {
        name: [] if isinstance(one, list) else None for name, one in frozen["lead"].items()
    }
    kept = {name: frozen["lead"][name] for name in ("lead_id", "first_seen_at")}
    frozen["lead"] = lead | kept | {"name": NOBODY, "facts": {}}
    frozen["handoff"]["lead_name"] = NOBODY
    for name in (
        *("why_now", "timeline", "interests", "content_seen", "campaigns", "not_to_say"),
        "group",
    ):
        frozen[name] = []
    assigned = frozen["assignment"]
    frozen["assignment"] = assigned | assignments.without_words(assigned) | {"text": None}
    if frozen.get("override"):
        frozen["override"]["reason"] = NOBODY
    for score in (frozen["engagement"], frozen["fit"]):
        for factor in score["factors"]:
            factor["evidence"] = []
    return orjson.dumps(
        frozen | {"account": None, "evaluation": {}, "timeline_total": 0, "earlier_handoffs": []}
    )
