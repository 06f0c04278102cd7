"""Leads and their identifiers: loaded under lock for a batch, saved at its end.

Locks are taken in one order everywhere: leads by id, then accounts by domain, then the
rest. Where two transactions still claim one identifier, the later one runs again and finds
the other's lead.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from services.handoff.domain import knowledge
from services.handoff.domain.identity import Join, KnownLead, Resolver, is_strong
from services.handoff.domain.knowledge import Knowledge
from services.handoff.store.accounts import Account
from services.handoff.store.addresses import Moves, save_moves
from services.handoff.store.lead_words import keep_words
from services.handoff.store.tables import IDENTIFIER, LEAD, MERGE
from shared.bulk import Replace, bulk_insert, is_in
from shared.db import RunAgain, insert
from shared.ids import new_id

ACCOUNT_FACT = "account.domain"  # the fact of a lead that names its account


class Before(NamedTuple):
    """What was known of a member before this transaction."""

    root_id: str
    is_known: bool
    facts: Knowledge
    facts_digest: int | None
    consent: Knowledge


@dataclass
class Member:
    """A lead as it was first seen. Most stand for themselves; a merged one is part of another."""

    lead_id: str
    root_id: str
    is_known: bool
    identifiers: int
    facts: Knowledge
    consent: Knowledge
    sequence: int
    first_seen_at: datetime
    created_at: datetime
    facts_digest: int | None
    is_new: bool = False
    is_changed: bool = False
    claimed: list[str] = field(default_factory=list)
    """Identifiers of this transaction, not stored yet."""
    before: Before = field(init=False)

    def __post_init__(self) -> None:
        known = (self.is_known, dict(self.facts), self.facts_digest, dict(self.consent))
        self.before = Before(self.root_id, *known)


@dataclass
class Lead:
    """A lead with everything merged into it. ``root`` is the member that goes on."""

    root: Member
    members: list[Member]
    _facts: dict[str, Any] | None = None

    @property
    def lead_id(self) -> str:
        return self.root.lead_id

    @property
    def member_ids(self) -> list[str]:
        return [member.lead_id for member in self.members]

    @property
    def is_known(self) -> bool:
        """Whether anybody could call them: a browser alone is nobody to hand over."""
        return any(member.is_known for member in self.members)

    @property
    def first_seen_at(self) -> datetime:
        return min(member.first_seen_at for member in self.members)

    @property
    def facts(self) -> dict[str, Any]:
        """What is known about the person, without sources and moments."""
        if self._facts is None:
            self._facts = knowledge.values(self.knowledge)
        return self._facts

    @property
    def consent(self) -> Knowledge:
        return knowledge.union(member.consent for member in self.members)

    @property
    def knowledge(self) -> Knowledge:
        """What is known about the person, with moments and sources."""
        return knowledge.union(member.facts for member in self.members)

    @property
    def account_domain(self) -> str | None:
        return self.facts.get(ACCOUNT_FACT)

    def learned(self, member: Member) -> None:
        """Note that ``member`` knows something new."""
        member.is_changed = True
        self._facts = None

    def next_sequence(self) -> int:
        """Return the number of the lead's next event. The lead must be locked."""
        self.root.sequence += 1
        self.root.is_changed = True
        return self.root.sequence


@dataclass
class LeadBatch:
    """The leads of one transaction, locked."""

    resolver: Resolver
    members: dict[str, Member]
    leads: dict[str, Lead]
    accounts: dict[str, Account] = field(default_factory=dict)
    has_erased: bool = False  # one of them was erased: nothing names it any more
    joined: int = 0  # joins already carried out on ``leads``
    moves: dict[str, Moves] = field(default_factory=dict)
    """When leads changed from an address, and to it."""
    moved: set[str] = field(default_factory=set)  # those of this transaction
    causes: dict[str, str | None] = field(default_factory=dict)
    """By merged lead: the trace of the event that made it part of another."""

    def lead_of(self, lead_id: str) -> Lead:
        """Return the lead that ``lead_id`` is part of now."""
        return self.leads[self.resolver.root(lead_id)]

    def account_of(self, lead: Lead) -> Account | None:
        domain = lead.account_domain
        return self.accounts.get(domain) if domain else None


def nobody_else(_roots: Collection[str]) -> Iterable[str]:
    """Return no lead beside those that are named."""
    return ()


