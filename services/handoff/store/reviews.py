"""Reviews of policies: those that were held, and the reasons to hold one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from services.handoff.store.tables import (
    PERSON,
    POLICY_PROPOSAL,
    POLICY_REVIEW,
    POLICY_VERSION,
    TIMER,
)
from shared import pages
from shared.db import insert
from shared.ids import new_id


def add_review(
    conn: Connection,
    version: Row[Any],
    held_by: str,
    comment: str,
    targets: Sequence[Mapping[str, Any]],
    now: datetime,
) -> str:
    """Store a review of the version that is in force; return its id."""
    review_id = new_id()
    conn.execute(
        insert(conn, POLICY_REVIEW).values(
            review_id=review_id,
            policy=version.policy,
            version_id=version.version_id,
            number=version.number,
            held_at=now,
            held_by=held_by,
            comment=comment,
            targets=list(targets),
        )
    )
    return review_id


def last_held_at(conn: Connection, version_id: str) -> datetime | None:
    """Return when a version was last reviewed."""
    moment: datetime | None = conn.execute(
        select(func.max(POLICY_REVIEW.c.held_at)).where(POLICY_REVIEW.c.version_id == version_id)
    ).scalar()
    return moment


def find_review(conn: Connection, review_id: str) -> Row[Any]:
    """Return a review that is known to exist, with the person who held it."""
    return conn.execute(_REVIEW.where(POLICY_REVIEW.c.review_id == review_id)).one()


def page_of_reviews(
    conn: Connection, policy: str, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """Return the reviews of a policy, newest first, each with the person who held it."""
    query = _REVIEW.where(POLICY_REVIEW.c.policy == policy)
    held_at, review_id = POLICY_REVIEW.c.held_at, POLICY_REVIEW.c.review_id
    query = pages.newest_first(query, held_at, review_id, cursor, limit)
    return pages.cut(conn.execute(query).all(), limit, "held_at", "review_id")


_REVIEW = select(POLICY_REVIEW, PERSON.c.person_id, PERSON.c.name, PERSON.c.email).join(
    PERSON, PERSON.c.person_id == POLICY_REVIEW.c.held_by
)


def add_proposal(
    conn: Connection,
    version_id: str,
    cause: str,
    about: datetime,
    target: Mapping[str, Any] | None,
    now: datetime,
) -> bool:
    """Store a reason to hold a review; return False when it was stored before."""
    statement = insert(conn, POLICY_PROPOSAL).values(
        proposal_id=new_id(),
        version_id=version_id,
        cause=cause,
        about=about,
        proposed_at=now,
        target=target,
    )
    done = conn.execute(
        statement.on_conflict_do_nothing(index_elements=["version_id", "cause", "about"])
    )
    return done.rowcount == 1


def open_proposals(conn: Connection, version_id: str, since: datetime | None) -> list[Row[Any]]:
    """Return the reasons proposed since the last review, oldest first."""
    query = select(POLICY_PROPOSAL).where(POLICY_PROPOSAL.c.version_id == version_id)
    if since is not None:
        query = query.where(POLICY_PROPOSAL.c.proposed_at > since)
    return list(conn.execute(query.order_by(POLICY_PROPOSAL.c.proposed_at)))


def without_timer(conn: Connection, kind: str) -> list[str]:
    """Return the versions in force that have no armed timer of ``kind``."""
    armed = exists().where(
        TIMER.c.subject == POLICY_VERSION.c.version_id,
        TIMER.c.kind == kind,
        TIMER.c.state == "armed",
    )
    query = select(POLICY_VERSION.c.version_id).where(POLICY_VERSION.c.state == "in_force", ~armed)
    return list(conn.execute(query).scalars())
