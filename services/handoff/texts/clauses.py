"""What a version says, taken apart: one clause for each value, in no language.

The clauses come from the fields of the domain's own values, those the digest is made of. So
whatever changes the digest changes a clause, and a field added later is a clause without
words, which the tests find.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from services.handoff.domain.facts import InList
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.questions import Titles

READ_IN_ORDER = (
    *(
        "policy",
        "title",
        "applies_to",
        "signals",
        "fit",
        "exclude",
        "gates",
        "cool_down",
        "response",
    ),
    *("reject_reasons", "targets", "reviewed_every"),
)
"""The fields of a version, as people read them aloud; a test holds that none is missing."""
ALONE = ("title", "applies_to")
"""Fields that are said as one, though they have parts."""
NOT_SAID = ("version_id", "number")
"""Given by whoever stores a version; not part of what it says."""
WRITTEN_AS = {"touches": "touch"}
"""Fields that the file calls otherwise."""
NAMED_BY = {"response": "tier"}
"""The field that names the things of a section, where it is not ``name``."""
TOLD_AT = {"points": -2, "weak": -1, "where": 1, "when": 1}
"""What is told first and last: a condition may be a list, and nothing can follow that."""


@dataclass(frozen=True)
class Clause:
    """One value a version says, and where."""

    path: str
    """For example ``signals.guide.points``."""
    key: str
    """The same without names of people's own: ``signals.points``. It finds the words."""
    value: Any


@dataclass(frozen=True)
class Entry:
    """A named thing of a section: one signal, one gate."""

    name: str
    title: Titles | None
    clauses: tuple[Clause, ...]
    """What is said of it, its title aside."""


@dataclass(frozen=True)
class Part:
    """A section: named things in order, or a few clauses."""

    name: str
    entries: tuple[Entry, ...] = ()
    clauses: tuple[Clause, ...] = ()
    has_order: bool = True
    """Whether the order of its things is one of the policy's, and not only of the telling."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its things, in order."""
        return tuple(entry.name for entry in self.entries)


def parts_of(version: PolicyVersion) -> dict[str, Part]:
    """Return what ``version`` says, by section, in reading order; its lists come last."""
    parts = {name: _part(version, name) for name in READ_IN_ORDER}
    lists = sorted(dict(_lists_in([getattr(version, name) for name in READ_IN_ORDER])).items())
    held = tuple(
        Entry(name, None, (Clause(f"lists.{name}", "lists", keys and tuple(sorted(keys))),))
        for name, keys in lists
    )
    return parts | {"lists": Part("lists", held)}


def _part(version: PolicyVersion, name: str) -> Part:
    value = getattr(version, name)
    if isinstance(value, Mapping):
        # Tiers are told as the gates name them.
        named = [gate.tier for gate in version.gates if gate.tier in value]
        tiers = dict.fromkeys(named + sorted(value))
        entries = tuple(_entry(name, value[tier]) for tier in tiers)
        return Part(name, entries, has_order=False)
    if isinstance(value, tuple):
        return Part(name, tuple(_entry(name, each) for each in value))
    if is_dataclass(value) and name not in ALONE:
        return Part(name, clauses=tuple(_clauses(name, name, value)))
    return Part(name, clauses=(Clause(name, name, value),))


def _entry(section: str, value: Any) -> Entry:
    named_by = NAMED_BY.get(section, "name")
    name = getattr(value, named_by)
    said = [
        clause
        for clause in _clauses(f"{section}.{name}", section, value)
        if clause.key not in (f"{section}.{named_by}", f"{section}.title")
    ]
    said.sort(key=lambda clause: TOLD_AT.get(clause.key.rpartition(".")[2], 0))
    return Entry(name, getattr(value, "title", None), tuple(said))


def _clauses(path: str, key: str, value: Any) -> Iterator[Clause]:
    for field in fields(value):
        written = WRITTEN_AS.get(field.name, field.name)
        if field.compare:
            yield Clause(f"{path}.{written}", f"{key}.{written}", getattr(value, field.name))


def _lists_in(value: Any) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Yield every named list that is asked about, wherever it stands; None: kept outside."""
    if isinstance(value, InList):
        yield value.name, value.keys
    elif is_dataclass(value):
        for field in fields(value):
            yield from _lists_in(getattr(value, field.name)) if field.compare else ()
    elif isinstance(value, Mapping):
        yield from _lists_in(list(value.values()))
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for each in value:
            yield from _lists_in(each)
