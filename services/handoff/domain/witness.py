"""A lead that passes a gate, made up: the proof that the gate can be passed.

Nothing here says what a gate means: the lead's touches go through the fold and the lead
through the evaluation, like any other's. A gate without a witness may still be passable by
leads this search does not think of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations, islice, product

from services.handoff.domain.colleagues import NO_COLLEAGUES, Colleagues
from services.handoff.domain.conditions import Condition, FitAtLeast, Group, Not
from services.handoff.domain.effort import Effort
from services.handoff.domain.evaluation import evaluate
from services.handoff.domain.example_touches import ExampleTouches
from services.handoff.domain.fact_search import Facts, Wanted, find_facts
from services.handoff.domain.fold import fold
from services.handoff.domain.people import PeopleSeen
from services.handoff.domain.policy import Gate, PolicyVersion
from services.handoff.domain.proof import reach_of
from services.handoff.domain.signals import no_signals
from services.handoff.domain.touch_search import TouchSearch, Way
from services.handoff.domain.touches import TouchFact

MOST_WAYS = 64
"""Ways to pass a gate that are tried."""
NOW = datetime(2030, 1, 1, tzinfo=UTC)
"""The moment of the example; only ages matter."""


@dataclass(frozen=True)
class Witness:
    """A lead that becomes ready by a gate."""

    facts: Facts
    touches: tuple[TouchFact, ...]
    colleagues: Colleagues = NO_COLLEAGUES
    at: datetime = NOW


def find_witness(
    version: PolicyVersion, gate: Gate, effort: Effort, excluded_too: bool = False
) -> Witness | None:
    """Return a lead that ``version`` calls ready and whom ``gate`` lets pass.

    ``excluded_too``: it may be excluded. None: none was found. Raises ``Undecided``.
    """
    examples = ExampleTouches(version, effort)
    for way in islice(ways_to(gate.when, True), MOST_WAYS):
        facts = _lead(version, way, effort, excluded_too)
        if facts is None:
            continue
        for with_losses, others in product((False, True), _others(way)):
            search = TouchSearch(version, NOW, examples, effort, others)
            if not search.run(way, with_losses):
                continue
            witness = Witness(facts, tuple(search.touches), others)
            if _is_one(version, gate, witness, excluded_too):
                return witness
    return None


def _others(way: Way) -> list[Colleagues]:
    """Return colleagues to try: as many as ``way`` asks for, with and without the lead itself."""
    wanted = [leaf.at_least for leaf, met in way if isinstance(leaf, PeopleSeen) and met]
    if not wanted:
        return [NO_COLLEAGUES]
    most = max(wanted)
    return [NO_COLLEAGUES.and_strangers(most - 1), NO_COLLEAGUES.and_strangers(most)]


def _is_one(version: PolicyVersion, gate: Gate, witness: Witness, excluded_too: bool) -> bool:
    """Return whether ``version`` says of the witness what it is to prove."""
    state = fold(version, no_signals(version), witness.touches)
    evaluation = evaluate(version, witness.facts, state, witness.at, witness.colleagues)
    answer = next(each for each in evaluation.answers if each.gate is gate)
    return answer.met and (excluded_too or evaluation.is_ready)


def ways_to(condition: Condition, met: bool) -> Iterator[Way]:
    """Yield sets of answers that make ``condition`` met, or not met."""
    if isinstance(condition, Not):
        yield from ways_to(condition.condition, not met)
    elif isinstance(condition, Group):
        needed = condition.needed if met else len(condition.of) - condition.needed + 1
        for chosen in combinations(condition.of, needed):
            ways = (list(islice(ways_to(each, met), MOST_WAYS)) for each in chosen)
            for together in product(*ways):
                yield [answer for way in together for answer in way]
    else:
        yield [(condition, met)]


def _lead(version: PolicyVersion, way: Way, effort: Effort, excluded_too: bool) -> Facts | None:
    """Return who would fit as ``way`` asks, and is not excluded."""
    reach = reach_of(version.signals, version.fit)
    least, most = reach.fit_least, reach.fit_most
    for leaf, met in way:
        if isinstance(leaf, FitAtLeast):
            least = max(least, leaf.at_least) if met else least
            most = most if met else min(most, leaf.at_least - 1)
    if least > most:
        return None
    wanted = [Wanted(one.when, points=one.points) for one in version.fit]
    if version.applies_to is not None:
        wanted.append(Wanted(version.applies_to, frozenset({True})))
    if not excluded_too:
        wanted += [Wanted(one.when, frozenset({False, None})) for one in version.exclude]
    return find_facts(wanted, [(least, most)], effort)
