"""A form as it is shown: what stands in it, and what was wrong with it in words.

What the API refuses with a place is told at the field of that place; the rest at the top.
Where somebody changed the thing meanwhile, what was typed stays, and beside each field
stands what is stored now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from shared.console.formats import Formats, clip
from shared.problem import Problem, pointer

TAKEN_BACK = (403, 409, 412, 422)
"""Refusals a form shows; any other is a page of its own."""
LONGEST_VALUE = 60


@dataclass(frozen=True)
class Filled:
    """See the module's text. All of it by the name of the field."""

    values: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    top: str = ""
    now: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.values.get(name, "")

    def fault(self, name: str) -> str:
        """Return what is wrong with a field; empty: nothing."""
        return self.faults.get(name, "")

    def changed(self, name: str) -> str | None:
        """Return what is stored now where somebody changed it to something else meanwhile."""
        there = self.now.get(name)
        return None if there is None or there == self.value(name) else there


def refused(
    fault: Problem | ValidationError,
    words: Formats,
    values: Mapping[str, str],
    named: Mapping[str, str] | None = None,
) -> Filled:
    """Return a form with what was wrong with it.

    ``named``: the fields of the form that are called otherwise in a request. Raises ``fault``
    where no form can mend it.
    """
    if isinstance(fault, ValidationError):
        found = [pointer(("body", *one["loc"])) for one in fault.errors(include_url=False)]
        return _told("invalid", 422, found, words, values, named or {})
    if fault.status not in TAKEN_BACK:
        raise fault
    places = [str(one["pointer"]) for one in fault.errors if "pointer" in one]
    return _told(fault.code, fault.status, places, words, values, named or {})


def _told(
    code: str,
    status: int,
    places: Iterable[str],
    words: Formats,
    values: Mapping[str, str],
    named: Mapping[str, str],
) -> Filled:
    faults: dict[str, str] = {}
    whole = f"fault_{code}"
    for place in places:
        first, _, inside = place.strip("/").partition("/")
        name = named.get(first, first)
        if name not in values or name in faults:
            continue
        key = whole if words.has(whole) else f"wrong_{name}"
        typed = clip(_at(values[name], inside), LONGEST_VALUE)
        faults[name] = words.say(key if words.has(key) else "wrong_other", value=typed)
    if faults:
        return Filled(values, faults, words.say("form_wrong"), status=status)
    return Filled(values, {}, words.say(whole if words.has(whole) else "fault_other"), {}, status)


def _at(text: str, place: str) -> str:
    """Return the value of a list that a place is about; else all that was typed."""
    several = as_list(text)
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 5 else len(several)
    return several[at] if at < len(several) else text


def as_list(text: str) -> list[str]:
    """Return values that were typed between commas, semicolons or on lines of their own."""
    parts = text.replace(";", ",").replace("\r", ",").replace("\n", ",").split(",")
    return [part.strip() for part in parts if part.strip()]


def as_lines(text: str) -> list[str]:
    """Return what stands on each line."""
    return [line.strip() for line in text.splitlines() if line.strip()]
