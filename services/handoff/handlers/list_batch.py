"""What people read of a batch: who is listed, why now, and why not before. Writes nothing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from services.handoff.domain import knowledge
from services.handoff.domain.identity import best_name
from services.handoff.readmodels import read_leads
from services.handoff.store.accounts import Account, load_accounts
from services.handoff.store.batches import ItemFilter, Sort, page_of_items
from services.handoff.store.lead_reading import identifiers_of
from services.handoff.store.leads import roots_of
from services.handoff.store.tables import TOUCH
from shared.bulk import is_in

_TOUCHES = select(TOUCH.c.touch_id, TOUCH.c.kind, TOUCH.c.name, TOUCH.c.occurred_at).where(
    is_in(TOUCH.c.touch_id)
)
KEPT = (
    "lead_id",
    "state",
    "gate",
    "tier",
    "engagement",
    "fit",
    "why_not",
    "ticked_by",
    "ticked_at",
    "reason",
    "handoff_id",
    "settled_at",
)


def page_described(
    conn: Connection,
    batch_id: str,
    wanted: ItemFilter,
    sort: Sort,
    cursor: str | None,
    limit: int,
) -> tuple[list[dict[str, Any]], str | None]:
    """Return some items as people read them, and the cursor behind."""
    rows, following = page_of_items(conn, batch_id, wanted, sort, cursor, limit)
    return describe_items(conn, rows), following


def describe_items(conn: Connection, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Return rows of ``batch_item`` with who the leads are now and what they did."""
    root_of = roots_of(conn, [row.lead_id for row in rows])
    leads = read_leads(conn, list(set(root_of.values())))
    identifiers = identifiers_of(conn, leads.values())
    accounts: dict[str, Account] = {}
    load_accounts(conn, accounts, {d for lead in leads.values() if (d := lead.account_domain)})
    ids = sorted({touch_id for row in rows for touch_id in row.deciding})
    touches = {touch.touch_id: touch for touch in conn.execute(_TOUCHES, {"wanted": ids}).all()}
    described = []
    for row in rows:
        lead = leads.get(root_of.get(row.lead_id, ""))
        domain = lead.account_domain if lead else None
        account = accounts.get(domain) if domain else None
        company = knowledge.values(account.facts).get("name") if account else None
        described.append(
            {name: row._mapping[name] for name in KEPT}
            | {
                "name": best_name(lead.facts, identifiers[lead.lead_id]) if lead else None,
                "email": lead.facts.get("email") if lead else None,
                "title": lead.facts.get("title") if lead else None,
                "company": company or domain,
                "deciding": [
                    dict(touches[touch_id]._mapping)
                    for touch_id in row.deciding
                    if touch_id in touches
                ],
            }
        )
    return described
