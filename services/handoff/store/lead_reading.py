"""Leads read without locking them: what names them, and colleagues of those that are locked."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from services.handoff.store.addresses import Moves
from services.handoff.store.leads import COLUMNS, Lead, Member
from services.handoff.store.tables import IDENTIFIER, LEAD
from shared.bulk import is_in

_READ_BEHIND = select(*(LEAD.c[name] for name in COLUMNS)).where(
    LEAD.c.root_id.in_(select(LEAD.c.root_id).where(is_in(LEAD.c.lead_id)))
)

_IDENTIFIERS = (
    select(*(IDENTIFIER.c[name] for name in ("value", "lead_id", "left_at", "taken_at")))
    .where(is_in(IDENTIFIER.c.lead_id))
    .order_by(IDENTIFIER.c.created_at, IDENTIFIER.c.value)
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


def identifiers_of(conn: Connection, leads: Collection[Lead]) -> dict[str, list[str]]:
    """Return the identifiers of each lead, strongest first, those it has no longer last."""
    members = {member.lead_id: lead.lead_id for lead in leads for member in lead.members}
    found: dict[str, list[str]] = {root: [] for root in members.values()}
    former: set[str] = set()
    for row in conn.execute(_IDENTIFIERS, {"wanted": list(members)}).all():
        found[members[row.lead_id]].append(row.value)
        if Moves(row.left_at, row.taken_at).is_former:
            former.add(row.value)
    for lead in leads:
        found[lead.lead_id] += sorted(one for member in lead.members for one in member.claimed)
    rank = {"email": 0, "user": 1, "anon": 2}
    for values in found.values():
        values.sort(key=lambda value: (value in former, rank.get(value.partition(":")[0], 3)))
    return found
