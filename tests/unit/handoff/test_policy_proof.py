"""The checks on gates are sound: searched for a counterexample, over all that is accepted."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from services.handoff.domain.case import Case
from services.handoff.domain.colleagues import AccountPeople, Colleagues
from services.handoff.domain.evaluation import evaluate
from services.handoff.domain.fold import fold
from services.handoff.domain.gates import is_met
from services.handoff.domain.kept import Kept
from services.handoff.domain.proof import can_be_met, passes_without_evidence, reach_of
from services.handoff.domain.questions import Signal, Titles
from services.handoff.domain.signals import no_signals
from services.handoff.policy_document.condition_shapes import ConditionShape
from services.handoff.policy_document.reading import Reading
from services.handoff.policy_document.yaml_tree import read_tree
from tests.unit.handoff.strategies import (
    LAW,
    NOW,
    conditions,
    documents,
    facts,
    histories,
    policies,
)
from tests.unit.handoff.strategies import compiled as compiled_document

SEARCH = settings(max_examples=300, deadline=None)


@LAW
@given(policies(), facts, histories(made_by=("unsure", "machine"), max_size=40))
def test_unsure_and_machine_touches_never_pass_a_gate(version, known, history):
    evaluation = evaluate(version, known, fold(version, no_signals(version), history), NOW)

    assert evaluation.passing is None


@LAW
@given(policies(), facts, histories(made_by=("human",), max_size=40))
def test_weak_and_late_touches_never_pass_a_gate(version, known, history):
    """Humans made them, but only the weak signal counts their kind, or they came too late."""
    strong = {kind for signal in version.strong_signals for kind in signal.touches}
    harmless = [
        each
        for each in history
        if each.kind not in strong or (each.received_at - each.occurred_at).days > 90
    ]
    evaluation = evaluate(version, known, fold(version, no_signals(version), harmless), NOW)

    assert evaluation.passing is None


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
    return Case(fit, 0, asked, lambda signal: kept[signal.name], known, colleagues)


@st.composite
def several_colleagues(draw: st.DrawFn, asked: tuple[Signal, ...]) -> Colleagues:
    """Up to four other people of the account, some of them recorded as several leads."""
    members = [f"m{n}" for n in range(draw(st.integers(0, 4)))]
    remembered = {
        signal.name: tuple(
            sorted(
                (
                    Kept(-draw(st.integers(0, 40)) * 86_400_000, f"{signal.name}-{m}", 0, m, False)
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
    return Colleagues("me", lambda signal: remembered[signal], people)


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
    nothing_done = Case(fit, 0, asked, lambda _: (), {}, colleagues)

    if is_met(condition, nothing_done):
        assert passes_without_evidence(condition, reach)


@LAW
@given(documents())
def test_every_document_is_accepted_or_refused_with_a_place(document):
    compilation = compiled_document(document)

    assert (compilation.version is None) is bool(compilation.errors)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in compilation.problems)