def open_batch(
    conn: Connection,
    identifiers: Iterable[str],
    now: datetime,
    also: Callable[[Collection[str]], Iterable[str]] = nobody_else,
) -> LeadBatch:
    """Find and lock every lead these identifiers name, and the leads ``also`` adds to them."""
    found: dict[str, str] = {}
    roots: set[str] = set()
    moves: dict[str, Moves] = {}
    for row in conn.execute(_FIND, {"wanted": sorted(set(identifiers))}).all():
        found[row.value] = row.lead_id
        roots.add(row.root_id)
        if row.left_at is not None or row.taken_at is not None:
            moves[row.value] = Moves(row.left_at, row.taken_at)
    batch = lock_leads(conn, roots.union(also(roots)), now)
    if not set(found.values()) <= batch.members.keys():
        raise RunAgain("a lead was merged while it was looked for")
    if batch.has_erased:
        raise RunAgain("a lead was erased while it was looked for")
    batch.resolver.found = found
    batch.moves = moves
    batch.resolver.former = {value for value, one in moves.items() if one.is_former}
    return batch


def lock_leads(conn: Connection, roots: Iterable[str], now: datetime) -> LeadBatch:
    """Lock these leads, in the order of their ids, and load them with all merged into them.

    The lock of a root guards its members. They are read by a second statement, which sees
    what the transaction we waited for has merged into it.
    """
    wanted = sorted(roots)
    erased = False
    if wanted:
        locked = conn.execute(_LOCK, {"wanted": wanted}).all()
        if any(row.lead_id != row.root_id for row in locked):
            raise RunAgain("a lead was merged while it was locked")
        erased = any(row.erased_at is not None for row in locked)
    members = {member.lead_id: member for member in read_members(conn, wanted)}
    leads = {one.lead_id: Lead(one, []) for one in members.values() if one.root_id == one.lead_id}
    for member in members.values():
        leads[member.root_id].members.append(member)
    resolver = Resolver(
        found={},
        root_of={member.lead_id: member.root_id for member in members.values()},
        leads={lead.lead_id: _known(lead) for lead in leads.values()},
        new_id=new_id,
        now=now,
    )
    return LeadBatch(resolver, members, leads, has_erased=erased)


def lock_roots(conn: Connection, lead_ids: Iterable[str]) -> set[str]:
    """Lock the leads these (members) are part of, in the order of their ids; load nothing.

    Returns those of ``lead_ids`` that exist. Raises ``RunAgain`` when one became part of
    another lead meanwhile.
    """
    wanted = sorted(lead_ids)
    root_of = roots_of(conn, wanted)
    conn.execute(_LOCK, {"wanted": sorted(set(root_of.values()))}).all()
    now = roots_of(conn, wanted)
    if any(now[lead_id] != root_of[lead_id] for lead_id in now):
        raise RunAgain("a lead was merged while it was locked")
    return set(now)


def lock_more(conn: Connection, batch: LeadBatch, roots: Iterable[str]) -> None:
    """Lock and add more leads to a batch that has begun.

    Out of order, so it can meet a deadlock, which runs the transaction again: for what
    could not be known before.
    """
    more = lock_leads(conn, roots, batch.resolver.now)
    batch.members |= more.members
    batch.leads |= more.leads
    batch.resolver.root_of |= more.resolver.root_of
    batch.resolver.leads |= more.resolver.leads


def read_members(conn: Connection, roots: Iterable[str]) -> list[Member]:
    """Return these leads with all that is merged into them, without locking."""
    wanted = sorted(roots)
    if not wanted:
        return []
    return [Member(*tuple(row)) for row in conn.execute(_READ, {"wanted": wanted}).all()]


COLUMNS = (
    "lead_id",
    "root_id",
    "is_known",
    "identifiers",
    "facts",
    "consent",
    "sequence",
    "first_seen_at",
    "created_at",
    "facts_digest",
)


_FIND = (
    select(
        *(IDENTIFIER.c[name] for name in ("value", "lead_id", "left_at", "taken_at")),
        LEAD.c.root_id,
    )
    .join(LEAD, LEAD.c.lead_id == IDENTIFIER.c.lead_id)
    .where(is_in(IDENTIFIER.c.value))
)
_LOCK = (
    select(LEAD.c.lead_id, LEAD.c.root_id, LEAD.c.erased_at)
    .where(is_in(LEAD.c.lead_id))
    .order_by(LEAD.c.lead_id)
    .with_for_update()
)
_ROOTS = select(LEAD.c.lead_id, LEAD.c.root_id).where(is_in(LEAD.c.lead_id))
_READ = select(*(LEAD.c[name] for name in COLUMNS)).where(is_in(LEAD.c.root_id))


