"""A lead that just became ready, and what the decision was made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from services.handoff.domain.evaluation import Evaluation
from services.handoff.domain.history import BY_HAND
from services.handoff.domain.policy import Gate, PolicyVersion, ResponseTarget
from services.handoff.handlers.account_groups import AccountGroups, company_of
from services.handoff.store.accounts import Account
from services.handoff.store.leads import Lead
from services.handoff.store.policies import InForce
from shared.contracts.handoffs import Override, Released
from shared.ids import stable_id


@dataclass(frozen=True)
class ByHand:
    """A person's word that hands a lead over, and how urgent it makes it."""

    override: Override
    tier: str


@dataclass(frozen=True)
class Qualified:
    """A lead that just became ready, and what the decision was made of."""

    lead: Lead
    account: Account | None
    in_force: InForce
    evaluation: Evaluation
    cycle: int
    decided_at: datetime
    traceparent: str | None = None
    place: int | None = None
    """Of what decided it, in the order of judgement."""
    released: Released | None = None
    """Set when people chose the lead from a reviewed batch."""
    policies: Sequence[PolicyVersion] = ()
    """All in force, this one too: the explanation says which of them are for the lead."""
    groups: AccountGroups | None = None
    by_hand: ByHand | None = None
    """A person handed it over, whatever the gates say."""

    @property
    def gate(self) -> str:
        """The name of the gate that passed."""
        return BY_HAND if self.by_hand is not None else self._passed.name

    @property
    def tier(self) -> str:
        """How urgent it is: a key of the policy's ``response``."""
        return self.by_hand.tier if self.by_hand is not None else self._passed.tier

    @property
    def promised(self) -> ResponseTarget:
        """What sales owes it."""
        return self.in_force.version.response[self.tier]

    @property
    def _passed(self) -> Gate:
        gate = self.evaluation.gate
        assert gate is not None, "a lead without a passing gate is not handed over"
        return gate

    @property
    def group_domain(self) -> str | None:
        """The account whose people are handed over together; None: the lead alone is."""
        is_group = self.by_hand is None and self.evaluation.group
        return company_of(self.lead) if is_group else None

    @cached_property
    def handoff_id(self) -> str:
        """The same for the same lead, policy and cycle, even after a restored backup."""
        return stable_id("handoff", self.lead.lead_id, self.in_force.policy, str(self.cycle))

    @cached_property
    def event_id(self) -> str:
        return stable_id("sales_ready", self.lead.lead_id, self.in_force.policy, str(self.cycle))
