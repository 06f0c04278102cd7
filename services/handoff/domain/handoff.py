"""A hand-off's way through sales: stages, commands, and what is allowed from where.

Pure values: ``apply`` takes a hand-off and a command and returns the hand-off after it, or
raises ``NotAllowed``, which says what would be allowed. The first verdict counts: a second
person's, or a late one, is refused with who was first. Repeating one's own verdict or
outcome changes nothing.

A stage belongs to the hand-off, not to the person, so none becomes a high-water mark.
*Rejected* is not *lost*: the one was never for us, the other did not buy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.handoff.domain.commands import (
    Accept,
    Attempt,
    Command,
    HandBack,
    Lose,
    OpenOpportunity,
    ReachSql,
    Reassign,
    Reject,
    Supersede,
    Talked,
    Win,
)
from services.handoff.domain.questions import Titles

Stage = Literal[
    "assigned",
    "accepted",
    "working",
    "sql",
    "opportunity",
    "won",
    "lost",
    "rejected",
    "recycled",
    "superseded",
]

OPEN_STAGES: frozenset[Stage] = frozenset({"assigned", "accepted", "working", "sql", "opportunity"})

STAGE_LABELS: Mapping[Stage, Titles] = {
    "assigned": Titles("Asignado (MQL)", "Assigned (MQL)"),
    "accepted": Titles("Aceptado (SAL)", "Accepted (SAL)"),
    "working": Titles("En curso", "Working"),
    "sql": Titles("Cualificado por ventas (SQL)", "Qualified by sales (SQL)"),
    "opportunity": Titles("Oportunidad", "Opportunity"),
    "won": Titles("Ganado", "Won"),
    "lost": Titles("Perdido", "Lost"),
    "rejected": Titles("Rechazado", "Rejected"),
    "recycled": Titles("Devuelto a marketing", "Recycled"),
    "superseded": Titles("Sustituido", "Superseded"),
}
"""What people see unless their company renamed it."""


_TRIED = ("attempt", "talked")
_ALWAYS = (*_TRIED, "reassign", "supersede")
_LATE = (*_TRIED, "sql", "opportunity")
_AFTER_ACCEPTANCE = ("hand_back", "sql", "opportunity", "won", "lost")

ALLOWED: Mapping[Stage, tuple[str, ...]] = {
    "assigned": ("accept", "reject", *_ALWAYS),
    "accepted": (*_AFTER_ACCEPTANCE, *_ALWAYS),
    "working": (*_AFTER_ACCEPTANCE, *_ALWAYS),
    "sql": ("hand_back", "opportunity", "won", "lost", *_ALWAYS),
    "opportunity": ("sql", "opportunity", "won", "lost", *_ALWAYS),
    "won": _LATE,
    "lost": _LATE,
    "rejected": _TRIED,
    "recycled": _TRIED,
    "superseded": (),
}
"""Which commands a stage takes. What is told late of a closed hand-off is kept and does not
reopen it: CRMs report in any order.
"""


@dataclass(frozen=True)
class Handoff:
    """Where one hand-off stands. People are ids."""

    owner: str
    stage: Stage = "assigned"
    accepted_by: str | None = None
    accepted_at: datetime | None = None
    attempts: int = 0
    first_attempt_at: datetime | None = None
    talked_at: datetime | None = None
    """When there first was a real talk."""
    amount: float | None = None
    currency: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    reason: str | None = None
    """Why it was closed: a reject reason, the reason of a loss, or what took its place."""
    text: str | None = None
    returns_at: datetime | None = None
    """Recycled: not back before this moment."""

    @property
    def is_open(self) -> bool:
        """Whether sales still has to do something."""
        return self.stage in OPEN_STAGES


class NotAllowed(ValueError):
    """The command is not possible now. ``allowed`` names the commands that are."""

    def __init__(self, code: str, message: str, allowed: tuple[str, ...]) -> None:
        """Say why, and what would be allowed."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.allowed = allowed


def apply(handoff: Handoff, command: Command, at: datetime) -> Handoff:
    """Return ``handoff`` after ``command``, given at ``at``; itself when it is a repetition.

    Raises ``NotAllowed`` when the stage does not take the command, or when its reason asks
    for attempts or a text that are missing.
    """
    if _is_repetition(handoff, command):
        return handoff
    if command.name not in ALLOWED[handoff.stage]:
        raise _refusal(handoff, command)
    match command:
        case Accept():
            stage: Stage = "working" if handoff.attempts else "accepted"
            return replace(handoff, stage=stage, accepted_by=command.by, accepted_at=at)
        case Reject() | HandBack():
            return _sent_back(handoff, command, at)
        case Attempt() | Talked():
            return _attempted(handoff, command, at)
        case ReachSql():
            is_late = handoff.stage not in ("accepted", "working")
            return handoff if is_late else replace(handoff, stage="sql")
        case OpenOpportunity() if not handoff.is_open:
            return handoff if handoff.amount is not None else _with_amount(handoff, command)
        case OpenOpportunity():
            return replace(_with_amount(handoff, command), stage="opportunity")
        case Win():
            won = _with_amount(handoff, command)
            return replace(won, stage="won", closed_by=command.by, closed_at=at)
        case Lose() if not command.reason.strip():
            allowed = ALLOWED[handoff.stage]
            raise NotAllowed(
                "reason_required", "A lost deal needs the reason it was lost.", allowed
            )
        case Lose():
            return replace(
                handoff, stage="lost", closed_by=command.by, closed_at=at, reason=command.reason
            )
        case Reassign():
            return _reassigned(handoff, command)
        case Supersede():
            return replace(
                handoff,
                stage="superseded",
                closed_by=command.by,
                closed_at=at,
                reason=command.handoff_id,
            )


