"""What holds leads back beside a person's word: what a verdict causes, the lead's own wish.

Each hold is a row like a person's word, with its place in the order of judgement: whatever
lets or keeps a lead from being handed over is found there, by production and by a replay.
"""

from collections.abc import Iterable
from typing import Any, Literal

from sqlalchemy import Row

from services.handoff.domain.consent import nobody_may
from services.handoff.handlers.clocks import HOLD_ENDS
from services.handoff.store import overrides
from services.handoff.store.handoffs import add_audit
from services.handoff.store.leads import Lead
from services.handoff.unit_of_work import UnitOfWork
from shared.ids import new_id

Cause = Literal["person", "suppress", "exclude", "fix", "ask_right_person", "consent"]
FOR_GOOD = ("suppress", "exclude", "consent")
"""Nobody hands such a lead over by hand either, until somebody takes the hold back."""
OF_VERDICTS = ("suppress", "exclude", "fix", "ask_right_person")


def hold(
    uow: UnitOfWork,
    lead_id: str,
    cause: Cause,
    reason: str,
    made_by: str,
    place: int,
    policy: str | None = None,
    person_id: str | None = None,
    handoff_id: str | None = None,
    known_digest: int | None = None,
) -> str:
    """Hold a lead back until somebody lets it go, under ``policy`` or (None) under every one.

    Returns the hold's id. The lead is locked.
    """
    override_id = new_id()
    overrides.add_override(
        uow.conn,
        override_id=override_id,
        lead_id=lead_id,
        policy=policy,
        ready=False,
        cause=cause,
        reason=reason,
        made_by=made_by,
        person_id=person_id,
        made_at=uow.now,
        place=place,
        until=None,
        handoff_id=handoff_id,
        known_digest=known_digest,
    )
    detail = {"policy": policy, "cause": cause, "handoff_id": handoff_id}
    add_audit(uow.conn, uow.now, made_by, "lead.held_back", lead_id, reason, detail)
    return override_id


def let_go(
    uow: UnitOfWork, lead: Lead, holds: Iterable[Row[Any]], who: str, why: str, place: int
) -> None:
    """Let these hold the lead back no longer, from ``place`` on. It is locked."""
    rows = list(holds)
    if not rows:
        return
    overrides.lift(uow.conn, [row.override_id for row in rows], who, why, uow.now, place)
    for row in rows:
        uow.parts.timers.cancel(uow.conn, row.override_id, (HOLD_ENDS,), uow.now)
        detail = {"policy": row.policy, "cause": row.cause}
        add_audit(uow.conn, uow.now, who, "lead.override_lifted", lead.lead_id, why, detail)


def heed_consent(
    uow: UnitOfWork, lead: Lead, place: int, because: str | None = None
) -> list[Row[Any]]:
    """Hold back who refuses every channel, and nobody who does not; return what was lifted.

    Asked wherever consent can have changed: it was told, leads became one, or parted.
    """
    refusal = nobody_may(lead.consent)
    holds = overrides.holds_on(uow.conn, lead.member_ids, uow.now)
    held = [row for row in holds if row.cause == "consent"]
    if refusal is not None and not held:
        _, _, source = refusal
        reason = f"asked not to be contacted on any channel, said {source}"
        reason = reason if because is None else f"{reason}: {because}"
        hold(uow, lead.lead_id, "consent", reason, "relevo", place)
    elif refusal is None and held:
        let_go(uow, lead, held, "relevo", "a channel may be used again", place)
        return held
    return []
