"""What a language has to say: the shape both ``english`` and ``spanish`` fill."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Said(NamedTuple):
    """The sentences of one clause.

    ``{it}`` is the thing it is said of, ``{value}`` what it says, ``{old}`` what it said.
    """

    told: str
    """What it says; a condition may be a list, so there ``{value}`` stands last."""
    changed: str
    """It said something else."""
    absent: str = ""
    """What saying nothing means, where that has to be said."""
    added: str = ""
    """It said nothing before."""
    removed: str = ""
    """It says nothing any more."""


@dataclass(frozen=True)
class Words:
    """One language. The keys are the same in all of them, which the tests hold."""

    joins_as: Callable[[str, str], str]
    """Returns a conjunction as it is said before the word that follows."""
    and_word: str
    or_word: str
    quotes: tuple[str, str]
    decimal: str
    thousands: str
    grouped_from: int
    """The least number whose thousands are set apart."""
    percent: str
    yes_no: tuple[str, str]
    units: Mapping[str, tuple[str, str]]
    """Units of time, one and many."""
    last: Mapping[str, tuple[str, str]]
    """Looking back from now: one unit, many."""
    counted: Mapping[str, tuple[str, str]]
    """What is counted, by clause or by condition and field: one and many."""
    headings: Mapping[str, str]
    intros: Mapping[str, tuple[str, ...]]
    """What is always true of a section."""
    nothing: Mapping[str, str]
    """What an empty section means."""
    said: Mapping[str, Said]
    effects: Mapping[str, str]
    calendars: Mapping[str, str]
    conditions: Mapping[str, str]
    """By kind of condition; ``not`` in front where it must not be met; groups; and, by kind
    and field, what an optional field adds."""
    notes: Mapping[str, str]
    """What has to be known about a kind of condition, said once where it is used."""
    operators: Mapping[str, str]
    """By kind of operator, ``not`` in front for its opposite."""
    facts: Mapping[str, str]
    """Facts and properties with words of their own."""
    truths: Mapping[str, tuple[str, str]]
    """Facts that are true or not: both sentences."""
    phrases: Mapping[str, str]
    """Everything else."""
    changes: Mapping[str, str]
    """What became of a condition, by the kind of group it stands in."""
