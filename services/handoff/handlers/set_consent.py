"""Consent written down by a person: what a lead said on the phone, on paper, at a fair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.handoff.domain.knowledge import learn
from services.handoff.handlers.note_consent import consent_changed
from services.handoff.handlers.overrides import locked, look_again, place_of
from services.handoff.store import leads as leads_store
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.clock import to_text


@dataclass(frozen=True, slots=True)
class Said:
    """What a lead said of one channel, ``all`` for every one, and when; None: just now."""

    channel: str
    status: str
    at: datetime | None = None


def set_consent(
    uow: UnitOfWork, caller: Caller, lead_id: str, said: Sequence[Said], source: str, why: str
) -> dict[str, Any]:
    """Write down what a lead said; return its consent after it, as it is kept.

    ``source`` says where they said so. Of two words about a channel the later one counts, so
    what a source told since stays. Raises ``Problem`` (404).
    """
    batch, lead = locked(uow, lead_id)
    earlier = [dict(lead.consent)]
    for one in said:
        at = to_text(min(one.at or uow.now, uow.now))
        learn(lead.root.consent, one.channel, one.status, at, source)
    lead.root.is_changed = True
    lifted = consent_changed(uow, lead, earlier, place_of(uow, lead), because=why)
    detail = {"source": source, "said": {one.channel: one.status for one in said}}
    add_audit(uow.conn, uow.now, caller.name, "lead.consent_set", lead.lead_id, why, detail)
    if lifted:
        look_again(uow, lead, lifted)
    leads_store.save_batch(uow.conn, batch)
    return dict(lead.consent)
