"""Rules that rejections suggest: what leads that are "not our market" have in common.

A verdict keeps one lead out; a rule would keep out all like it. Where most of the leads
that had a fact were sent back so, and few others had it, that is proposed to both teams for
the next version. Nothing changes by itself, and whom the rule would have cost is said.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

FEWEST = 5
"""Leads sent back that a proposal needs."""
SURE = 0.8
"""Share of the leads with the fact that were sent back so."""
MOST_PROPOSALS = 5
LEFT_OUT = frozenset(
    {"name", "first_name", "last_name", "email", "phone", "domain", "email_domain", "city"}
)
"""Facts that name somebody or one company: no rule about leads like them."""
TOLD_APART = ("title", "language", "country")
"""What a hand-off tells of a lead beside its facts."""


Facts = Mapping[str, Mapping[str, Any]]
"""``{"lead": {…}, "account": {…}}``"""


class Judged(NamedTuple):
    """A lead sales answered about: what was known of it then, and whether it was kept out."""

    facts: Facts
    is_kept_out: bool


def facts_of(lead: Mapping[str, Any], account: Mapping[str, Any] | None) -> Facts:
    """Return what a rule could ask of a lead and its account, as a hand-off tells of them."""
    told = {name: lead[name] for name in TOLD_APART if lead[name]}
    known = {"lead": {**lead["facts"], **told}, "account": (account or {}).get("facts") or {}}
    return {
        scope: {name: value for name, value in facts.items() if _can_be_asked(name, value)}
        for scope, facts in known.items()
    }


def without_lead(facts: Facts) -> Facts:
    """Return what stays where somebody is erased: what is known of the company."""
    return {**facts, "lead": {}}


def _can_be_asked(name: str, value: Any) -> bool:
    # A lead names its account by a fact of its own: `account.domain`.
    return name.rpartition(".")[2] not in LEFT_OUT and isinstance(value, str | int | float)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An exclusion for the next version. ``test`` is what a policy writes of the fact."""

    fact: str
    test: Mapping[str, Any]
    kept_out: int
    """Leads it is true of that were sent back so, ..."""
    others: int
    """... and those it is true of that were not: the rule would have cost them."""

    @property
    def name(self) -> str:
        """What the exclusion could be called."""
        return f"not_our_market_{self.fact.partition('.')[2]}"

    @property
    def text(self) -> dict[str, str]:
        """Say it in words, by language."""
        how = self._how
        return {
            "es": f"Ventas devolvió {self.kept_out} de los {self.kept_out + self.others} leads con "
            f"{self.fact} {how['es']}: podría ser una exclusión de la próxima versión.",
            "en": f"Sales sent back {self.kept_out} of the {self.kept_out + self.others} leads "
            f"with {self.fact} {how['en']}: that could be an exclusion of the next version.",
        }

    @property
    def _how(self) -> dict[str, str]:
        [(operator, value)] = self.test.items()
        said = {
            "in": ("{}", "{}"),
            "at_most": ("hasta {}", "of at most {}"),
            "at_least": ("desde {}", "of at least {}"),
        }
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        es, en = said[operator]
        return {"es": es.format(shown), "en": en.format(shown)}


def propose(judged: Iterable[Judged]) -> list[Proposal]:
    """Return the rules the rejections suggest, the one that keeps most out first."""
    leads = list(judged)
    if sum(one.is_kept_out for one in leads) < FEWEST:
        return []
    values: dict[str, list[tuple[Any, bool]]] = {}
    for one in leads:
        for fact, value in _facts(one):
            values.setdefault(fact, []).append((value, one.is_kept_out))
    found = [each for fact, seen in values.items() for each in _of_fact(fact, seen)]
    found.sort(key=lambda each: (-each.kept_out, each.others, each.fact))
    return found[:MOST_PROPOSALS]


def _facts(one: Judged) -> Iterator[tuple[str, Any]]:
    for scope, known in one.facts.items():
        for name, value in known.items():
            if _can_be_asked(name, value):
                yield f"{scope}.{name}", value


def _of_fact(fact: str, seen: list[tuple[Any, bool]]) -> Iterator[Proposal]:
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value, _ in seen):
        yield from _of_number(fact, seen)
        return
    kept, others = Counter[str](), Counter[str]()
    written: dict[str, Any] = {}
    for value, is_kept_out in seen:
        key = str(value).casefold()
        written.setdefault(key, value)
        (kept if is_kept_out else others)[key] += 1
    for key, count in kept.items():
        if _is_sure(count, others[key]):
            yield Proposal(fact, {"in": [written[key]]}, count, others[key])


def _of_number(fact: str, seen: list[tuple[Any, bool]]) -> Iterator[Proposal]:
    """Propose the bound below, or above, which nearly all were sent back."""
    total = len(seen)
    best = None
    for operator, ordered in (
        ("at_most", sorted(seen, key=lambda one: one[0])),
        ("at_least", sorted(seen, key=lambda one: -one[0])),
    ):
        kept = others = 0
        for at, (value, is_kept_out) in enumerate(ordered, start=1):
            kept, others = kept + is_kept_out, others + (not is_kept_out)
            is_last_of_value = at == total or ordered[at][0] != value
            better = best is None or kept > best.kept_out
            if is_last_of_value and at < total and better and _is_sure(kept, others):
                best = Proposal(fact, {operator: value}, kept, others)
    if best is not None:
        yield best


def _is_sure(kept: int, others: int) -> bool:
    return kept >= FEWEST and kept / (kept + others) >= SURE