def _is_repetition(handoff: Handoff, command: Command) -> bool:
    match command:
        case Accept():
            return handoff.accepted_by == command.by
        case Reject() | HandBack():
            same = handoff.closed_by == command.by and handoff.reason == command.reason.name
            return same and handoff.stage in ("rejected", "recycled")
        case ReachSql() | Win() | Lose() | Supersede():
            return handoff.stage == _STAGE_AFTER[command.name]
        case Reassign():
            return handoff.is_open and handoff.owner == command.to
        case _:
            return False


_STAGE_AFTER: Mapping[str, Stage] = {
    "sql": "sql",
    "won": "won",
    "lost": "lost",
    "supersede": "superseded",
}


def _refusal(handoff: Handoff, command: Command) -> NotAllowed:
    allowed = ALLOWED[handoff.stage]
    if not handoff.is_open:
        closed = f"The hand-off is closed: {STAGE_LABELS[handoff.stage].en.lower()}"
        by = f" by {handoff.closed_by}" if handoff.closed_by else ""
        return NotAllowed("handoff_closed", f"{closed}{by} since {handoff.closed_at}.", allowed)
    if isinstance(command, Accept | Reject):
        return NotAllowed(
            "already_accepted",
            f"{handoff.accepted_by} accepted it at {handoff.accepted_at}. "
            f"Allowed now: {', '.join(allowed)}.",
            allowed,
        )
    return NotAllowed(
        "not_allowed_in_stage",
        f"`{command.name}` is not possible while the hand-off is {handoff.stage}. "
        f"Allowed now: {', '.join(allowed)}.",
        allowed,
    )


def _sent_back(handoff: Handoff, command: Reject | HandBack, at: datetime) -> Handoff:
    reason, allowed = command.reason, ALLOWED[handoff.stage]
    text = (command.text or "").strip() or None
    if reason.effect == "text" and text is None:
        raise NotAllowed("text_required", f"Reason `{reason.name}` needs a text.", allowed)
    if handoff.attempts < reason.attempts:
        raise NotAllowed(
            "attempts_required",
            f"Reason `{reason.name}` needs {reason.attempts} reported attempts; "
            f"there are {handoff.attempts}.",
            allowed,
        )
    recycled = reason.effect == "recycle"
    returns_at = _returns_at(command, at, allowed) if recycled else None
    return replace(
        handoff,
        stage="recycled" if recycled else "rejected",
        closed_by=command.by,
        closed_at=at,
        reason=reason.name,
        text=text,
        returns_at=returns_at,
    )


def _returns_at(
    command: Reject | HandBack, at: datetime, allowed: tuple[str, ...]
) -> datetime | None:
    """Return when a recycled lead may come back: by the rep's word, else by the policy's.

    A reason that asks for attempts keeps the policy's time at least: nobody was reached, so
    nobody can have agreed on less.
    """
    reason = command.reason
    by_policy = None if reason.after is None else at + reason.after
    if command.on_new_evidence and command.returns_at is not None:
        raise NotAllowed("two_conditions", "Name a date or new evidence, not both.", allowed)
    if reason.attempts and by_policy is not None:
        if command.on_new_evidence or (command.returns_at or by_policy) < by_policy:
            raise NotAllowed(
                "too_early", f"Reason `{reason.name}` means: not before {by_policy}.", allowed
            )
    elif command.on_new_evidence:
        return None
    if command.returns_at is not None and command.returns_at <= at:
        raise NotAllowed("too_early", "The date has to be one to come.", allowed)
    return command.returns_at or by_policy


def _attempted(handoff: Handoff, command: Attempt | Talked, at: datetime) -> Handoff:
    """Count the attempt; reports may arrive in any order, the earliest time is kept."""
    return replace(
        handoff,
        stage="working" if handoff.stage == "accepted" else handoff.stage,
        attempts=handoff.attempts + 1,
        first_attempt_at=min(at, handoff.first_attempt_at or at),
        talked_at=min(at, handoff.talked_at or at)
        if isinstance(command, Talked)
        else handoff.talked_at,
    )


def _with_amount(handoff: Handoff, command: OpenOpportunity | Win) -> Handoff:
    if command.amount is None:
        return handoff
    return replace(handoff, amount=command.amount, currency=command.currency)


def _reassigned(handoff: Handoff, command: Reassign) -> Handoff:
    """Give it to another owner, who has to accept it unless a deal is already under way."""
    if handoff.stage in ("sql", "opportunity"):
        return replace(handoff, owner=command.to)
    return replace(handoff, owner=command.to, stage="assigned", accepted_by=None, accepted_at=None)
