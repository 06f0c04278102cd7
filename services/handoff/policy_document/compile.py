"""From the text of a policy file to a version that can be asked, or to what is wrong with it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from services.handoff.domain.policy import PolicyVersion
from services.handoff.policy_document.checks import check
from services.handoff.policy_document.draft import draft_of
from services.handoff.policy_document.grammar import POLICY
from services.handoff.policy_document.problems import Problem
from services.handoff.policy_document.reading import Reading, TooManyProblems, Wrong
from services.handoff.policy_document.scope_checks import check_scope
from services.handoff.policy_document.vocabulary import Vocabulary
from services.handoff.policy_document.yaml_tree import Unreadable, read_tree

KNOWN_WORDS = Vocabulary()


@dataclass(frozen=True)
class Compilation:
    """What became of a policy file."""

    version: PolicyVersion | None
    """None when there is an error."""
    problems: tuple[Problem, ...]
    """Errors and warnings, as one reads the file."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What must be mended."""
        return tuple(each for each in self.problems if each.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What should be looked at."""
        return tuple(each for each in self.problems if each.severity == "warning")


def compile_policy(
    source: str | bytes,
    file: str = "policy.yaml",
    lists: Collection[str] | None = (),
    vocabulary: Vocabulary = KNOWN_WORDS,
    beside: Iterable[PolicyVersion] = (),
    *,
    judge: bool = True,
) -> Compilation:
    """Read a policy; every problem is reported at once, with its place and how to mend it.

    ``lists`` names the lists kept outside the file, None takes any name for one; a list of
    the same name in the file comes first. What they hold is bound later (``domain.lists``).
    ``beside`` are other policies in force: whom two of them judge is warned about. Without
    ``judge`` the text is only read: a version that was accepted once must not be refused by a
    check that came later. Nothing is raised for what the text holds, however odd it is.
    """
    reading = Reading(file, outside_lists=lists)
    version = None
    try:
        version = _read(source, reading, vocabulary if judge else None, tuple(beside))
    except Unreadable as fault:
        reading.stands("", fault.place)
        reading.report("", fault.code, fault.message)
    except TooManyProblems:
        pass
    version = None if reading.has_errors() else version
    return Compilation(version, tuple(sorted(set(reading.problems))))


def _read(
    source: str | bytes,
    reading: Reading,
    vocabulary: Vocabulary | None,
    beside: Sequence[PolicyVersion],
) -> PolicyVersion | None:
    tree = read_tree(source)
    reading.stands("", tree.place)
    values = POLICY.read(tree, "", reading)
    if isinstance(values, Wrong):
        return None
    draft = draft_of(values)
    if vocabulary is not None:
        check_scope(draft, reading, vocabulary, beside)
        check(draft, reading, vocabulary)
    return None if reading.has_errors() else draft.version()
