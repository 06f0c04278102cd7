"""Asking the conditions of a gate: met or not, by how much, because of which touches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.handoff.domain.case import Case, Counted, newest_first
from services.handoff.domain.conditions import Condition, Group, Not


@dataclass(frozen=True)
class Answer:
    """What one condition says about a case, and because of what."""

    condition: Condition
    met: bool
    wanted: int
    actual: int
    because: tuple[Counted, ...] = ()
    of: tuple["Answer", ...] = ()

    @property
    def short(self) -> int:
        """How much is missing, in the condition's unit; 0 when nothing is."""
        return max(0, self.wanted - self.actual)


def is_met(condition: Condition, case: Case) -> bool:
    """Return whether ``condition`` is met, and nothing else: the quick form of ``ask``."""
    return question(condition)(case)


def question(condition: Condition) -> Callable[[Case], bool]:
    """Return ``is_met`` of one condition, prepared: it is asked again and again."""
    if isinstance(condition, Group):
        return _question_of_group(condition)
    if isinstance(condition, Not):
        inner = question(condition.condition)
        return lambda case: not inner(case)
    actual, wanted = condition.actual, condition.wanted
    return lambda case: actual(case) >= wanted


def _question_of_group(group: Group) -> Callable[[Case], bool]:
    """Ask no further than it takes to know."""
    needed, questions = group.needed, tuple(question(each) for each in group.of)
    may_fail = len(questions) - needed

    def is_met(case: Case) -> bool:
        missing, failures = needed, may_fail
        for met in questions:
            if met(case):
                missing -= 1
                if missing <= 0:
                    return True
            else:
                failures -= 1
                if failures < 0:
                    return False
        return missing <= 0

    return is_met


def ask(condition: Condition, case: Case) -> Answer:
    """Ask ``condition`` about ``case``, with every number and every touch behind it."""
    if isinstance(condition, Group):
        answers = tuple(ask(each, case) for each in condition.of)
        count = sum(answer.met for answer in answers)
        return Answer(condition, count >= condition.needed, condition.needed, count, of=answers)
    if isinstance(condition, Not):
        answer = ask(condition.condition, case)
        return Answer(condition, not answer.met, 1, int(not answer.met), of=(answer,))
    actual = condition.actual(case)
    because = condition.evidence(case)
    return Answer(condition, actual >= condition.wanted, condition.wanted, actual, because)


def deciding(answer: Answer, met: bool = True) -> tuple[Counted, ...]:
    """Return the touches without which ``answer`` would be another, newest first, each once.

    Under a ``not`` the question turns round: there, what is *not* met decides, and no touch
    can be the cause of that.
    """
    found: dict[str, Counted] = {}
    for leaf in decisive(answer, met):
        for touch in leaf.because:
            found.setdefault(touch.touch_id, touch)
    return newest_first(list(found.values()))


def decisive(answer: Answer, met: bool = True) -> Iterator[Answer]:
    """Yield the answers of the conditions on the lead that made ``answer`` what it is."""
    if answer.met is not met:
        return
    if isinstance(answer.condition, Not):
        yield from decisive(answer.of[0], not met)
    elif isinstance(answer.condition, Group):
        for each in answer.of:
            yield from decisive(each, met)
    elif met:
        yield answer
