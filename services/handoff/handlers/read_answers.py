"""An answer as it is given, by API or by Kafka, and the command it means."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.handoff.domain import commands
from services.handoff.domain.commands import Command
from services.handoff.domain.policy import PolicyVersion, RejectReason
from shared.problem import Problem


@dataclass(frozen=True, slots=True)
class Besides:
    """What a rep may say with a reason, for its effect."""

    returns_at: datetime | None = None
    """With ``recycle``: not before this date."""
    returns_on: str | None = None
    """With ``recycle``: ``date`` or ``new_evidence``."""
    right_name: str | None = None
    """With ``ask_right_person``: who is the right one, ..."""
    right_email: str | None = None
    """... and the address that makes them a lead."""
    same_as: str | None = None
    """With ``join``: the lead, or the hand-off of the lead, that is the same person."""
    works_on_it: str | None = None
    """With ``join``: the id of who works on the lead already."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing somebody says about a hand-off.

    ``kind`` is a command's name; ``at`` is when it happened, now where nobody says;
    ``external_id`` is the CRM's own id of it: the same one again changes nothing. ``via`` is
    remembered: ``link`` where it came by one.
    """

    handoff_id: str
    kind: str
    person: Row[Any]
    reason: str | None = None
    text: str | None = None
    channel: str | None = None
    amount: float | None = None
    currency: str | None = None
    to: str | None = None
    at: datetime | None = None
    external_id: str | None = None
    via: str | None = None
    besides: Besides = field(default=Besides())

    @property
    def detail(self) -> dict[str, Any]:
        """What a step keeps of it."""
        said = {
            "reason": self.reason,
            "text": self.text,
            "channel": self.channel,
            "amount": self.amount,
            "currency": self.currency,
            "to": self.to,
            "external_id": self.external_id,
            "works_on_it": self.besides.works_on_it,
            "via": self.via,
        }
        return {name: value for name, value in said.items() if value is not None}


KINDS = {
    "attempted": "attempt",
    "talked": "talked",
    "unqualified": "reject",
    "sql": "sql",
    "opportunity": "opportunity",
    "won": "won",
    "lost": "lost",
}


def command_of(given: Answer, row: Row[Any], version: PolicyVersion) -> Command:
    """Return what ``given`` means for the hand-off ``row``.

    Raises ``Problem`` (422) for a reason the version does not have, or what does not go
    with it.
    """
    by = given.person.person_id
    match given.kind:
        case "accept":
            return commands.Accept(by)
        case "reject":
            reason = reason_of(given.reason, version)
            _check_besides(given.besides, reason)
            # Only who has it can hand it back: a colleague's late verdict is told who was first.
            may_hand_back = by in (row.owner_id, row.accepted_by)
            unworked = row.stage in ("assigned", "rejected", "recycled")
            kind = commands.Reject if unworked or not may_hand_back else commands.HandBack
            returns = given.besides.returns_at, given.besides.returns_on == "new_evidence"
            return kind(by, reason, given.text, *returns)
        case "attempt":
            return commands.Attempt(by)
        case "talked":
            return commands.Talked(by)
        case "sql":
            return commands.ReachSql(by)
        case "opportunity":
            return commands.OpenOpportunity(by, given.amount, given.currency)
        case "won":
            return commands.Win(by, given.amount, given.currency)
        case "lost":
            return commands.Lose(by, given.reason or "")
        case "reassign":
            assert given.to is not None, "the route asks for it"
            return commands.Reassign(by, given.to)
        case other:
            raise ValueError(f"no such answer: {other}")


def reason_of(name: str | None, version: PolicyVersion) -> RejectReason:
    """Return a reason of ``version`` by its name. Raises ``Problem`` (422)."""
    known = version.reasons_by_name
    if name is None or name not in known:
        said = "a rejection needs a reason" if name is None else "no such reason"
        message = f"{said}; this policy version has: {', '.join(known)}"
        errors = [{"pointer": "/reason", "message": message}]
        raise Problem(422, "unknown_reason", message, errors)
    return known[name]


_GOES_WITH = {
    "returns_at": "recycle",
    "returns_on": "recycle",
    "right_name": "ask_right_person",
    "right_email": "ask_right_person",
    "same_as": "join",
    "works_on_it": "join",
}
_POINTERS = {"right_name": "/right_person/name", "right_email": "/right_person/email"}


def _check_besides(besides: Besides, reason: RejectReason) -> None:
    for name, effect in _GOES_WITH.items():
        if getattr(besides, name) is not None and reason.effect != effect:
            message = (
                f"this does not go with reason `{reason.name}`, whose effect is {reason.effect}: "
                f"it belongs to the effect {effect}"
            )
            pointer = _POINTERS.get(name, f"/{name}")
            raise Problem(
                422, "not_for_this_reason", message, [{"pointer": pointer, "message": message}]
            )
