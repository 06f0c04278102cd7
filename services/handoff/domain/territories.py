"""Territories: which leads a team or a person takes before turns are asked about.

Their conditions are joined by *and*, the values of one by *or*. They are asked in their
order, and the first one that meets a lead has it. What nobody told is not met, and the
answer says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from services.handoff.domain import territory_words as words
from services.handoff.domain.comparing import fold_text
from services.handoff.domain.questions import Titles

KINDS = ("country", "region", "language", "product", "segment", "policy")
"""What a lead can be told to be; each is a condition of its own."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a lead: as it was said, and all it may be compared as.

    Spanish as it is spoken in Mexico is ``es-mx`` and ``es``; Madrid is ``madrid`` and
    ``es-md``.
    """

    said: str
    keys: frozenset[str]

    @classmethod
    def plainly(cls, *values: str) -> "Told":
        """Return values that are compared as they are, but for case and accents."""
        return cls(", ".join(values), frozenset(map(fold_text, values)))


@dataclass(frozen=True, slots=True)
class TerritoryFacts:
    """What territories ask about a lead and its account."""

    told: Mapping[str, Told] = field(default_factory=dict)
    """By kind; what nobody told is not there."""
    domain: str | None = None
    lists: frozenset[str] = frozenset()
    """Names of the lists the account's domain is on, of those that territories name."""
    employees: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one condition says about a lead, and why."""

    condition: str
    is_met: bool
    reason: Titles


@dataclass(frozen=True)
class Among:
    """The lead is one of these."""

    kind: str
    values: tuple[str, ...]
    keys: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare what is compared."""
        object.__setattr__(self, "keys", frozenset(map(fold_text, self.values)))

    def ask(self, lead: TerritoryFacts) -> Answer:
        """Answer about a lead."""
        told = lead.told.get(self.kind)
        if told is None:
            return Answer(self.kind, False, words.untold(self.kind, self.values))
        is_met = not self.keys.isdisjoint(told.keys)
        return Answer(self.kind, is_met, words.among(self.kind, told.said, self.values, is_met))


@dataclass(frozen=True)
class Accounts:
    """The company is one of these, or on one of these lists."""

    kind: ClassVar[str] = "account"
    domains: frozenset[str]
    lists: tuple[str, ...] = ()

    def ask(self, lead: TerritoryFacts) -> Answer:
        """Answer about a lead."""
        if lead.domain is None:
            return Answer(self.kind, False, words.NO_DOMAIN)
        if fold_text(lead.domain) in self.domains:
            return Answer(self.kind, True, words.own_account(lead.domain))
        on = [name for name in self.lists if name in lead.lists]
        if on:
            return Answer(self.kind, True, words.on_list(lead.domain, on[0]))
        return Answer(self.kind, False, words.no_account(lead.domain, self.lists))


@dataclass(frozen=True)
class Size:
    """The company has that many employees; both ends count."""

    kind: ClassVar[str] = "size"
    at_least: int | None = None
    at_most: int | None = None

    def ask(self, lead: TerritoryFacts) -> Answer:
        """Answer about a lead."""
        if lead.employees is None:
            return Answer(self.kind, False, words.unknown_size(self.at_least, self.at_most))
        is_met = (self.at_least is None or lead.employees >= self.at_least) and (
            self.at_most is None or lead.employees <= self.at_most
        )
        reason = words.size(lead.employees, self.at_least, self.at_most, is_met)
        return Answer(self.kind, is_met, reason)


Condition = Among | Accounts | Size


@dataclass(frozen=True, slots=True)
class Match:
    """What a territory says about a lead."""

    territory: "Territory"
    answers: tuple[Answer, ...]

    @property
    def is_met(self) -> bool:
        """Whether every condition is; a territory without conditions takes every lead."""
        return all(answer.is_met for answer in self.answers)

    @property
    def met(self) -> tuple[Answer, ...]:
        """The conditions the lead meets."""
        return tuple(answer for answer in self.answers if answer.is_met)

    @property
    def missed(self) -> tuple[Answer, ...]:
        """The conditions it does not meet."""
        return tuple(answer for answer in self.answers if not answer.is_met)

    @property
    def reason(self) -> Titles:
        """Why it takes the lead: every condition; or why not: those that are not met."""
        said = [answer.reason for answer in (self.missed or self.met)]
        if not said:
            return words.EVERY_LEAD
        return Titles("; ".join(one.es for one in said), "; ".join(one.en for one in said))


@dataclass(frozen=True, slots=True)
class Territory:
    """Leads that meet every condition go to a team or to a person; exactly one is named."""

    territory_id: str
    name: str
    title: str
    position: int
    team_id: str | None
    person_id: str | None
    conditions: tuple[Condition, ...] = ()

    def match(self, lead: TerritoryFacts) -> Match:
        """Ask every condition about a lead."""
        return Match(self, tuple(condition.ask(lead) for condition in self.conditions))

    @property
    def lists(self) -> frozenset[str]:
        """The names of the lists it asks about."""
        return frozenset(
            name for one in self.conditions if isinstance(one, Accounts) for name in one.lists
        )


def in_order(territories: Iterable[Territory]) -> list[Territory]:
    """Return territories in the order they are asked; names decide between equal positions."""
    return sorted(territories, key=lambda one: (one.position, one.name))


def asked(territories: Iterable[Territory], lead: TerritoryFacts) -> list[Match]:
    """Return what territories said about a lead, up to the first that has it.

    The last match is the lead's territory when it is met; else no territory has the lead.
    """
    said: list[Match] = []
    for territory in in_order(territories):
        said.append(territory.match(lead))
        if said[-1].is_met:
            break
    return said
