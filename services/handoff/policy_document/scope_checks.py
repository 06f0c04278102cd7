"""What is checked of whom a policy is for, and of the roles its gates ask for."""

from collections.abc import Iterable, Iterator, Sequence

from services.handoff.domain.conditions import leaves
from services.handoff.domain.fact_proof import implies, needs_several_values, never_holds
from services.handoff.domain.facts import FactCondition
from services.handoff.domain.people import PeopleSeen
from services.handoff.domain.policy import PolicyVersion
from services.handoff.policy_document.checks import warn_misspelt
from services.handoff.policy_document.draft import Draft
from services.handoff.policy_document.reading import Reading, listed, pointer
from services.handoff.policy_document.vocabulary import Vocabulary

BY_HAND = "override"
"""What events call the gate of a lead that a person handed over."""


def check_scope(
    draft: Draft, reading: Reading, vocabulary: Vocabulary, beside: Sequence[PolicyVersion]
) -> None:
    """Report policies that are for nobody, and roles nobody can have."""
    _check_applies_to(draft, reading)
    for path, where in _roles(draft, reading):
        if never_holds(where):
            message = "Nobody can have this role: what it asks contradicts itself."
            reading.report(path, "impossible_gate", message)
    for path, condition in (*_applies_to(draft), *_roles(draft, reading)):
        for fact in condition.paths():
            warn_misspelt(fact, vocabulary.facts, "fact", path, reading)
    if any(gate.name == BY_HAND for gate in draft.gates):
        message = (
            f"No gate can be called `{BY_HAND}`: that is what the hand-offs of leads are marked "
            "by that a person handed over. Give it another name."
        )
        reading.report(pointer("/gates", BY_HAND), "wrong_name", message, at_key=True)
    _warn_of_overlap(draft, reading, beside)


def _check_applies_to(draft: Draft, reading: Reading) -> None:
    for path, condition in _applies_to(draft):
        if never_holds(condition):
            message = "The policy is for nobody: what `applies_to` asks contradicts itself."
            reading.report(path, "never_applies", message)
        elif needs_several_values(condition):
            message = (
                "No fact with a single value meets this, only one with several at once. Join by "
                "`any` what may be true alone."
            )
            reading.report(path, "never_applies", message, "warning")
        for exclusion in draft.exclude:
            if implies(condition, exclusion.when):
                message = (
                    f"The policy is for nobody: `{exclusion.name}` excludes everybody "
                    "`applies_to` names."
                )
                reading.report(path, "never_applies", message)


def _warn_of_overlap(draft: Draft, reading: Reading, beside: Iterable[PolicyVersion]) -> None:
    """Warn where it is certain that other policies judge the same leads too."""
    own = draft.applies_to
    if own is None and draft.values["applies_to"] is not None:
        return  # it could not be read
    others = [
        each.policy for each in beside if each.policy != draft.name and _meet(own, each.applies_to)
    ]
    if others:
        path = "/policy" if own is None else "/applies_to"
        reading.report(
            path,
            "overlapping_policies",
            f"{listed(others)} in force is for the same leads: each of the policies can hand such "
            "a lead over. Say by `applies_to` whom each is for, or retire one.",
            "warning",
            at_key=True,
        )


def _meet(one: FactCondition | None, other: FactCondition | None) -> bool:
    """Return whether two policies are certain to be for the same leads, or some of them."""
    if one is None or other is None:
        return True
    return implies(one, other) or implies(other, one)


def _applies_to(draft: Draft) -> Iterator[tuple[str, FactCondition]]:
    if draft.applies_to is not None:
        yield "/applies_to/when", draft.applies_to


def _roles(draft: Draft, reading: Reading) -> Iterator[tuple[str, FactCondition]]:
    for gate in draft.gates:
        for leaf in leaves(gate.when):
            if isinstance(leaf, PeopleSeen) and leaf.where is not None:
                yield f"{reading.path_of(leaf)}/{leaf.kind}/where", leaf.where
