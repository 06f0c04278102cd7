"""What can be proved of questions about facts before any fact is known.

Proofs, not guesses: ``never_holds`` and ``implies`` answer True only when it is so for
every lead there could be. A fact may have several values, and one that answers yes is
enough, so two different values are no contradiction; ``needs_several_values`` tells those.
"""

from collections.abc import Iterator

from services.handoff.domain.facts import (
    AllFacts,
    AnyFact,
    AtLeast,
    AtMost,
    Equals,
    Exists,
    FactCondition,
    FactTest,
    IsNot,
    NotFact,
    Operator,
)


def never_holds(condition: FactCondition) -> bool:
    """Return True only when ``condition`` is true of no lead whatever is known of it."""
    if isinstance(condition, AnyFact):
        return all(never_holds(each) for each in condition.of)
    parts = list(_parts(condition))
    return (
        any(isinstance(each, AnyFact) and never_holds(each) for each in parts)
        or any(isinstance(each, NotFact) and _among(each.condition, parts) for each in parts)
        or any(_contradict(operators) for operators in _by_path(parts).values())
    )


def implies(condition: FactCondition, other: FactCondition) -> bool:
    """Return True only when ``other`` is true of every lead ``condition`` is true of."""
    if isinstance(condition, AnyFact):
        return all(implies(each, other) for each in condition.of)
    if isinstance(other, AnyFact) and any(implies(condition, each) for each in other.of):
        return True
    return _among(other, list(_parts(condition)))


def needs_several_values(condition: FactCondition) -> bool:
    """Return True only when no fact with a single value makes ``condition`` true."""
    if isinstance(condition, AnyFact):
        return all(needs_several_values(each) for each in condition.of)
    parts = list(_parts(condition))
    return any(isinstance(each, AnyFact) and needs_several_values(each) for each in parts) or any(
        _exclude_each_other(operators) for operators in _by_path(parts).values()
    )


def _parts(condition: FactCondition) -> Iterator[FactCondition]:
    """Yield what must all be true, each question about a fact by itself."""
    if isinstance(condition, AllFacts):
        for each in condition.of:
            yield from _parts(each)
    elif isinstance(condition, FactTest) and len(condition.operators) > 1:
        for operator in condition.operators:
            yield FactTest(condition.path, (operator,))
    else:
        yield condition


def _among(condition: FactCondition, parts: list[FactCondition]) -> bool:
    return all(any(_says(part, each) for part in parts) for each in _parts(condition))


def _says(part: FactCondition, wanted: FactCondition) -> bool:
    """Return whether one part says at least what is wanted: fewer values of the same fact."""
    if part == wanted:
        return True
    if isinstance(part, FactTest) and isinstance(wanted, FactTest) and part.path == wanted.path:
        [given], [asked] = part.operators, wanted.operators
        if isinstance(asked, Exists):
            return asked.expected and _needs_value(given)
        if isinstance(given, Equals) and isinstance(asked, Equals):
            return given.keys <= asked.keys
    return False


def _by_path(parts: list[FactCondition]) -> dict[str, list[Operator]]:
    found: dict[str, list[Operator]] = {}
    for part in parts:
        if isinstance(part, FactTest):
            found.setdefault(part.path, []).extend(part.operators)
    return found


def _contradict(operators: list[Operator]) -> bool:
    """Return whether no fact, not even one with several values, answers all of them yes."""
    return (any(map(_needs_value, operators)) and any(map(_needs_absence, operators))) or any(
        isinstance(each, IsNot) and all(inner in operators for inner in each.operators)
        for each in operators
    )


def _needs_value(operator: Operator) -> bool:
    if isinstance(operator, Exists):
        return operator.expected
    if isinstance(operator, IsNot):
        return all(
            not each.expected if isinstance(each, Exists) else not isinstance(each, IsNot)
            for each in operator.operators
        )
    return True


def _needs_absence(operator: Operator) -> bool:
    if isinstance(operator, IsNot):
        return operator.operators == (Exists(True),)
    return isinstance(operator, Exists) and not operator.expected


def _exclude_each_other(operators: list[Operator]) -> bool:
    least = max((each.number for each in operators if isinstance(each, AtLeast)), default=None)
    most = min((each.number for each in operators if isinstance(each, AtMost)), default=None)
    if least is not None and most is not None and least > most:
        return True
    values = [each.keys for each in operators if isinstance(each, Equals)]
    return len(values) > 1 and not frozenset.intersection(*values)
