"""Who is who: which lead an event belongs to, and which leads turn out to be one.

An identifier is *strong* when it names a person (``email:``, ``user:``), *weak* when it
names a browser (``anon:``). Strong identifiers that come in one event belong to one lead.
A weak one is joined to a lead only while nobody known is behind it: a shared computer
must not make two people one.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

MOST_IDENTIFIERS = 50

# Mailboxes many people share, and what people type to get past a form. Such an address
# finds its own lead and never joins two.
SHARED_MAILBOXES = frozenset(
    {
        "abuse",
        "accounts",
        "admin",
        "administracion",
        "contact",
        "contacto",
        "help",
        "hello",
        "hola",
        "info",
        "mail",
        "marketing",
        "no-reply",
        "noreply",
        "office",
        "postmaster",
        "privacy",
        "sales",
        "soporte",
        "support",
        "team",
        "test",
        "ventas",
        "webmaster",
    }
)
PLACEHOLDERS = frozenset(
    {
        "a@a.com",
        "a@b.com",
        "asdf@asdf.com",
        "example@example.com",
        "foo@bar.com",
        "none@none.com",
        "no@no.com",
        "test@test.com",
        "user@example.com",
        "x@x.com",
    }
)


def is_strong(identifier: str) -> bool:
    """Return whether the identifier names a person."""
    return not identifier.startswith("anon:")


def is_shared(identifier: str) -> bool:
    """Return whether many people may use this address, or nobody."""
    if not identifier.startswith("email:"):
        return False
    address = identifier.removeprefix("email:")
    return address in PLACEHOLDERS or address.partition("@")[0] in SHARED_MAILBOXES


@dataclass(frozen=True, slots=True)
class KnownLead:
    """What resolution needs to know about a lead that exists (a root)."""

    lead_id: str
    created_at: datetime
    is_known: bool
    identifiers: int


@dataclass(frozen=True, slots=True)
class Join:
    """Two leads are one: ``merged`` goes into ``survivor`` because of an identifier."""

    survivor: str
    merged: str
    because: str


@dataclass
class Resolver:
    """Resolves a batch of events in order; keeps what it decided.

    ``found`` maps identifiers to the lead they were first seen with; ``root_of`` maps such
    a lead to the lead it is part of now; ``leads`` holds the roots. New leads get ids from
    ``new_id`` and ``now`` as their creation.
    """

    found: dict[str, str]
    root_of: dict[str, str]
    leads: dict[str, KnownLead]
    new_id: Callable[[], str]
    now: datetime
    created: list[str] = field(default_factory=list)
    claimed: dict[str, str] = field(default_factory=dict)
    joins: list[Join] = field(default_factory=list)
    former: set[str] = field(default_factory=set)
    """Identifiers their leads have no longer: they find them and join them with nobody."""

    def resolve(self, identifiers: Iterable[str]) -> str:
        """Return the lead an event with these identifiers is recorded under.

        That is the lead of its strongest identifier, which may be part of another by now:
        ``root`` tells.
        """
        strong, weak, shared = _sorted(identifiers, self.former)
        links = strong or weak or shared
        known = [self.found[one] for one in links if one in self.found]
        if strong:
            known += [self.found[one] for one in weak if one in self.found and self._is_nobody(one)]
        lead_id = known[0] if known else self._create()
        for one in (*strong, *weak) or shared:
            self._claim(one, lead_id)
        for other in known[1:]:
            self.join(lead_id, other, links[0])
        return lead_id

    def owners(self, identifiers: Iterable[str]) -> set[str]:
        """Return the leads (roots) these identifiers name: by what is strongest among them."""
        for links in _sorted(identifiers, self.former):
            if found := {self.root(self.found[one]) for one in links if one in self.found}:
                return found
        return set()

    def root(self, lead_id: str) -> str:
        """Return the lead that ``lead_id`` is part of now."""
        while self.root_of[lead_id] != lead_id:
            lead_id = self.root_of[lead_id]
        return lead_id

    def _is_nobody(self, identifier: str) -> bool:
        return not self.leads[self.root(self.found[identifier])].is_known

    def _create(self) -> str:
        lead_id = self.new_id()
        self.created.append(lead_id)
        self.root_of[lead_id] = lead_id
        self.leads[lead_id] = KnownLead(lead_id, self.now, False, 0)
        return lead_id

    def _claim(self, identifier: str, lead_id: str) -> None:
        root = self.leads[self.root(lead_id)]
        if identifier in self.found or root.identifiers >= MOST_IDENTIFIERS:
            return
        self.found[identifier] = self.claimed[identifier] = lead_id
        known = root.is_known or is_strong(identifier)
        self.leads[root.lead_id] = KnownLead(
            root.lead_id, root.created_at, known, root.identifiers + 1
        )

    def join(self, one: str, other: str, because: str, limit: bool = True) -> None:
        """Make two leads one; the older goes on. No person has more than 50 identifiers.

        Above that something else is shared, and the leads stay apart, unless ``limit`` is
        off because a person decided.
        """
        first, second = self.leads[self.root(one)], self.leads[self.root(other)]
        if first.lead_id == second.lead_id:
            return
        together = first.identifiers + second.identifiers
        if limit and together > MOST_IDENTIFIERS:
            return
        survivor, merged = sorted((first, second), key=lambda lead: (lead.created_at, lead.lead_id))
        self.root_of[merged.lead_id] = survivor.lead_id
        self.leads[survivor.lead_id] = KnownLead(
            survivor.lead_id, survivor.created_at, first.is_known or second.is_known, together
        )
        self.joins.append(Join(survivor.lead_id, merged.lead_id, because))


def _sorted(
    identifiers: Iterable[str], former: Collection[str]
) -> tuple[list[str], list[str], list[str]]:
    strong: list[str] = []
    weak: list[str] = []
    shared: list[str] = []
    for one in dict.fromkeys(identifiers):
        joins_nobody = one in former or is_shared(one)
        (shared if joins_nobody else strong if is_strong(one) else weak).append(one)
    return strong, weak, shared


def best_name(facts: Mapping[str, object], identifiers: Iterable[str]) -> str:
    """Return what to call a lead: its name, else its strongest identifier."""
    name = facts.get("name")
    if isinstance(name, str) and name:
        return name
    parts = [facts.get("first_name"), facts.get("last_name")]
    full = " ".join(part for part in parts if isinstance(part, str) and part)
    if full:
        return full
    return next((one.partition(":")[2] for one in identifiers), "unknown")
