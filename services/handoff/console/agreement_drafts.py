"""What the editor of a policy works with: the text to begin with, and what is to be said of one.

A text is judged by the same functions as one that is sent to the API. Nothing here writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from services.handoff.console.agreement_view import readable
from services.handoff.console.people_names import names_of
from services.handoff.domain.policy import Language, PolicyVersion
from services.handoff.handlers.policies import compiled, find_version
from services.handoff.policy_document import Problem as Fault
from services.handoff.store import policies
from services.handoff.texts import Text, tell, tell_changes
from services.handoff.unit_of_work import UnitOfWork
from shared.problem import not_found

ROOM = 3
"""Empty lines below the text."""
NARROWEST, WIDEST = 60, 400


@dataclass(frozen=True, slots=True)
class Start:
    """Where a text comes from."""

    kind: str
    """``in_force``, ``newest``, ``version``, ``starter``, ``form`` or ``file``."""
    text: str
    number: int = 0


@dataclass(frozen=True)
class Check:
    """What is to be said of a text."""

    problems: Sequence[Fault] = ()
    told: Text | None = None
    changes: Text | None = None
    """What it would change in the version in force; None where there is none."""
    against: int | None = None
    version: PolicyVersion | None = None
    is_read: bool = True
    """False: there is nothing in it."""

    @property
    def errors(self) -> Sequence[Fault]:
        """What must be mended."""
        return [one for one in self.problems if one.severity == "error"]

    @property
    def warnings(self) -> Sequence[Fault]:
        """What should be looked at."""
        return [one for one in self.problems if one.severity == "warning"]


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Somebody else saved a version since the text was begun."""

    number: int
    who: str
    at: datetime
    changes: Text | None
    """What the text would change in it."""


def written(text: str) -> str:
    """Return a text as files have it: browsers send each line's end as two characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def start_of(uow: UnitOfWork, policy: str, wanted: str, language: Language) -> Start:
    """Return the text an editor begins with: a version by number, the starter, or the newest.

    Raises ``Problem`` (404) for an unknown policy or version.
    """
    if not policy:
        return Start("starter", starter(language))
    newest = policies.newest_version(uow.conn, policy)
    if newest is None:
        raise not_found("policy")
    if wanted == "starter":
        text = starter(language).replace("policy: b2b-starter", f"policy: {policy}", 1)
        return Start("starter", text)
    decides = policies.version_in_force(uow.conn, policy)
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        row = find_version(uow, policy, int(wanted))
    else:
        row = newest
    kind = "version"
    if decides is not None and row.number == decides.number:
        kind = "in_force"
    elif row.number == newest.number:
        kind = "newest"
    return Start(kind, row.text, row.number)


def starts_of(uow: UnitOfWork, policy: str) -> list[tuple[str, int]]:
    """Return what a text can begin with instead: kinds, each with a version's number or 0."""
    found = [("starter", 0)]
    newest = policies.newest_version(uow.conn, policy) if policy else None
    decides = policies.version_in_force(uow.conn, policy) if policy else None
    if newest is not None and (decides is None or newest.number != decides.number):
        found.insert(0, ("newest", newest.number))
    if decides is not None:
        found.insert(0, ("in_force", decides.number))
    return found


def starter(language: Language) -> str:
    """Return the policy a new installation begins with."""
    folder = files("services.handoff.policy_document") / "starters"
    return (folder / f"starter.{language}.yaml").read_text(encoding="utf-8")


def check_text(uow: UnitOfWork, policy: str, text: str, language: Language) -> Check:
    """Return every problem of a text, what it says in words, and what it would change."""
    if not text.strip():
        return Check(is_read=False, problems=compiled(uow, text).problems)
    found = compiled(uow, text)
    if found.version is None:
        return Check(found.problems)
    new = found.version
    decides = policies.version_in_force(uow.conn, policy or new.policy)
    old = None if decides is None else readable(uow, decides)
    return Check(
        problems=found.problems,
        told=tell(new, language),
        changes=None if old is None else tell_changes(old, new, language),
        against=None if decides is None or old is None else decides.number,
        version=new,
    )


def meanwhile(uow: UnitOfWork, policy: str, check: Check, language: Language) -> Meanwhile | None:
    """Return what somebody saved since, and what the text would change in it."""
    newest = policies.newest_version(uow.conn, policy)
    if newest is None:
        return None
    theirs = readable(uow, newest)
    changes = None
    if theirs is not None and check.version is not None:
        changes = tell_changes(theirs, check.version, language)
    who = names_of(uow.conn, [newest.created_by]).get(newest.created_by, newest.created_by)
    return Meanwhile(newest.number, who, newest.created_at, changes)


def gutter_of(text: str) -> tuple[str, int, int]:
    """Return the numbers beside a text, and how many rows and columns it takes."""
    lines = text.split("\n")
    rows = len(lines) + ROOM
    columns = max(NARROWEST, min(WIDEST, max(map(len, lines)) + 2))
    return "\n".join(str(number) for number in range(1, rows + 1)), rows, columns
