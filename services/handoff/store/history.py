"""What was judged beside touches and hand-offs, kept so that history can be replayed exactly.

Kinds of rows:

- ``before``: something else was known by the time a transaction began, at its first place;
- ``told``: an event told news about its lead, which was judged for it at ``at``;
- ``known``: nothing was judged for it, but from here on something else was known;
- ``reconsidered``: a cool-down that ended at ``due_at`` let the lead be looked at again;
- ``released``: people had chosen the lead from a batch of a version of ``policy``, and it
  was asked about once more.

The ``detail`` of each may say what was known from this place on; empty: the same as before.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import orjson
from sqlalchemy import Connection, select

from services.handoff.domain import knowledge
from services.handoff.domain.facts import Facts
from services.handoff.domain.knowledge import DERIVED, Knowledge
from services.handoff.store.accounts import Account
from services.handoff.store.leads import Lead
from services.handoff.store.tables import LEAD_HISTORY
from shared.bulk import bulk_insert

SCOPES = ("lead", "account")
Kind = Literal["before", "told", "known", "reconsidered", "released", "let_go"]


class HistoryRow(NamedTuple):
    """A row of ``lead_history``; ``lead_id`` is the member an event was recorded under."""

    lead_id: str
    place: int
    kind: Kind
    at: datetime
    detail: Mapping[str, Any]


def add_history(conn: Connection, rows: Sequence[HistoryRow]) -> None:
    """Write rows of history."""
    bulk_insert(conn, LEAD_HISTORY, HistoryRow._fields, rows, "refuse")


def known_at(conn: Connection, lead_ids: Collection[str], before: int) -> Facts | None:
    """Return the facts a lead (its members) was judged with last before a place.

    None: nothing is written of that time.
    """
    rows = conn.execute(
        select(LEAD_HISTORY.c.lead_id, LEAD_HISTORY.c.detail)
        .where(LEAD_HISTORY.c.lead_id.in_(list(lead_ids)), LEAD_HISTORY.c.place < before)
        .order_by(LEAD_HISTORY.c.place)
    )
    latest = {lead_id: detail for lead_id, detail in rows if "is_known" in detail}
    if not latest:
        return None
    return {scope: _together(known[scope] for known in latest.values()) for scope in SCOPES}


def _together(bodies: Iterable[Mapping[str, Sequence[Any]]]) -> dict[str, Any]:
    """Return the facts of several bodies of knowledge; of each the one that was said last."""
    said = ({name: [*one, ""] for name, one in body.items()} for body in bodies)
    return knowledge.values(knowledge.union(said))


class Body(NamedTuple):
    """What is known of a lead and of its company, each fact with its moment and source."""

    lead: Knowledge
    account: Knowledge
    is_known: bool

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """What fit criteria and exclusions look at."""
        return {"lead": knowledge.values(self.lead), "account": knowledge.values(self.account)}

    @property
    def digest(self) -> int:
        """Sixty-four bits that differ where a policy could see a difference."""
        text = orjson.dumps((self.facts, self.is_known), option=orjson.OPT_SORT_KEYS)
        return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True)

    def told(self) -> dict[str, Any]:
        """Return it as a row of history has it."""
        return {
            "lead": _told(self.lead),
            "account": _told(self.account),
            "is_known": self.is_known,
        }


def known_now(lead: Lead, account: Account | None) -> Body:
    """Return what is known of a lead."""
    return Body(lead.knowledge, account_knowledge(account), lead.is_known)


def account_knowledge(account: Account | None, before: bool = False) -> Knowledge:
    """Return what is known of a company, or was before this transaction; its domain is derived."""
    if account is None:
        return {}
    facts = account.facts_before if before else account.facts
    return {**facts, "domain": [account.domain, DERIVED, ""]}


def new_knowledge(lead: Lead, account: Account | None) -> dict[str, Any]:
    """Return what is known of a locked lead if it was last judged knowing something else.

    The lead remembers a digest of it, so whatever changed it is noticed: news of its own,
    of a colleague about the account, a merge, an undone merge.
    """
    body = known_now(lead, account)
    digest = body.digest
    if lead.root.facts_digest == digest:
        return {}
    lead.root.facts_digest = digest
    lead.root.is_changed = True
    return body.told()


def _told(known: Knowledge) -> dict[str, list[Any]]:
    return {name: [value, at] for name, (value, at, _source) in known.items()}
