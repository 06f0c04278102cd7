"""The life of a policy version: tried, signed by both teams, in force, succeeded.

Pure values: somebody wants a step, and the answer is what to do, or ``Refused``, which says
why not. A version is never edited, so who signs it signs its digest, and nothing that was
signed can change afterwards. Its signatures can be withdrawn until it was activated with
them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["draft", "scheduled", "in_force", "succeeded"]
Agreement = Literal["trial", "signed"]
SigningRole = Literal["marketing", "sales"]
Step = Literal[
    "draft",
    "tried",
    "signed_by_marketing",
    "signed_by_sales",
    "signed",
    "scheduled",
    "in_force",
    "succeeded",
]

SIGNING_ROLES: tuple[SigningRole, ...] = ("marketing", "sales")


@dataclass(frozen=True)
class Standing:
    """Where one version stands. People are ids."""

    number: int
    state: State
    agreement: Agreement
    """``signed`` once it was activated, or is scheduled, with both signatures."""
    digest: str
    is_tried: bool
    signed_by: Mapping[SigningRole, str]
    starts_at: datetime | None = None
    """When a scheduled one begins to decide."""

    @property
    def missing(self) -> tuple[SigningRole, ...]:
        """The teams that have not signed."""
        return tuple(role for role in SIGNING_ROLES if role not in self.signed_by)

    @property
    def takes_signatures(self) -> bool:
        """Whether people may still sign and withdraw; also while it runs on trial."""
        return self.state == "draft" or (self.state == "in_force" and self.agreement == "trial")

    @property
    def step(self) -> Step:
        """How far it has come, as people are shown it."""
        if self.state != "draft":
            return self.state
        match self.missing:
            case ():
                return "signed"
            case ("sales",):
                return "signed_by_marketing"
            case ("marketing",):
                return "signed_by_sales"
            case _:
                return "tried" if self.is_tried else "draft"


@dataclass(frozen=True)
class Start:
    """A version is to decide: from ``starts_at``, or from now on."""

    agreement: Agreement
    starts_at: datetime | None = None


class Refused(ValueError):
    """The step is not possible. ``code`` is stable, ``message`` says why and what would help."""

    def __init__(self, code: str, message: str) -> None:
        """Say why."""
        super().__init__(message)
        self.code = code
        self.message = message


def judge_signature(standing: Standing, role: SigningRole, person_id: str, digest: str) -> bool:
    """Return whether the signature is new; somebody's own, repeated, changes nothing.

    ``digest`` is that of what the person has read. Raises ``Refused``.
    """
    name = f"version {standing.number}"
    if digest != standing.digest:
        raise Refused(
            "digest_differs",
            f"you have read {digest}, {name} is {standing.digest}: read it, then sign that",
        )
    signer = standing.signed_by.get(role)
    if signer == person_id:
        return False
    _check_takes_signatures(standing)
    if not standing.is_tried:
        raise Refused("not_tried", f"{name} was not tried on history yet: try it, then sign")
    if signer is not None:
        raise Refused("already_signed", f"somebody has signed {name} as {role} already")
    if person_id in standing.signed_by.values():
        (other,) = standing.signed_by
        message = f"an agreement takes two people, and you have signed {name} as {other}"
        raise Refused("same_person", message)
    return True


def judge_withdrawal(standing: Standing, role: SigningRole) -> bool:
    """Return whether there is a signature to withdraw. Raises ``Refused``."""
    _check_takes_signatures(standing)
    return role in standing.signed_by


def judge_start(
    standing: Standing, starts_at: datetime | None, waiting: Standing | None, may_run_unsigned: bool
) -> Start | None:
    """Return how the version begins to decide; None when it does, or will, already.

    ``waiting`` is another version of the policy that is scheduled. ``may_run_unsigned``:
    the policy is on trial, or may begin one. Raises ``Refused``.
    """
    name = f"version {standing.number}"
    if standing.state == "succeeded":
        message = f"{name} was succeeded and stays so: restore it as a new one"
        raise Refused("version_succeeded", message)
    if standing.state == "in_force" and standing.agreement == "signed":
        return None
    if standing.state == "scheduled":
        if starts_at == standing.starts_at:
            return None
        message = f"{name} starts at {_told(standing)} already: unschedule it first"
        raise Refused("already_scheduled", message)
    if waiting is not None:
        message = f"version {waiting.number} starts at {_told(waiting)}: unschedule it first"
        raise Refused("another_scheduled", message)
    if not standing.missing:
        if standing.state == "in_force" and starts_at is not None:
            message = f"{name} decides already, on trial: activate it from now on"
            raise Refused("already_in_force", message)
        return Start("signed", starts_at)
    if not may_run_unsigned or starts_at is not None:
        missing = " and ".join(standing.missing)
        raise Refused("not_signed", f"{name} still has to be signed by {missing}")
    return None if standing.state == "in_force" else Start("trial")


def judge_unscheduling(standing: Standing) -> bool:
    """Return whether there is a date to take back. Raises ``Refused``."""
    if standing.state in ("in_force", "succeeded"):
        message = f"version {standing.number} has begun to decide: activate another one"
        raise Refused("already_started", message)
    return standing.state == "scheduled"


def _check_takes_signatures(standing: Standing) -> None:
    if standing.takes_signatures:
        return
    if standing.state == "scheduled":
        message = f"version {standing.number} is scheduled: unschedule it first"
    else:
        message = f"version {standing.number} has run: its signatures stay as they are"
    raise Refused("signatures_settled", message)


def _told(standing: Standing) -> str:
    assert standing.starts_at is not None, "a scheduled version has a date"
    return standing.starts_at.isoformat(timespec="seconds")
