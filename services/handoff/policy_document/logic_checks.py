"""What a policy cannot mean: conditions that never hold, and parts that others make useless.

An error is proved, over all leads there could be. A warning says that no example was found,
or that a part changes no decision.
"""

from collections.abc import Iterator

from services.handoff.domain.effort import Effort, Undecided
from services.handoff.domain.fact_logic import FactLogic
from services.handoff.domain.fact_search import may_hold
from services.handoff.domain.facts import FactCondition
from services.handoff.domain.gate_logic import GateLogic
from services.handoff.domain.lists import with_examples
from services.handoff.domain.plain import plain
from services.handoff.domain.policy import Gate, PolicyVersion
from services.handoff.domain.proof import can_be_met
from services.handoff.domain.swallowing import swallowed
from services.handoff.domain.witness import find_witness
from services.handoff.policy_document.draft import Draft
from services.handoff.policy_document.gate_checks import STEPS, gate_reach
from services.handoff.policy_document.phrases import phrase
from services.handoff.policy_document.reading import Reading, listed, pointer


def check_logic(draft: Draft, reading: Reading) -> None:
    """Report what follows from several parts together; examples only where nothing is wrong."""
    _check_conditions(draft, reading)
    _check_exclusions(draft, reading)
    _check_shadows(draft, reading)
    _check_swallowed(draft, reading)
    if not reading.has_errors():
        _check_examples(with_examples(draft.version()), reading)


def _check_conditions(draft: Draft, reading: Reading) -> None:
    """Warn about conditions on facts that nothing fulfils."""
    logic, effort = FactLogic(Effort(STEPS)), Effort(STEPS)
    for path, condition in _conditions(draft):
        if logic.never_holds(condition):
            message = phrase("These questions contradict each other: no facts answer all of them.")
        elif not may_hold(with_examples(condition), effort):
            message = phrase(
                "No value was found that answers these questions: they seem to contradict."
            )
        else:
            continue
        reading.report(
            path,
            "never_holds",
            phrase("{message} Delete or mend one of them.", message=message),
            "warning",
        )


def _conditions(draft: Draft) -> Iterator[tuple[str, FactCondition]]:
    for signal in draft.signals:
        if signal.where is not None:
            yield f"/signals/{signal.name}/where", signal.where
    for criterion in draft.fit:
        yield f"/fit/{criterion.name}/when", criterion.when
    for exclusion in draft.exclude:
        yield f"/exclude/{exclusion.name}/when", exclusion.when


def _check_exclusions(draft: Draft, reading: Reading) -> None:
    """Warn about exclusions that only keep out who is kept out anyway."""
    logic = FactLogic(Effort(STEPS))
    needless: set[str] = set()
    for one in reversed(draft.exclude):
        if logic.never_holds(one.when):
            continue  # told already; it would be inside every other
        others = [each for each in draft.exclude if each is not one and each.name not in needless]
        for other in others:
            if plain(one.when) != plain(other.when) and logic.implies(one.when, other.when):
                needless.add(one.name)
                reading.report(
                    f"/exclude/{one.name}",
                    "overlapping_exclusions",
                    phrase(
                        "Whoever is `{one}` is `{other}` too, so `{one}` keeps nobody else out. "
                        "Delete it, or let it ask for something else.",
                        one=one.name,
                        other=other.name,
                    ),
                    "warning",
                    at_key=True,
                )
                break


def _check_shadows(draft: Draft, reading: Reading) -> None:
    """Warn about gates that never decide, because an earlier one does."""
    logic = GateLogic(Effort(STEPS))
    for place, gate in enumerate(draft.gates):
        for earlier in draft.gates[:place]:
            if gate.when != earlier.when and logic.implies(gate.when, earlier.when):
                reading.report(
                    f"/gates/{gate.name}",
                    "shadowed_gate",
                    phrase(
                        "Gate `{gate}` never decides: whoever passes it passes `{earlier}`, "
                        "which is asked first. Move it before `{earlier}`, or delete it.",
                        gate=gate.name,
                        earlier=earlier.name,
                    ),
                    "warning",
                    at_key=True,
                )
                break


def _check_swallowed(draft: Draft, reading: Reading) -> None:
    """Report gates whose every lead is excluded, or cannot fit."""
    if not (draft.whole["signals"] and draft.whole["fit"] and draft.whole["exclude"]):
        return
    if reading.has("never_applies"):
        return  # then nobody becomes ready by any gate
    reach, logic = gate_reach(draft), FactLogic(Effort(STEPS))
    for gate in draft.gates:
        if not can_be_met(gate.when, reach):
            continue
        why = swallowed(gate.when, reach, draft.fit, draft.exclude, logic, meant=draft.applies_to)
        if why is None:
            continue
        points = phrase("{points:g} points of fit", points=why.needed / 10)
        if why.exclusions:
            names = listed(exclusion.name for exclusion in why.exclusions)
            reading.report(
                reading.path_of(gate.when),
                "swallowed_gate",
                phrase(
                    "Nobody becomes ready by gate `{gate}`: it takes {points}, and whoever has "
                    "them is excluded by {names}. Let the exclusion ask for more, or give "
                    "points for something else.",
                    gate=gate.name,
                    points=points,
                    names=names,
                ),
            )
        else:
            reading.report(
                reading.path_of(gate.when),
                "impossible_gate",
                phrase(
                    "No lead can ever pass gate `{gate}`: it takes {points}, and the criteria "
                    "that bring them contradict each other, or what `applies_to` asks.",
                    gate=gate.name,
                    points=points,
                ),
            )


def _check_examples(version: PolicyVersion, reading: Reading) -> None:
    """Warn about gates for which no lead can be made up that becomes ready."""
    effort = Effort(STEPS)
    for gate in version.gates:
        if _has_witness(version, gate, effort, excluded_too=False):
            continue
        if _has_witness(version, gate, effort, excluded_too=True):
            reading.report(
                pointer("/gates", gate.name),
                "swallowed_gate",
                phrase(
                    "Every lead that was made up to pass gate `{gate}` is excluded. Look at "
                    "what `exclude` asks.",
                    gate=gate.name,
                ),
                "warning",
                at_key=True,
            )
        else:
            reading.report(
                pointer("/gates", gate.name),
                "no_example",
                phrase(
                    "No lead was found that passes gate `{gate}`: its conditions may contradict "
                    "each other, or what counts for one signal counts for one that must not be "
                    "seen.",
                    gate=gate.name,
                ),
                "warning",
                at_key=True,
            )


def _has_witness(version: PolicyVersion, gate: Gate, effort: Effort, excluded_too: bool) -> bool:
    try:
        return find_witness(version, gate, effort, excluded_too) is not None
    except Undecided:
        return False
