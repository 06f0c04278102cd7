"""Reviews of policies: proposed when their date comes or a target is missed, held by people.

Each version in force has one timer, which says only when to look again. What there is to
propose follows from what is stored, so looking once too often proposes nothing twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.handoff.domain.goal_words import goal_as_data
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.reviews import (
    Proposal,
    Rhythm,
    looks_again_at,
    proposals,
    rhythm_of,
)
from services.handoff.handlers.clocks import REVIEW
from services.handoff.handlers.policy_goals import goals_since
from services.handoff.store import people, policies, reviews
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import SOURCE, UnitOfWork
from shared import trace
from shared.contracts import Envelope
from shared.contracts.directory import Role
from shared.contracts.handoffs import Person
from shared.contracts.policies import MissedTarget, PolicyReviewDue
from shared.ids import stable_id
from shared.problem import Problem, not_found
from shared.timers import Timer

TOLD_ROLES: frozenset[Role] = frozenset({"marketing", "sales", "manager"})


@dataclass(frozen=True)
class Reviewed:
    """Where a version in force stands with its reviews."""

    row: Row[Any]
    version: PolicyVersion
    last_held_at: datetime | None

    @property
    def rhythm(self) -> Rhythm:
        """Its review dates."""
        in_force_at: datetime = self.row.activated_at or self.row.created_at
        return rhythm_of(self.version, self.last_held_at or in_force_at)


def look_now(uow: UnitOfWork, version_id: str) -> None:
    """Let a version that came into force, or was reviewed, be looked at, now and on its dates."""
    uow.parts.timers.arm(uow.conn, [Timer(REVIEW, version_id, 1, uow.now)])


def look_at_every_policy(uow: UnitOfWork) -> None:
    """Let each version in force be looked at that waits for nothing: it is from before."""
    for version_id in reviews.without_timer(uow.conn, REVIEW):
        look_now(uow, version_id)


def look_at_policy(uow: UnitOfWork, timer: Timer) -> None:
    """Propose a review if there is a reason to, and say when to look again."""
    row = policies.lock_version(uow.conn, timer.subject)
    if row is None or not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    if row.state != "in_force":
        return
    one = _reviewed(uow, row)
    rhythm = one.rhythm
    measured = goals_since(uow, row, one.version, rhythm.since)
    found = proposals(rhythm, measured, uow.now)
    new = [proposal for proposal in found if _is_new(uow, row, proposal)]
    if new:
        _propose(uow, one, new)
    again_at = looks_again_at(rhythm, uow.now, ZoneInfo(uow.parts.settings.zone))
    uow.parts.timers.arm(uow.conn, [Timer(REVIEW, row.version_id, 1, again_at)])


def _is_new(uow: UnitOfWork, row: Row[Any], proposal: Proposal) -> bool:
    goal = None if proposal.measured is None else goal_as_data(proposal.measured)
    return reviews.add_proposal(
        uow.conn, row.version_id, proposal.cause, proposal.about, goal, uow.now
    )


def _propose(uow: UnitOfWork, one: Reviewed, new: Sequence[Proposal]) -> None:
    row, version = one.row, one.version
    due_at = next((each.about for each in new if each.cause == "review_date"), None)
    missed = [goal_as_data(each.measured) for each in new if each.measured is not None]
    event = PolicyReviewDue(
        policy=row.policy,
        title={"es": version.title.es, "en": version.title.en},
        version=row.number,
        version_id=row.version_id,
        agreement=row.agreement,
        due_at=due_at,
        missed=[MissedTarget(**goal) for goal in missed],
        in_force_since=row.activated_at or row.created_at,
        last_reviewed_at=one.last_held_at,
        to=_told(uow),
    )
    reasons = [f"{each.cause} {each.about.isoformat()}" for each in new]
    envelope = Envelope(
        id=stable_id("review_due", row.version_id, *reasons),
        source=SOURCE,
        subject=row.policy,
        key=row.policy,
        time=uow.now,
        data=event,
        traceparent=trace.current.get(),
    )
    uow.stage([envelope])
    detail = {"policy": row.policy, "number": row.number, "because": [each.cause for each in new]}
    add_audit(uow.conn, uow.now, "relevo", "policy.review_proposed", row.version_id, detail=detail)


def _told(uow: UnitOfWork) -> list[Person]:
    """Return who is told; the last resort where nobody has such a role."""
    staff = [one for one in people.everybody(uow.conn) if one.active]
    told = [one for one in staff if TOLD_ROLES & set(one.roles)]
    email = uow.parts.settings.owner_email
    return [
        Person(person_id=one.person_id, name=one.name, email=one.email)
        for one in told or [one for one in staff if one.email == email]
    ]


def hold_review(uow: UnitOfWork, who: str, policy: str, person: Row[Any], comment: str) -> Row[Any]:
    """Store that a policy was reviewed, with its goals as they are; its rhythm starts again.

    Raises ``Problem``: 404 for an unknown policy, 409 where no version is in force.
    """
    rows = policies.lock_versions(uow.conn, policy)
    if not rows:
        raise not_found("policy")
    row = next((each for each in rows if each.state == "in_force"), None)
    if row is None:
        raise Problem(409, "nothing_in_force", "no version of this policy is in force")
    one = _reviewed(uow, row)
    measured = goals_since(uow, row, one.version, one.rhythm.since)
    goals = [goal_as_data(each) for each in measured]
    review_id = reviews.add_review(uow.conn, row, person.person_id, comment, goals, uow.now)
    detail = {"policy": policy, "number": row.number, "by": person.person_id}
    add_audit(uow.conn, uow.now, who, "policy.reviewed", row.version_id, comment, detail)
    look_now(uow, row.version_id)
    return reviews.find_review(uow.conn, review_id)


@dataclass(frozen=True)
class Standing:
    """What a policy's next review is about. Without a version in force there is none."""

    number: int
    reviewed_every_s: int
    last_reviewed_at: datetime | None
    next_due_at: datetime
    proposals: Sequence[Row[Any]]


def standing(uow: UnitOfWork, policy: str) -> Standing | None:
    """Return how the version in force stands; None where there is none.

    Raises ``Problem`` (404) for an unknown policy.
    """
    row = policies.version_in_force(uow.conn, policy)
    if row is None:
        if not policies.page_of_versions(uow.conn, policy, None, 1)[0]:
            raise not_found("policy")
        return None
    one = _reviewed(uow, row)
    return Standing(
        number=row.number,
        reviewed_every_s=int(one.rhythm.every.total_seconds()),
        last_reviewed_at=one.last_held_at,
        next_due_at=one.rhythm.following(uow.now),
        proposals=reviews.open_proposals(uow.conn, row.version_id, one.last_held_at),
    )


def _reviewed(uow: UnitOfWork, row: Row[Any]) -> Reviewed:
    last_held_at = reviews.last_held_at(uow.conn, row.version_id)
    return Reviewed(row, uow.parts.shelf.version(row), last_held_at)
