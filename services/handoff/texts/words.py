"""What a language has to say: the shape both ``english`` and ``spanish`` fill."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol


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


class Words(Protocol):
    """One language. The keys are the same in all of them, which the tests hold."""

    AND: str
    OR: str
    QUOTES: tuple[str, str]
    DECIMAL: str
    THOUSANDS: str
    GROUPED_FROM: int
    """The least number whose thousands are set apart."""
    PERCENT: str
    YES_NO: tuple[str, str]
    UNITS: Mapping[str, tuple[str, str]]
    """Units of time, one and many."""
    LAST: Mapping[str, tuple[str, str]]
    """Looking back from now: one unit, many."""
    COUNTED: Mapping[str, tuple[str, str]]
    """What is counted, by clause or by condition and field: one and many."""
    HEADINGS: Mapping[str, str]
    INTROS: Mapping[str, tuple[str, ...]]
    """What is always true of a section."""
    NOTHING: Mapping[str, str]
    """What an empty section means."""
    SAID: Mapping[str, Said]
    EFFECTS: Mapping[str, str]
    CALENDARS: Mapping[str, str]
    CONDITIONS: Mapping[str, str]
    """By kind of condition; ``not`` in front where it must not be met; groups; and, by kind
    and field, what an optional field adds."""
    NOTES: Mapping[str, str]
    """What has to be known about a kind of condition, said once where it is used."""
    OPERATORS: Mapping[str, str]
    """By kind of operator, ``not`` in front for its opposite."""
    FACTS: Mapping[str, str]
    """Facts and properties with words of their own."""
    TRUTHS: Mapping[str, tuple[str, str]]
    """Facts that are true or not: both sentences."""
    PHRASES: Mapping[str, str]
    """Everything else."""
    CHANGES: Mapping[str, str]
    """What became of a condition, by the kind of group it stands in."""

    def joins_as(self, conjunction: str, following: str) -> str:
        """Return ``conjunction`` as it is said before the word ``following``."""
        ...
