"""How events name a hand-off that exists."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from services.handoff.store.people import as_person
from services.handoff.store.tables import HANDOFF, LEAD, PERSON
from shared.contracts.handoffs import HandoffRef
from shared.db import chunks


def references(conn: Connection, handoff_ids: Iterable[str]) -> dict[str, HandoffRef]:
    """Return each hand-off as it stands, under the lead its lead is part of now.

    A lead this transaction has made is not stored yet: it stands for itself.
    """
    found: dict[str, HandoffRef] = {}
    for some in chunks(sorted(set(handoff_ids))):
        rows = conn.execute(
            select(HANDOFF, PERSON, LEAD.c.root_id)
            .join(PERSON, PERSON.c.person_id == HANDOFF.c.owner_id)
            .outerjoin(LEAD, LEAD.c.lead_id == HANDOFF.c.lead_id)
            .where(HANDOFF.c.handoff_id.in_(some))
        )
        found |= {row.handoff_id: _reference(row) for row in rows}
    return found


def reference(conn: Connection, handoff_id: str) -> HandoffRef:
    """Return one hand-off that is known to exist."""
    return references(conn, [handoff_id])[handoff_id]


def _reference(row: Row[Any]) -> HandoffRef:
    return HandoffRef(
        handoff_id=row.handoff_id,
        lead_id=row.root_id or row.lead_id,
        lead_name=row.lead_name,
        policy=row.policy,
        policy_version=row.version,
        policy_version_id=row.version_id,
        agreement=row.agreement,
        gate=row.gate,
        tier=row.tier,
        cycle=row.cycle,
        stage=row.stage,
        owner=as_person(row),
    )
