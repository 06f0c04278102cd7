"""A lead to try something with: one that exists, found as people look for leads, or described."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from services.handoff.domain.identity import best_name
from services.handoff.readmodels import read_leads
from services.handoff.store import lead_search
from services.handoff.store.lead_reading import identifiers_of
from services.handoff.store.leads import root_of, root_of_identifier
from services.handoff.unit_of_work import UnitOfWork
from shared.fields import canonical_id

OF_LEAD = ("language", "product")
OF_ACCOUNT = ("country", "region", "domain", "employees", "segment")
DESCRIBED = (*OF_ACCOUNT, *OF_LEAD)
MOST_FOUND = 8
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Found:
    """Leads that what was typed may mean."""

    leads: tuple[tuple[str, str], ...]
    """Id and name."""

    @property
    def only(self) -> str | None:
        """The id where there is one alone."""
        return self.leads[0][0] if len(self.leads) == 1 else None


def asked(query: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Return what an address asks, with every field of the form."""
    return {name: query.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in names}


def is_described(given: Mapping[str, str]) -> bool:
    """Return whether anything was said of a lead that need not exist."""
    return any(given[name] for name in DESCRIBED)


def facts_of(given: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return what was said of a lead: ``{"lead": {…}, "account": {…}}``."""
    return {
        "lead": {name: given[name] for name in OF_LEAD if given[name]},
        "account": {name: given[name] for name in OF_ACCOUNT if given[name]},
    }


def find_leads(conn: Connection, text: str) -> Found:
    """Return the leads that an id, an address or part of a name means."""
    root = _known(conn, text)
    roots = [root] if root is not None else []
    if root is None:
        rows, _ = lead_search.find(conn, text, "all", None, None, MOST_FOUND)
        roots = [row.lead_id for row in rows]
    leads = read_leads(conn, roots)
    identifiers = identifiers_of(conn, leads.values())
    return Found(tuple((root, best_name(leads[root].facts, identifiers[root])) for root in roots))


def _known(conn: Connection, text: str) -> str | None:
    """Return the lead that an id or a whole address names: no search is needed."""
    try:
        return root_of(conn, canonical_id(text))
    except ValueError:
        return root_of_identifier(conn, f"email:{text.lower()}") if "@" in text else None


def policies_in_force(uow: UnitOfWork) -> dict[str, tuple[str, ...]]:
    """Return the policies in force by name, each with its tiers."""
    in_force = uow.parts.shelf.in_force(uow.conn)
    return {one.policy: tuple(one.version.response) for one in in_force}
