"""What is checked of whom a policy is for, and of the roles its gates ask for."""

from collections.abc import Iterable, Iterator, Sequence

from services.handoff.domain.conditions import leaves
from services.handoff.domain.effort import Effort
from services.handoff.domain.fact_logic import FactLogic
from services.handoff.domain.fact_search import may_hold
from services.handoff.domain.facts import FactCondition
from services.handoff.domain.history import BY_HAND
from services.handoff.domain.lists import with_examples
from services.handoff.domain.people import PeopleSeen
from services.handoff.domain.policy import PolicyVersion
from services.handoff.policy_document.checks import warn_misspelt
from services.handoff.policy_document.draft import Draft
from services.handoff.policy_document.gate_checks import STEPS
from services.handoff.policy_document.phrases import phrase
from services.handoff.policy_document.reading import Reading, listed, pointer
from services.handoff.policy_document.vocabulary import Vocabulary


def check_scope(
    draft: Draft, reading: Reading, vocabulary: Vocabulary, beside: Sequence[PolicyVersion]
) -> None:
    """Report policies that are for nobody, and roles nobody can have."""
    logic, effort = FactLogic(Effort(STEPS)), Effort(STEPS)
    _check_applies_to(draft, reading, logic, effort)
    for path, where in _roles(draft, reading):
        if logic.never_holds(where):
            message = phrase("Nobody can have this role: what it asks contradicts itself.")
            reading.report(path, "impossible_gate", message)
        elif not may_hold(with_examples(where), effort):
            message = phrase(
                "Nobody was found who has this role: its questions seem to contradict."
            )
            reading.report(path, "never_holds", message, "warning")
    for path, condition in (*_applies_to(draft), *_roles(draft, reading)):
        for fact in condition.paths():
            warn_misspelt(fact, vocabulary.facts, phrase("fact"), path, reading)
    if any(gate.name == BY_HAND for gate in draft.gates):
        message = phrase(
            "No gate can be called `{by_hand}`: that is what the hand-offs of leads are marked "
            "by that a person handed over. Give it another name.",
            by_hand=BY_HAND,
        )
        reading.report(pointer("/gates", BY_HAND), "wrong_name", message, at_key=True)
    _warn_of_overlap(draft, reading, beside, logic)


def _check_applies_to(draft: Draft, reading: Reading, logic: FactLogic, effort: Effort) -> None:
    for path, condition in _applies_to(draft):
        if logic.never_holds(condition):
            message = phrase("The policy is for nobody: what `applies_to` asks contradicts itself.")
            reading.report(path, "never_applies", message)
            continue
        if not may_hold(with_examples(condition), effort):
            message = phrase(
                "Nobody was found whom the policy is for. If no fact with a single value meets "
                "this, join by `any` what may be true alone."
            )
            reading.report(path, "never_applies", message, "warning")
        for exclusion in draft.exclude:
            if logic.implies(condition, exclusion.when):
                message = phrase(
                    "The policy is for nobody: `{exclusion}` excludes everybody `applies_to` "
                    "names.",
                    exclusion=exclusion.name,
                )
                reading.report(path, "never_applies", message)


def _warn_of_overlap(
    draft: Draft, reading: Reading, beside: Iterable[PolicyVersion], logic: FactLogic
) -> None:
    """Warn where it is certain that other policies judge the same leads too."""
    own = draft.applies_to
    if own is None and draft.values["applies_to"] is not None:
        return  # it could not be read
    others = [
        each.policy
        for each in beside
        if each.policy != draft.name and _meet(own, each.applies_to, logic)
    ]
    if others:
        path = "/policy" if own is None else "/applies_to"
        reading.report(
            path,
            "overlapping_policies",
            phrase(
                "{others} in force is for the same leads: each of the policies can hand such a "
                "lead over. Say by `applies_to` whom each is for, or retire one.",
                others=listed(others),
            ),
            "warning",
            at_key=True,
        )


def _meet(one: FactCondition | None, other: FactCondition | None, logic: FactLogic) -> bool:
    """Return whether two policies are certain to be for the same leads, or some of them."""
    if one is None or other is None:
        return True
    return logic.implies(one, other) or logic.implies(other, one)


def _applies_to(draft: Draft) -> Iterator[tuple[str, FactCondition]]:
    if draft.applies_to is not None:
        yield "/applies_to/when", draft.applies_to


def _roles(draft: Draft, reading: Reading) -> Iterator[tuple[str, FactCondition]]:
    for gate in draft.gates:
        for leaf in leaves(gate.when):
            if isinstance(leaf, PeopleSeen) and leaf.where is not None:
                yield f"{reading.path_of(leaf)}/{leaf.kind}/where", leaf.where
