"""What is proved of every gate before a policy is accepted."""

from datetime import timedelta

from services.handoff.domain.case import Reach
from services.handoff.domain.conditions import (
    DifferentSignals,
    Leaf,
    SignalSeen,
    leaves,
    named_signals,
)
from services.handoff.domain.effort import Effort
from services.handoff.domain.fact_logic import FactLogic
from services.handoff.domain.people import PeopleSeen
from services.handoff.domain.policy import Gate
from services.handoff.domain.proof import (
    can_be_met,
    passes_without_evidence,
    reach_of,
    unreachable_leaves,
)
from services.handoff.policy_document.draft import Draft
from services.handoff.policy_document.phrases import phrase
from services.handoff.policy_document.reading import Reading, listed, pointer, told

ENDLESS = 1_000_000_000
"""Stands for what a part that could not be read might bring."""
STEPS = 50_000
"""Steps of proof for one file: a fraction of a second."""


def check_gates(draft: Draft, reading: Reading) -> None:
    """Report gates nobody can pass, and gates that a weak or doubtful touch could pass."""
    if not draft.whole["signals"] and not draft.broken_signals:
        return
    reach = gate_reach(draft)
    for gate in draft.gates:
        if not _names_weak_signals(gate, draft, reading):
            _check_reachable(gate, reach, reading)
        _check_windows(gate, draft, reading)
        if passes_without_evidence(gate.when, reach):
            reading.report(
                reading.path_of(gate.when),
                "gate_without_evidence",
                phrase(
                    "Gate `{gate}` could pass with no certain touch at all, so a weak, unsure "
                    "or machine touch alone would make a lead ready. Ask for a `signal`, "
                    "`engagement` or `different_signals` too.",
                    gate=gate.name,
                ),
            )


def gate_reach(draft: Draft) -> Reach:
    """Return what a lead could bring to a gate, as far as the draft could be read."""
    logic = FactLogic(Effort(STEPS))
    seen = [one for one in draft.signals if one.where is None or not logic.never_holds(one.where)]
    reach = reach_of(seen, draft.fit)
    if not draft.whole["fit"]:
        reach = reach._replace(fit_least=-ENDLESS, fit_most=ENDLESS)
    endless = dict.fromkeys(draft.broken_signals, ENDLESS)
    return reach._replace(at_most={**reach.at_most, **endless}, points={**reach.points, **endless})


def _names_weak_signals(gate: Gate, draft: Draft, reading: Reading) -> bool:
    weak = {signal.name for signal in draft.signals if signal.weak}
    found = False
    for leaf in leaves(gate.when):
        for name in named_signals(leaf):
            if name in weak:
                found = True
                reading.report(
                    _place_of_signals(leaf, reading),
                    "weak_signal_in_gate",
                    phrase(
                        "`{name}` is weak, and a gate never sees weak signals. Take it out of "
                        "gate `{gate}`, or delete `weak: true` from the signal.",
                        name=name,
                        gate=gate.name,
                    ),
                )
    return found


def _place_of_signals(leaf: Leaf, reading: Reading) -> str:
    path = reading.path_of(leaf)
    if isinstance(leaf, SignalSeen):
        return pointer(path, "signal")
    return pointer(pointer(path, leaf.kind), "signals")


def _check_reachable(gate: Gate, reach: Reach, reading: Reading) -> None:
    possible = can_be_met(gate.when, reach)
    found = False
    for leaf, most in unreachable_leaves(gate.when, reach):
        found = True
        path, message = _explain(leaf, most, gate, reading)
        if possible:
            message += phrase(" The gate can still pass without it, so delete it or mend it.")
            reading.report(path, "unreachable_condition", message, "warning")
        else:
            reading.report(path, "impossible_gate", message)
    if not possible and not found:
        reading.report(
            reading.path_of(gate.when),
            "impossible_gate",
            phrase(
                "No lead can ever pass gate `{gate}`: its conditions contradict each other.",
                gate=gate.name,
            ),
        )


def _explain(leaf: Leaf, most: int, gate: Gate, reading: Reading) -> tuple[str, str]:
    """Return where a condition nobody can meet stands, and what to do."""
    path = reading.path_of(leaf)
    names: str = ""
    if hasattr(leaf, leaf.kind):
        path, names = (
            pointer(path, leaf.number),
            phrase(" of {names}", names=listed(getattr(leaf, leaf.kind))),
        )
    else:
        path, names = pointer(pointer(path, leaf.kind), leaf.number), names
    size = 10 if leaf.unit == "points" else 1
    message = phrase(
        "Gate `{gate}` asks for {wanted:g} {noun}{names}, but a lead can bring {most:g} at "
        "most. Lower `{number}`, or let the policy give more.",
        gate=gate.name,
        wanted=leaf.wanted / size,
        noun=phrase(leaf.noun),
        names=names,
        most=most / size,
        number=leaf.number,
    )
    return path, message


def _check_windows(gate: Gate, draft: Draft, reading: Reading) -> None:
    """Report a condition that looks back further than its signals do."""
    windows = {signal.name: signal.within for signal in draft.signals}
    for leaf in leaves(gate.when):
        if isinstance(leaf, SignalSeen) and leaf.within is not None:
            names = [name for name in leaf.signal if name in windows]
            path = pointer(reading.path_of(leaf), "within")
        elif isinstance(leaf, DifferentSignals) and leaf.within is not None:
            names = [signal.name for signal in draft.signals if not signal.weak]
            path = pointer(pointer(reading.path_of(leaf), leaf.kind), "within")
        elif isinstance(leaf, PeopleSeen):
            names = [name for name in leaf.asked(draft.signals) if name in windows]
            path = pointer(pointer(reading.path_of(leaf), leaf.kind), "within")
        else:
            continue
        longest = _longest([windows[name] for name in names])
        if leaf.within is not None and names and longest is not None and longest < leaf.within:
            reading.report(
                path,
                "contradictory_durations",
                phrase(
                    "Gate `{gate}` looks back {within}, but {names} counts only the last "
                    "{longest}. Shorten this `within`, or lengthen the signal's.",
                    gate=gate.name,
                    within=told(leaf.within),
                    names=listed(names),
                    longest=told(longest),
                ),
            )


def _longest(windows: list[timedelta | None]) -> timedelta | None:
    """Return the longest window; None when one of them never ends."""
    lengths = [window for window in windows if window is not None]
    return max(lengths, default=None) if len(lengths) == len(windows) else None
