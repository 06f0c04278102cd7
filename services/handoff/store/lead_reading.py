"""Leads read without locking them, to look at colleagues of those that are locked."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from services.handoff.store.leads import COLUMNS, Lead, Member
from services.handoff.store.tables import LEAD
from shared.bulk import is_in

_READ_BEHIND = select(*(LEAD.c[name] for name in COLUMNS)).where(
    LEAD.c.root_id.in_(select(LEAD.c.root_id).where(is_in(LEAD.c.lead_id)))
)


def read_leads_behind(conn: Connection, member_ids: Collection[str]) -> list[Lead]:
    """Return the leads these were recorded under or are part of by now."""
    rows = conn.execute(_READ_BEHIND, {"wanted": sorted(member_ids)}).all()
    return leads_of(Member(*tuple(row)) for row in rows)


def leads_of(members: Iterable[Member]) -> list[Lead]:
    """Return the leads these members make up; all members of a lead must be there."""
    together: dict[str, list[Member]] = {}
    for member in members:
        together.setdefault(member.root_id, []).append(member)
    return [
        Lead(next(one for one in of if one.lead_id == root), of) for root, of in together.items()
    ]
