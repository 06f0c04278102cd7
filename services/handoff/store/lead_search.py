"""Finding leads as people look for them, and the views they saved."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)

from services.handoff.domain import knowledge, naming
from services.handoff.store.account_domain import account_domain_of
from services.handoff.store.console_tables import SAVED_VIEW
from services.handoff.store.tables import ACCOUNT, HANDOFF, IDENTIFIER, LEAD
from shared import pages
from shared.bulk import is_in
from shared.db import chunks, insert

With = Literal["all", "open", "before", "never"]
LONGEST_QUERY = 200
MOST_VIEWS = 20


def find(
    conn: Connection,
    text: str,
    with_sales: With,
    since: datetime | None,
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[Row[Any]], str | None]:
    """Return leads (roots), newest first, that match all that is asked.

    ``text`` is part of a name, or the beginning of an address, an identifier or a domain.
    """
    query: Select[Any] = select(LEAD.c.lead_id, LEAD.c.created_at).where(
        LEAD.c.lead_id == LEAD.c.root_id, LEAD.c.erased_at.is_(None)
    )
    if text:
        query = query.where(_matches(text))
    if since is not None:
        query = query.where(LEAD.c.created_at >= since)
    query = _with_sales(query, with_sales)
    rows = conn.execute(
        pages.newest_first(query, LEAD.c.created_at, LEAD.c.lead_id, cursor, limit)
    ).all()
    return pages.cut(list(rows), limit, "created_at", "lead_id")


def _matches(text: str) -> ColumnElement[bool]:
    wanted = text.strip().lower()[:LONGEST_QUERY]
    part = f"%{_escaped(wanted)}%"
    names = (LEAD.c.facts[name][0].as_string() for name in ("name", "first_name", "last_name"))
    whole, first, last = (func.coalesce(cast(name, Text), literal("", Text)) for name in names)
    named = func.lower(whole + " " + first + " " + last).like(part, escape="\\")
    domain = account_domain_of(LEAD.c.facts)
    identified = select(LEAD.c.root_id).join(IDENTIFIER, IDENTIFIER.c.lead_id == LEAD.c.lead_id)
    starts = or_(
        IDENTIFIER.c.value == wanted,
        *(_begins(IDENTIFIER.c.value, kind + wanted) for kind in ("email:", "user:")),
    )
    return or_(named, _begins(domain, wanted), LEAD.c.lead_id.in_(identified.where(starts)))


def _begins(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return column.like(f"{_escaped(text)}%", escape="\\")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _with_sales(query: Select[Any], with_sales: With) -> Select[Any]:
    member = LEAD.alias("member")
    of_lead = (
        select(HANDOFF.c.handoff_id)
        .join(member, member.c.lead_id == HANDOFF.c.lead_id)
        .where(member.c.root_id == LEAD.c.lead_id)
    )
    is_open = exists(of_lead.where(HANDOFF.c.closed_at.is_(None)))
    match with_sales:
        case "open":
            return query.where(is_open)
        case "before":
            return query.where(exists(of_lead), ~is_open)
        case "never":
            return query.where(~exists(of_lead))
    return query


def latest_handoffs(conn: Connection, roots: Sequence[str]) -> dict[str, Row[Any]]:
    """Return the latest hand-off of each of these leads that had one."""
    query: Select[Any] = (
        select(
            LEAD.c.root_id,
            HANDOFF.c.handoff_id,
            HANDOFF.c.stage,
            HANDOFF.c.tier,
            HANDOFF.c.decided_at,
        )
        .join(LEAD, LEAD.c.lead_id == HANDOFF.c.lead_id)
        .where(is_in(LEAD.c.root_id))
        .order_by(HANDOFF.c.decided_at)
    )
    rows = conn.execute(query, {"wanted": list(roots)})
    return {row.root_id: row for row in rows}


def companies(conn: Connection, domains: Collection[str | None]) -> dict[str, str]:
    """Return what to call the companies of these domains."""
    wanted = {domain for domain in domains if domain}
    if not wanted:
        return {}
    query = select(ACCOUNT.c.domain, ACCOUNT.c.facts).where(is_in(ACCOUNT.c.domain))
    rows = conn.execute(query, {"wanted": sorted(wanted)}).all()
    named = {row.domain: knowledge.values(row.facts).get("name") for row in rows}
    return {domain: str(named.get(domain) or domain) for domain in wanted}


# --- saved views --------------------------------------------------------------------------------


def views_of(conn: Connection, person_id: str) -> Sequence[Row[Any]]:
    """Return somebody's saved views in order of name."""
    query = select(SAVED_VIEW).where(SAVED_VIEW.c.person_id == person_id)
    return conn.execute(query.order_by(SAVED_VIEW.c.name, SAVED_VIEW.c.view_id)).all()


def save_view(conn: Connection, values: dict[str, Any]) -> None:
    """Store a view, every column of it."""
    conn.execute(insert(conn, SAVED_VIEW).values(values))


def forget_view(conn: Connection, person_id: str, view_id: str) -> None:
    """Delete one of somebody's own views."""
    conn.execute(
        SAVED_VIEW.delete().where(
            SAVED_VIEW.c.view_id == view_id, SAVED_VIEW.c.person_id == person_id
        )
    )


def forget_views_about(conn: Connection, names: Sequence[str], identifiers: Sequence[str]) -> None:
    """Delete everybody's views that look for this person, or are called after them."""
    gone = [
        view.view_id
        for view in conn.execute(select(SAVED_VIEW))
        if naming.searches_for(_looks_for(view.query), names, identifiers)
        or naming.speaks_of(view.name, names, identifiers)
    ]
    for some in chunks(gone):
        conn.execute(SAVED_VIEW.delete().where(SAVED_VIEW.c.view_id.in_(some)))


def _looks_for(query: str) -> str:
    return dict(parse_qsl(query)).get("q", "")