def _known(lead: Lead) -> KnownLead:
    return KnownLead(
        lead.lead_id,
        lead.root.created_at,
        lead.is_known,
        sum(member.identifiers for member in lead.members),
    )


def record_under(batch: LeadBatch, identifiers: list[str], seen_at: datetime) -> Member:
    """Return the member an event with ``identifiers`` is recorded under; made when new.

    Joins the event brought about are in ``batch.resolver.joins``; ``carry_out_joins``
    applies them.
    """
    resolver = batch.resolver
    claimed = len(resolver.claimed)
    lead_id = resolver.resolve(identifiers)
    member = batch.members.get(lead_id)
    if member is None:
        member = Member(
            lead_id=lead_id,
            root_id=lead_id,
            is_known=False,
            identifiers=0,
            facts={},
            consent={},
            sequence=0,
            first_seen_at=seen_at,
            created_at=resolver.now,
            facts_digest=None,
            is_new=True,
        )
        batch.members[lead_id] = member
        batch.leads[lead_id] = Lead(member, [member])
    elif seen_at < member.first_seen_at:
        member.first_seen_at = seen_at
        member.is_changed = True
    for identifier in islice(resolver.claimed, claimed, None):
        member.claimed.append(identifier)
        member.identifiers += 1
        member.is_known |= is_strong(identifier)
        member.is_changed = True
    return member


def carry_out_joins(batch: LeadBatch) -> list[tuple[Join, Lead, Lead]]:
    """Merge what the resolver found to be one; return each join with both leads as they were."""
    carried = []
    for join in batch.resolver.joins[batch.joined :]:
        survivor, merged = batch.leads[join.survivor], batch.leads.pop(join.merged)
        carried.append((join, survivor, merged))
        for member in merged.members:
            member.root_id = survivor.lead_id
            member.is_changed = True
        survivor.members.extend(merged.members)
        survivor.learned(survivor.root)
    batch.joined = len(batch.resolver.joins)
    return carried


def record_merge(
    conn: Connection, join: Join, members: list[str], now: datetime, place: int
) -> None:
    """Remember a merge, so that it can be undone."""
    conn.execute(
        insert(conn, MERGE).values(
            merge_id=new_id(),
            lead_id=join.survivor,
            merged_lead_id=join.merged,
            members=members,
            because=join.because,
            merged_at=now,
            place=place,
        )
    )


def save_batch(conn: Connection, batch: LeadBatch) -> None:
    """Write what changed.

    Raises ``RunAgain`` when another transaction claimed an identifier meanwhile.
    """
    new = [member for member in batch.members.values() if member.is_new]
    changed = [
        member for member in batch.members.values() if member.is_changed and not member.is_new
    ]
    bulk_insert(conn, LEAD, COLUMNS, [_row(member) for member in new], "refuse")
    bulk_insert(conn, LEAD, COLUMNS, [_row(member) for member in changed], _BY_ID)
    keep_words(conn, batch.members)
    now = batch.resolver.now
    rows = [(value, lead_id, now) for value, lead_id in sorted(batch.resolver.claimed.items())]
    if bulk_insert(conn, IDENTIFIER, ("value", "lead_id", "created_at"), rows) != len(rows):
        raise RunAgain("another transaction claimed the same identifier")
    save_moves(conn, {value: batch.moves[value] for value in batch.moved})


_row = attrgetter(*COLUMNS)
_BY_ID = Replace(("lead_id",), COLUMNS[1:])


def roots_of(conn: Connection, lead_ids: list[str]) -> dict[str, str]:
    """Return the lead each of these (members) is part of; those that do not exist are left out."""
    rows = conn.execute(_ROOTS, {"wanted": lead_ids}).all()
    return {row.lead_id: row.root_id for row in rows}


def root_of(conn: Connection, lead_id: str) -> str | None:
    """Return the lead that ``lead_id`` is part of; None when there is no such lead."""
    return conn.execute(select(LEAD.c.root_id).where(LEAD.c.lead_id == lead_id)).scalar()


def root_of_identifier(conn: Connection, value: str) -> str | None:
    """Return the lead this identifier names; None when it names nobody."""
    return conn.execute(
        select(LEAD.c.root_id)
        .join(IDENTIFIER, IDENTIFIER.c.lead_id == LEAD.c.lead_id)
        .where(IDENTIFIER.c.value == value)
    ).scalar()


def count_leads(conn: Connection) -> int:
    """Return how many leads there are, merged ones counted once."""
    return conn.execute(
        select(func.count()).select_from(LEAD).where(LEAD.c.lead_id == LEAD.c.root_id)
    ).scalar_one()
