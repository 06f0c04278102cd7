"""The checks on gates are sound: searched for a counterexample, over all that is accepted."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings, target
from hypothesis import strategies as st

from services.handoff.domain.case import Case
from services.handoff.domain.colleagues import AccountPeople, Colleagues
from services.handoff.domain.effort import Effort
from services.handoff.domain.evaluation import evaluate
from services.handoff.domain.fold import fold, merge
from services.handoff.domain.gates import is_met
from services.handoff.domain.kept import Kept
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.proof import can_be_met, passes_without_evidence, reach_of
from services.handoff.domain.questions import Signal, Titles
from services.handoff.domain.signals import decode_state, encode_state, no_signals
from services.handoff.domain.touches import epoch_ms
from services.handoff.domain.witness import find_witness
from services.handoff.policy_document import compile_policy
from services.handoff.policy_document.condition_shapes import ConditionShape
from services.handoff.policy_document.reading import Reading
from services.handoff.policy_document.yaml_tree import read_tree
from tests.unit.handoff.strategies import (
    LAW,
    NOW,
    conditions,
    documents,
    facts,
    harmless,
)
from tests.unit.handoff.strategies import compiled as compiled_document
from tests.unit.handoff.whole_policies import version_of, whole_documents

SEARCH = settings(max_examples=300, deadline=None)


@st.composite
def accepted(draw: st.DrawFn) -> PolicyVersion:
    """A policy the checks accept, with two gates that next to nothing would pass."""
    document = draw(st.one_of(documents(), whole_documents()))
    easy = {
        "points": {"engagement": {"at_least": draw(st.integers(1, 30))}},
        "kinds": {"different_signals": {"at_least": draw(st.integers(1, 2))}},
    }
    gates = {name: {"tier": "hot", "when": when} for name, when in easy.items()}
    return version_of({**document, "gates": {**document["gates"], **gates}})


@settings(LAW, max_examples=200)
@given(accepted(), facts, st.integers(-30, 30), st.randoms(use_true_random=False), st.data())
def test_weak_machine_doubtful_and_late_touches_never_make_a_lead_ready(
    version, known, days, chance, data
):
    """A search for a counterexample, drawn to where only a guard stands in the way.

    At any moment; in any order, repeated; of one lead or of two that were merged; whatever
    the lead's colleagues did.
    """
    history = data.draw(harmless(version))
    for_two = history + chance.choices(history, k=len(history)) if history else []
    chance.shuffle(for_two)
    one, other = (
        fold(version, no_signals(version), half) for half in (for_two[::2], for_two[1::2])
    )
    at = NOW + timedelta(days=days)
    colleagues = data.draw(several_colleagues(version.strong_signals, epoch_ms(NOW)))
    evaluation = evaluate(version, known, merge(version, one, other), at, colleagues)
    target(float(evaluation.engagement), label="engagement people read")
    target(
        float(sum(guard.would_pass is not None for guard in evaluation.guards)),
        label="guards that alone keep a gate from passing",
    )

    assert evaluation.passing is None
    assert not evaluation.is_ready


@settings(LAW, max_examples=200)
@given(st.one_of(documents(), whole_documents()), st.randoms(use_true_random=False))
def test_every_gate_without_a_warning_is_passed_by_a_lead_that_is_made_up(document, chance):
    """The lead goes through the fold and the evaluation, and is ready; so would a real one."""
    version = version_of(document)
    gates = {gate.name: document["gates"][gate.name] for gate in version.gates}
    compilation = compiled_document({**document, "gates": gates})
    warned = {
        warning.path.split("/")[2]
        for warning in compilation.warnings
        if warning.code in ("no_example", "swallowed_gate")
    }

    for gate in version.gates:
        if gate.name in warned:
            continue
        witness = find_witness(version, gate, Effort(200_000))
        assert witness is not None
        touches = [*witness.touches, *witness.touches]
        chance.shuffle(touches)
        state = fold(version, no_signals(version), touches)
        stored = decode_state(version, encode_state(state))
        evaluation = evaluate(version, witness.facts, stored, witness.at, witness.colleagues)
        assert evaluation.is_ready
        assert {each.gate.name: each.met for each in evaluation.answers}[gate.name]
        # Colleagues that were made up did nothing that could be told.
        assert evaluation.deciding or witness.colleagues.strangers
        assert all(touch.made_by == "human" for touch in witness.touches)


@pytest.mark.parametrize("path", sorted(Path("deploy/policies").glob("*.yaml")), ids=str)
def test_every_gate_of_the_starters_has_its_lead(path):
    version = compile_policy(path.read_bytes()).version
    assert version is not None

    for gate in version.gates:
        assert find_witness(version, gate, Effort(10_000)) is not None


signals = st.lists(
    st.builds(lambda points, at_most: (points, at_most), st.integers(-300, 600), st.integers(1, 3)),
    min_size=4,
    max_size=4,
).map(
    lambda each: tuple(
        Signal(f"s{n}", Titles("", ""), ("k",), points, at_most)
        for n, (points, at_most) in enumerate(each, start=1)
    )
)


fits = st.lists(st.integers(-400, 700), min_size=3, max_size=3).map(sorted)
"""The least a lead can fit, how one lead fits, the most."""


@st.composite
def cases(draw: st.DrawFn, asked: tuple[Signal, ...], fit: int) -> Case:
    """A lead with touches of any signals, at most as many as count, of any age."""
    kept = {}
    for signal in asked:
        ages = draw(st.lists(st.integers(0, 40), max_size=signal.at_most))
        touches = (
            Kept(-age * 86_400_000, f"{signal.name}-{n}", 0, "", False)
            for n, age in enumerate(ages)
        )
        kept[signal.name] = tuple(sorted(touches, reverse=True))
    known = {"lead": {"title": draw(st.sampled_from([None, "CTO"]))}}
    colleagues = draw(several_colleagues(asked))
    return Case(fit, 0, asked, lambda signal: kept[signal.name], facts=known, colleagues=colleagues)


@st.composite
def several_colleagues(draw: st.DrawFn, asked: tuple[Signal, ...], now_ms: int = 0) -> Colleagues:
    """Up to four other people of the account, some of them recorded as several leads."""
    members = [f"m{n}" for n in range(draw(st.integers(0, 4)))]
    remembered = {
        signal.name: tuple(
            sorted(
                (
                    Kept(
                        now_ms - draw(st.integers(0, 40)) * 86_400_000,
                        f"{signal.name}-{m}",
                        0,
                        m,
                        False,
                    )
                    for m in members
                    if draw(st.booleans())
                ),
                reverse=True,
            )
        )
        for signal in asked
    }
    lead_of = {member: draw(st.sampled_from(["p1", "p2", "me"])) for member in members}
    facts_of = {one: {"lead": {"title": "CTO"}} for one in ("p1", "p2")}
    people = AccountPeople(lead_of, facts_of)
    return Colleagues("me", lambda signal: remembered.get(signal, ()), people)


def condition_of(written):
    return ConditionShape().read(read_tree(json.dumps(written)), "", Reading("x"))


@SEARCH
@given(conditions, signals, fits, st.data())
def test_a_gate_called_impossible_is_never_met(written, asked, fits, data):
    condition = condition_of(written)
    least, fit, most = fits
    reach = reach_of(asked, ())._replace(fit_least=least, fit_most=most)
    case = data.draw(cases(asked, fit))

    if is_met(condition, case):
        assert can_be_met(condition, reach)


@SEARCH
@given(conditions, signals, fits, st.data())
def test_a_gate_that_needs_evidence_is_never_met_without(written, asked, fits, data):
    """Whatever the lead's colleagues did."""
    condition = condition_of(written)
    least, fit, most = fits
    reach = reach_of(asked, ())._replace(fit_least=least, fit_most=most)
    colleagues = data.draw(several_colleagues(asked))
    nothing_done = Case(fit, 0, asked, lambda _: (), colleagues=colleagues)

    if is_met(condition, nothing_done):
        assert passes_without_evidence(condition, reach)


@LAW
@given(documents())
def test_every_document_is_accepted_or_refused_with_a_place(document):
    compilation = compiled_document(document)

    assert (compilation.version is None) is bool(compilation.errors)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in compilation.problems)
