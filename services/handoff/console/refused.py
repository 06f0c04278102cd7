"""A form about a hand-off that could not be taken: shown again, with what was wrong beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.console.visitor import Member
from shared.problem import Problem

FIELDS: Mapping[str, str] = {
    "/amount": "amount",
    "/due": "due",
    "/due_at": "due",
    "/promise": "promise",
    "/text": "text",
    "/to": "to",
    "/until": "until",
}
CODES = frozenset({"text_required", "not_in_future", "pause_end"})


@dataclass(frozen=True, slots=True)
class Refused:
    """What somebody typed, and the field that is at fault with the key of what is told."""

    handoff_id: str
    form: str
    """The last part of its path: ``verdict``, ``attempts``, ``outcome``, ``assign``, ``pause``…"""
    typed: Mapping[str, str]
    field: str
    told: str

    def is_of(self, form: str, handoff_id: str) -> bool:
        """Return whether it is this form."""
        return (self.form, self.handoff_id) == (form, handoff_id)


def refused_form(handoff_id: str, member: Member, fault: Problem) -> Refused | None:
    """Return the form that was refused; None where no field of it is at fault."""
    pointers = (str(one.get("pointer", "")) for one in fault.errors)
    field = next((FIELDS[one] for one in pointers if one in FIELDS), None)
    if field is None:
        return None
    told = f"not_{fault.code}" if fault.code in CODES else f"wrong_{field}"
    form = member.request.url.path.rpartition("/")[2]
    return Refused(handoff_id, form, member.form, field, told)
