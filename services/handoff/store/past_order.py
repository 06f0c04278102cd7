"""In which order leads come to a replay: those whose histories depend on each other together.

For most versions these are leads that were ever one, and the others come by their ids. For
a version that asks about several people of an account they are all who were ever of one
company, and of the companies they went to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, exists, func, select, union

from services.handoff.store.account_domain import account_domain_of, told_domain_of
from services.handoff.store.tables import LEAD, LEAD_HISTORY, MERGE
from shared.bulk import is_in

_ROOTS = select(LEAD.c.lead_id).where(LEAD.c.lead_id == LEAD.c.root_id)
_COMPANY = account_domain_of(LEAD.c.facts)
_TOLD = told_domain_of(LEAD_HISTORY.c.detail)
_MEMBER = LEAD.alias("member")
_OF_NO_COMPANY = ~exists().where(
    _MEMBER.c.root_id == LEAD.c.root_id, account_domain_of(_MEMBER.c.facts).is_not(None)
)
_NOW = select(LEAD.c.root_id.label("root"), _COMPANY.label("domain")).where(_COMPANY.is_not(None))
_EVER = union(
    _NOW,
    select(LEAD.c.root_id, _TOLD)
    .join(LEAD_HISTORY, LEAD_HISTORY.c.lead_id == LEAD.c.lead_id)
    .where(_TOLD.is_not(None)),
).subquery()
_WENT_ELSEWHERE = (
    select(_EVER.c.root).group_by(_EVER.c.root).having(func.count(_EVER.c.domain.distinct()) > 1)
)
_LEFT = (
    select(LEAD.c.root_id, _TOLD)
    .join(LEAD_HISTORY, LEAD_HISTORY.c.lead_id == LEAD.c.lead_id)
    .where(_TOLD.is_not(None), _OF_NO_COMPANY)
    .distinct()
)
_AT = select(LEAD.c.root_id, _COMPANY).where(is_in(_COMPANY)).distinct()


class Order(Protocol):
    """Gives out leads until all have come."""

    is_over: bool

    def take(self, conn: Connection, limit: int) -> tuple[list[set[str]], int]:
        """Return the next leads that belong together, and how many leads they are in all.

        About ``limit`` leads or companies.
        """
        ...


@dataclass
class ByLead:
    """Leads by their ids, each with all it was ever one with."""

    is_over: bool = False
    _after: str | None = None
    _parted: dict[str, set[str]] | None = None

    def take(self, conn: Connection, limit: int) -> tuple[list[set[str]], int]:
        """Return the next leads; see ``Order``."""
        if self._parted is None:
            self._parted = once_one(conn)
        roots = self._next(conn, limit)
        # Leads that were one for a while come together, with the first of them.
        together = (self._parted.get(root, {root}) for root in roots)
        components = [one for root, one in zip(roots, together, strict=True) if min(one) == root]
        return components, len(roots)

    def _next(self, conn: Connection, limit: int, *of: ColumnElement[bool]) -> list[str]:
        query = _ROOTS if self._after is None else _ROOTS.where(LEAD.c.lead_id > self._after)
        query = query.where(*of).order_by(LEAD.c.lead_id).limit(limit)
        roots = list(conn.execute(query).scalars())
        self.is_over = len(roots) < limit
        if roots:
            self._after = roots[-1]
        return roots


@dataclass
class ByCompany:
    """Companies by their domains, each with all its leads; then leads of no company."""

    is_over: bool = False
    _after: str | None = None
    _others: ByLead | None = None
    """Gives out the leads of no company, once the companies are done."""
    _linked: dict[str, set[str]] | None = None
    """Domains whose leads belong together, by each of them, where that is more than one."""
    _beside: dict[str, set[str]] = field(default_factory=dict)
    """Leads of no company now that belong to one all the same."""
    _done: set[str] = field(default_factory=set)
    """Linked domains that have come."""

    def take(self, conn: Connection, limit: int) -> tuple[list[set[str]], int]:
        """Return the next leads; see ``Order``."""
        if self._linked is None:
            self._linked = self._link(conn)
        if self._others is None:
            components = self._companies(conn, limit, self._linked)
        else:
            beside = set(chain.from_iterable(self._beside.values()))
            found, _ = self._others.take(conn, limit)
            # Whoever was one with somebody who has come with a company came with it too.
            components = [one for one in found if beside.isdisjoint(one)]
            self.is_over = self._others.is_over
        return components, sum(map(len, components))

    def _companies(
        self, conn: Connection, limit: int, linked: dict[str, set[str]]
    ) -> list[set[str]]:
        query = select(_COMPANY).where(_COMPANY.is_not(None)).distinct()
        if self._after is not None:
            query = query.where(self._after < _COMPANY)
        domains = list(conn.execute(query.order_by(_COMPANY).limit(limit)).scalars())
        if len(domains) < limit:
            self._others = _OfNoCompany()
        if not domains:
            return []
        self._after = domains[-1]
        components: list[set[str]] = []
        home: dict[str, set[str]] = {}
        for domain in domains:
            if domain in self._done:
                continue
            leads: set[str] = set()
            components.append(leads)
            together = linked.get(domain, {domain})
            self._done |= together & linked.keys()
            for each in together:
                home[each] = leads
                leads |= self._beside.get(each, set())
        for root, domain in conn.execute(_AT, {"wanted": sorted(home)}):
            home[domain].add(root)
        return components

    def _link(self, conn: Connection) -> dict[str, set[str]]:
        """Return which companies belong together by leads who were at several of them."""
        linked: dict[str, set[str]] = {}
        moved = select(_EVER.c.root, _EVER.c.domain).where(_EVER.c.root.in_(_WENT_ELSEWHERE))
        companies_of: dict[str, set[str]] = {}
        for root, domain in conn.execute(moved):
            companies_of.setdefault(root, set()).add(domain)
        for root, domain in conn.execute(_LEFT):
            companies_of.setdefault(root, set()).add(domain)
            self._beside.setdefault(domain, set()).add(root)
        for domains in companies_of.values():
            _join(linked, domains)
        parted = {frozenset(one) for one in once_one(conn).values()}
        wanted = sorted(set(chain.from_iterable(parted)))
        for root, domain in conn.execute(
            select(_EVER).where(is_in(_EVER.c.root)), {"wanted": wanted}
        ):
            companies_of.setdefault(root, set()).add(domain)
        for roots in parted:
            domains = set[str]().union(*(companies_of.get(root, ()) for root in roots))
            _join(linked, domains)
            if domains:
                beside = {root for root in roots if root not in companies_of}
                self._beside.setdefault(min(domains), set()).update(beside)
        return linked


class _OfNoCompany(ByLead):
    """Leads of no company by their ids."""

    def _next(self, conn: Connection, limit: int, *of: ColumnElement[bool]) -> list[str]:
        return super()._next(conn, limit, _OF_NO_COMPANY, *of)


def _join(linked: dict[str, set[str]], together: Iterable[str]) -> None:
    domains = set(together)
    if len(domains) > 1:
        domains = domains.union(*(linked.get(domain, ()) for domain in domains))
        linked |= dict.fromkeys(domains, domains)


def once_one(conn: Connection) -> dict[str, set[str]]:
    """Return, by lead, the leads that stand apart now and were one before. They are few."""
    undone = select(MERGE.c.lead_id, MERGE.c.merged_lead_id).where(MERGE.c.undone_at.is_not(None))
    pairs = [(one, other) for one, other in conn.execute(undone)]
    wanted = sorted(set(chain.from_iterable(pairs)))
    query = select(LEAD.c.lead_id, LEAD.c.root_id).where(is_in(LEAD.c.lead_id))
    root_of = {row.lead_id: row.root_id for row in conn.execute(query, {"wanted": wanted})}
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        roots = {root_of[one], root_of[other]}
        together = roots.union(*(found.get(root, ()) for root in roots))
        found |= dict.fromkeys(together, together)
    return found
