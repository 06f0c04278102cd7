"""What people and programs read: lists and pages of leads and hand-offs. Writes nothing."""

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from services.handoff.domain import knowledge
from services.handoff.domain.identity import best_name
from services.handoff.store import leads as leads_store
from services.handoff.store.erasing import erased_leads
from services.handoff.store.handoff_lines import lines_of_handoffs
from services.handoff.store.lead_reading import identifiers_of
from services.handoff.store.leads import Lead
from services.handoff.store.overrides import lines_of_overrides, overrides_of
from services.handoff.store.people import as_person
from services.handoff.store.scope_tables import HANDOFF_PERSON
from services.handoff.store.tables import (
    ACCOUNT,
    ASSIGNMENT,
    HANDOFF,
    IDENTIFIER,
    LEAD,
    MERGE,
    PERSON,
    STEP,
    TOLD,
    TOUCH,
)
from shared import pages
from shared.bulk import is_in
from shared.problem import Problem


def list_leads(
    conn: Connection, identifier: str | None, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return leads, newest first; one at most when ``identifier`` is given."""
    query = select(LEAD.c.lead_id, LEAD.c.created_at).where(
        LEAD.c.lead_id == LEAD.c.root_id, LEAD.c.erased_at.is_(None)
    )
    if identifier is not None:
        found = (
            select(LEAD.c.root_id)
            .join(IDENTIFIER, IDENTIFIER.c.lead_id == LEAD.c.lead_id)
            .where(IDENTIFIER.c.value == identifier)
        )
        query = query.where(LEAD.c.lead_id.in_(found))
    rows = conn.execute(
        pages.newest_first(query, LEAD.c.created_at, LEAD.c.lead_id, cursor, limit)
    ).all()
    shown, following = pages.cut(list(rows), limit, "created_at", "lead_id")
    leads = read_leads(conn, [row.lead_id for row in shown])
    identifiers = identifiers_of(conn, leads.values())
    return [lead_summary(leads[row.lead_id], identifiers[row.lead_id]) for row in shown], following


def read_leads(conn: Connection, roots: list[str]) -> dict[str, Lead]:
    """Return leads without locking them."""
    members = leads_store.read_members(conn, roots)
    found = {one.lead_id: Lead(one, []) for one in members if one.lead_id == one.root_id}
    for one in members:
        found[one.root_id].members.append(one)
    return found


def lead_names(conn: Connection, lead_ids: Collection[str]) -> dict[str, str]:
    """Return what to call these leads now; one that was merged has the name of the whole."""
    rows = conn.execute(_ROOTS, {"wanted": sorted(set(lead_ids))})
    root_of = {lead_id: root_id for lead_id, root_id in rows}  # noqa: C416 - a row is no pair
    leads = read_leads(conn, sorted(set(root_of.values())))
    identifiers = identifiers_of(conn, leads.values())
    return {
        lead_id: best_name(leads[root].facts, identifiers[root])
        for lead_id, root in root_of.items()
    }


_ROOTS = select(LEAD.c.lead_id, LEAD.c.root_id).where(is_in(LEAD.c.lead_id))


def lead_summary(lead: Lead, identifiers: list[str]) -> dict[str, Any]:
    """Return what a list of leads shows."""
    return {
        "lead_id": lead.lead_id,
        "name": best_name(lead.facts, identifiers),
        "identifiers": identifiers,
        "account_domain": lead.account_domain,
        "first_seen_at": lead.first_seen_at,
        "created_at": lead.root.created_at,
    }


def show_lead(conn: Connection, lead_id: str) -> dict[str, Any] | None:
    """Return a lead with everything known about it; a merged one shows the lead it is part of."""
    root = leads_store.root_of(conn, lead_id)
    if root is None:
        return None
    if erased_leads(conn, [root]):
        raise Problem(410, "erased", "this lead was erased")
    lead = read_leads(conn, [root])[root]
    identifiers = identifiers_of(conn, [lead])[root]
    together = knowledge.union(member.facts for member in lead.members)
    handoffs = conn.execute(
        select(HANDOFF.c.handoff_id, HANDOFF.c.policy, HANDOFF.c.stage, HANDOFF.c.decided_at)
        .where(HANDOFF.c.lead_id.in_(lead.member_ids))
        .order_by(HANDOFF.c.decided_at.desc())
    )
    merges = conn.execute(
        select(MERGE).where(MERGE.c.lead_id == root).order_by(MERGE.c.merged_at.desc())
    )
    return lead_summary(lead, identifiers) | {
        "facts": {
            name: {"value": value, "at": at, "source": source}
            for name, (value, at, source) in sorted(together.items())
        },
        "consent": {
            channel: {"status": status, "at": at, "source": source}
            for channel, (status, at, source) in sorted(lead.consent.items())
        },
        "account": _account(conn, lead.account_domain),
        "handoffs": [dict(row._mapping) for row in handoffs],
        "merges": [
            {
                "merged_lead_id": row.merged_lead_id,
                "because": row.because,
                "merged_at": row.merged_at,
                "undone_at": row.undone_at,
            }
            for row in merges
        ],
        "overrides": [dict(row._mapping) for row in overrides_of(conn, lead.member_ids)],
    }


def _account(conn: Connection, domain: str | None) -> dict[str, Any] | None:
    row = conn.execute(select(ACCOUNT).where(ACCOUNT.c.domain == domain)).first()
    if row is None:
        return None
    return {"account_id": row.account_id, "domain": row.domain} | {
        "facts": knowledge.values(row.facts)
    }


def timeline_rows(
    conn: Connection, lead_id: str, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None] | None:
    """Return a lead's touches, people's words about it and the steps of its hand-offs.

    Newest first, one page; None when there is no such lead.
    """
    root = leads_store.root_of(conn, lead_id)
    if root is None:
        return None
    members = select(LEAD.c.lead_id).where(LEAD.c.root_id == root)
    query = select(TOUCH).where(TOUCH.c.lead_id.in_(members))
    rows = conn.execute(
        pages.newest_first(query, TOUCH.c.occurred_at, TOUCH.c.touch_id, cursor, limit)
    ).all()
    lines: list[Any] = [
        *rows,
        *lines_of_overrides(conn, members, cursor, limit),
        *lines_of_handoffs(conn, members, cursor, limit),
    ]
    lines.sort(key=lambda line: (line.occurred_at, line.touch_id), reverse=True)
    shown, following = pages.cut(lines, limit, "occurred_at", "touch_id")
    return shown, following


def list_handoffs(
    conn: Connection,
    cursor: str | None,
    limit: int,
    stage: str | None = None,
    owner_id: str | None = None,
    lead_id: str | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """Return hand-offs, newest first."""
    query = select(HANDOFF, PERSON).join(PERSON, PERSON.c.person_id == HANDOFF.c.owner_id)
    if stage is not None:
        query = query.where(HANDOFF.c.stage == stage)
    if owner_id is not None:
        query = query.where(HANDOFF.c.owner_id == owner_id)
    if lead_id is not None:
        root = leads_store.root_of(conn, lead_id)
        members = select(LEAD.c.lead_id).where(LEAD.c.root_id == root)
        query = query.where(HANDOFF.c.lead_id.in_(members))
    rows = conn.execute(
        pages.newest_first(query, HANDOFF.c.decided_at, HANDOFF.c.handoff_id, cursor, limit)
    ).all()
    shown, following = pages.cut(list(rows), limit, "decided_at", "handoff_id")
    return [handoff_summary(row) for row in shown], following


_SUMMARY = (
    "handoff_id",
    "lead_id",
    "lead_name",
    "policy",
    "version",
    "agreement",
    "cycle",
    "gate",
    "tier",
    "stage",
    "engagement",
    "fit",
    "decided_at",
    "due_at",
    "accepted_by",
    "accepted_at",
    "attempts",
    "first_attempt_at",
    "talked_at",
    "closed_by",
    "closed_at",
    "reason",
    "text",
    "returns_at",
    "amount",
    "currency",
)


def handoff_summary(row: Row[Any]) -> dict[str, Any]:
    """Return what a list of hand-offs shows; ``row`` holds the owner too."""
    return {name: row._mapping[name] for name in _SUMMARY} | {"owner": as_person(row).model_dump()}


def show_handoff(
    conn: Connection, handoff_id: str, owner_id: str | None = None
) -> dict[str, Any] | None:
    """Return a hand-off with its frozen context and all that happened to it.

    With ``owner_id`` somebody else's hand-off is None, like an unknown one.
    """
    row = conn.execute(
        select(HANDOFF, PERSON)
        .join(PERSON, PERSON.c.person_id == HANDOFF.c.owner_id)
        .where(HANDOFF.c.handoff_id == handoff_id)
    ).first()
    if row is None or owner_id not in (None, row.owner_id):
        return None
    return handoff_summary(row) | {
        "sales_ready": orjson.loads(row.snapshot),
        "group": _of(conn, HANDOFF_PERSON, handoff_id, "joined_at"),
        "assignments": _of(conn, ASSIGNMENT, handoff_id, "assigned_at"),
        "deadlines": _frozen_deadlines(row),
        "steps": _of(conn, STEP, handoff_id, "happened_at"),
        "told": _of(conn, TOLD, handoff_id, "told_at"),
    }


def _frozen_deadlines(handoff: Row[Any]) -> list[dict[str, Any]]:
    """Return the clocks as they were frozen: all there is of those of before calendars."""
    before = {"step": 1, "starts_at": handoff.decided_at, "revision": None}
    return [before | one for one in orjson.loads(handoff.snapshot).get("deadlines", ())]


def _of(conn: Connection, table: Any, handoff_id: str, at: str) -> list[dict[str, Any]]:
    rows = conn.execute(select(table).where(table.c.handoff_id == handoff_id).order_by(table.c[at]))
    return [dict(row._mapping) for row in rows]
