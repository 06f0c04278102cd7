"""Whom a policy is for: one of several policies judges the leads it applies to, no others.

A fact nobody told us leaves it open, and then the policy does not apply: another one may
be meant. Which fact is missing is part of the answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.handoff.domain.facts import FactCondition, Facts, find


@dataclass(frozen=True)
class Scope:
    """Whether a policy applies to a lead, and the facts that say so."""

    holds: bool | None
    """None: nobody knows, because a fact is missing."""
    facts: dict[str, Any]
    """The facts that were looked at; None where one is missing."""

    @property
    def missing(self) -> list[str]:
        """The facts that would decide it."""
        if self.holds is not None:
            return []
        return [path for path, value in self.facts.items() if value is None]


EVERYBODY = Scope(True, {})


def scope_of(applies_to: FactCondition | None, facts: Facts) -> Scope:
    """Return whether a policy for those ``applies_to`` describes is for a lead."""
    if applies_to is None:
        return EVERYBODY
    return Scope(applies_to.holds(facts), _looked_at(applies_to.paths(), facts))


def _looked_at(paths: Iterable[str], facts: Facts) -> dict[str, Any]:
    return {path: find(facts, path) for path in dict.fromkeys(paths)}
