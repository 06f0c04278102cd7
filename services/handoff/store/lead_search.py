"""Finding leads as people look for them, and the views they saved."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    case,
    exists,
    false,
    select,
    true,
    union,
)

from services.handoff.domain import knowledge, naming
from services.handoff.domain.search_words import DOMAIN_MARK, IDENTIFIER_MARK, split, typed
from services.handoff.store.console_tables import SAVED_VIEW
from services.handoff.store.lead_words import LEAD_WORD, begins
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

    ``text`` has the beginnings of words of a name, or is that of an address, another
    identifier or a company's domain; case and accents of names do not matter.
    """
    query: Any
    if text.strip():
        found = _with_words(text).subquery("found")
        lead_id, created_at = found.c.lead_id, found.c.created_at
        query = select(lead_id, created_at)
    else:
        lead_id, created_at = LEAD.c.lead_id, LEAD.c.created_at
        query = select(lead_id, created_at).where(_IS_ROOT, LEAD.c.erased_at.is_(None))
    query = _with_sales(query, lead_id, with_sales)
    if since is not None:
        query = query.where(created_at >= since)
    rows = conn.execute(pages.newest_first(query, created_at, lead_id, cursor, limit)).all()
    return pages.cut(list(rows), limit, "created_at", "lead_id")


def _with_words(text: str) -> Select[Any] | CompoundSelect[Any]:
    """Return the leads of which each word of ``text`` begins a word, or it all an identifier."""
    whole = typed(text)
    found = [_EXACT.where(IDENTIFIER.c.value == whole)]
    found += [_beginning(mark + whole) for mark in (DOMAIN_MARK, IDENTIFIER_MARK)]
    if words := sorted(split(text[:LONGEST_QUERY]), key=len, reverse=True):
        also = (select(LEAD_WORD.c.lead_id).where(begins(each)) for each in words[1:])
        found.append(_beginning(words[0]).where(*(LEAD_WORD.c.lead_id.in_(one) for one in also)))
    return union(*found)


_MEMBER = LEAD.alias("member")
# PostgreSQL expects one row of two hundred of two columns that are equal, and would then look
# at all leads to sort them; of a CASE it expects half, and walks from the newest.
_IS_ROOT = case((LEAD.c.lead_id == LEAD.c.root_id, true()), else_=false())
_EXACT = (
    select(LEAD.c.lead_id, LEAD.c.created_at)
    .join(_MEMBER, _MEMBER.c.root_id == LEAD.c.lead_id)
    .join(IDENTIFIER, IDENTIFIER.c.lead_id == _MEMBER.c.lead_id)
)


def _beginning(text: str) -> Select[Any]:
    return select(LEAD_WORD.c.lead_id, LEAD_WORD.c.created_at).where(begins(text))


def _with_sales(query: Select[Any], lead_id: ColumnElement[Any], with_sales: With) -> Select[Any]:
    of_lead = (
        select(HANDOFF.c.handoff_id)
        .join(_MEMBER, _MEMBER.c.lead_id == HANDOFF.c.lead_id)
        .where(_MEMBER.c.root_id == lead_id)
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
    """Return the hand-off that tells where each of these leads stands: the latest open one.

    Where none is open it is the latest, of those of merged leads none that was joined to another.
    """
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
        .order_by(
            case((HANDOFF.c.closed_at.is_(None), 2), (HANDOFF.c.stage != "superseded", 1), else_=0),
            HANDOFF.c.decided_at,
        )
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
