"""Links by which people answer: which were used, and since when a hand-off is whose."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from services.handoff.store.tables import ASSIGNMENT, USED_LINK
from shared.answer_links import AnswerLink
from shared.db import insert


def used_at(conn: Connection, token_hash: str) -> datetime | None:
    """Return when somebody answered by this link; None when nobody did."""
    return conn.execute(select(USED_LINK.c.used_at).where(USED_LINK.c.hash == token_hash)).scalar()


def use(conn: Connection, token_hash: str, link: AnswerLink, now: datetime) -> None:
    """Remember that a link was used. A second time the key of the table refuses."""
    conn.execute(
        insert(conn, USED_LINK).values(
            hash=token_hash,
            handoff_id=link.handoff_id,
            person_id=link.person_id,
            action=link.action,
            used_at=now,
        )
    )


def assigned_at(conn: Connection, handoff_id: str) -> datetime | None:
    """Return since when the hand-off has its present owner."""
    return conn.execute(
        select(func.max(ASSIGNMENT.c.assigned_at)).where(ASSIGNMENT.c.handoff_id == handoff_id)
    ).scalar()


def forget_used(conn: Connection, before: datetime) -> int:
    """Delete links used before ``before``, when they have expired; return how many."""
    return conn.execute(delete(USED_LINK).where(USED_LINK.c.used_at < before)).rowcount
