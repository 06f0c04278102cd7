"""The other people of a lead's account, as far as a gate may count them.

The account remembers touches under the leads they were recorded under. Whose they are now
(leads merge), who has moved to another company and whom the policy never hands over is
looked up when somebody asks, so one person is counted once whatever their history.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from services.handoff.domain.facts import Facts
from services.handoff.domain.kept import Kept


class AccountPeople(NamedTuple):
    """Who may be counted among the people of one account."""

    lead_of: Mapping[str, str]
    """Leads as touches were recorded under them, each with the lead it is part of now."""
    facts_of: Mapping[str, Facts]
    """What is known of each of those leads, as fit criteria see it."""


class Done(NamedTuple):
    """What one of them did last, of what was asked."""

    lead_id: str
    signal: str
    touch: Kept


NO_PEOPLE = AccountPeople({}, {})


def _nothing(_signal: str) -> tuple[Kept, ...]:
    return ()


@dataclass(frozen=True)
class Colleagues:
    """The people of an account but the lead that is asked about."""

    lead_id: str | None = None
    """The lead that is asked about."""
    remembered: Callable[[str], tuple[Kept, ...]] = _nothing
    """What the account remembers of a signal: one touch per lead, the newest first."""
    people: AccountPeople = NO_PEOPLE
    strangers: int = 0
    """People nobody knows, who would meet any condition: for near misses."""

    def latest(self, oldest_ms: Mapping[str, int]) -> Iterator[Done]:
        """Yield what each of them did last of the signals ``oldest_ms`` names, not before that."""
        found: dict[str, Done] = {}
        for signal, oldest in oldest_ms.items():
            for touch in self.remembered(signal):
                if touch.occurred_ms < oldest:
                    break
                lead_id = self.people.lead_of.get(touch.distinct)
                if lead_id is None or lead_id == self.lead_id:
                    continue
                before = found.get(lead_id)
                if before is None or touch > before.touch:
                    found[lead_id] = Done(lead_id, signal, touch)
        yield from found.values()

    def facts(self, lead_id: str) -> Facts:
        """Return what is known of one of them."""
        return self.people.facts_of[lead_id]

    def and_strangers(self, strangers: int) -> "Colleagues":
        """Return these people and as many nobody knows yet."""
        return replace(self, strangers=strangers) if strangers else self


NO_COLLEAGUES = Colleagues()
