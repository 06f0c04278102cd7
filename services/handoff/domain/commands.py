"""What people and CRMs may say about a hand-off. People are ids."""

from dataclasses import dataclass
from datetime import datetime

from services.handoff.domain.policy import RejectReason


@dataclass(frozen=True)
class Accept:
    """The owner takes the lead."""

    name = "accept"
    by: str


@dataclass(frozen=True)
class Reject:
    """The owner sends the lead back unworked."""

    name = "reject"
    by: str
    reason: RejectReason
    text: str | None = None
    returns_at: datetime | None = None
    """With ``recycle``: the date the rep names, in place of the policy's."""
    on_new_evidence: bool = False
    """With ``recycle``: back with something new, without a date; the cool-down remains."""


@dataclass(frozen=True)
class HandBack:
    """The owner took the lead, worked on it, and sends it back all the same."""

    name = "hand_back"
    by: str
    reason: RejectReason
    text: str | None = None
    returns_at: datetime | None = None
    """With ``recycle``: the date the rep names, in place of the policy's."""
    on_new_evidence: bool = False
    """With ``recycle``: back with something new, without a date; the cool-down remains."""


@dataclass(frozen=True)
class Attempt:
    """Somebody tried to reach the lead."""

    name = "attempt"
    by: str


@dataclass(frozen=True)
class Talked:
    """There was a real talk with the lead; it counts as an attempt too."""

    name = "talked"
    by: str


@dataclass(frozen=True)
class ReachSql:
    """Sales qualified the lead."""

    name = "sql"
    by: str


@dataclass(frozen=True)
class OpenOpportunity:
    """There is a deal to win; repeated with another amount, the amount changes."""

    name = "opportunity"
    by: str
    amount: float | None = None
    currency: str | None = None


@dataclass(frozen=True)
class Win:
    """The deal was won."""

    name = "won"
    by: str
    amount: float | None = None
    currency: str | None = None


@dataclass(frozen=True)
class Lose:
    """The lead fits and did not buy."""

    name = "lost"
    by: str
    reason: str = ""


@dataclass(frozen=True)
class Reassign:
    """Somebody else owns the hand-off from now on."""

    name = "reassign"
    by: str
    to: str


@dataclass(frozen=True)
class Supersede:
    """Another hand-off takes this one's place: the leads were one person."""

    name = "supersede"
    by: str
    handoff_id: str


Command = (
    Accept
    | Reject
    | HandBack
    | Attempt
    | Talked
    | ReachSql
    | OpenOpportunity
    | Win
    | Lose
    | Reassign
    | Supersede
)
