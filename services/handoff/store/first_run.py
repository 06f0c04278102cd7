"""What of the first run is done, read off the data themselves; skipped steps; test leads."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, cast, delete, select

from services.handoff.store.console_tables import SAMPLE_LEAD, SKIPPED_STEP
from services.handoff.store.tables import HANDOFF, IDENTIFIER, LEAD, PERSON, TOLD, TOUCH
from shared.db import insert

TEST_SOURCE = "relevo-test"  # what ingest calls the source of test leads


# --- what is there ------------------------------------------------------------------------------


def has_rep(conn: Connection, last_resort: str) -> bool:
    """Return whether anybody but the last resort works here who takes hand-offs."""
    query = select(PERSON.c.person_id).where(
        PERSON.c.active.is_(True),
        PERSON.c.email != last_resort,
        cast(PERSON.c.roles, Text).like('%"rep"%'),
    )
    return conn.execute(query.limit(1)).first() is not None


def has_real_touch(conn: Connection) -> bool:
    """Return whether any source but the one of test leads ever sent a touch."""
    query = select(TOUCH.c.touch_id).where(TOUCH.c.source != TEST_SOURCE)
    return conn.execute(query.limit(1)).first() is not None


def has_told_handoff(conn: Connection) -> bool:
    """Return whether anybody was ever told of a hand-off."""
    query = select(TOLD.c.delivery_id).where(
        TOLD.c.succeeded.is_(True), TOLD.c.handoff_id.is_not(None)
    )
    return conn.execute(query.limit(1)).first() is not None


# --- skipped steps ------------------------------------------------------------------------------


def skipped(conn: Connection) -> frozenset[str]:
    """Return the steps somebody skipped."""
    return frozenset(conn.execute(select(SKIPPED_STEP.c.step)).scalars())


def skip(conn: Connection, step: str, who: str, now: datetime) -> None:
    """Skip a step."""
    new = insert(conn, SKIPPED_STEP).values(step=step, skipped_by=who, skipped_at=now)
    conn.execute(new.on_conflict_do_nothing())


def take_up(conn: Connection, step: str) -> None:
    """Let a skipped step come back."""
    conn.execute(delete(SKIPPED_STEP).where(SKIPPED_STEP.c.step == step))


# --- test leads ---------------------------------------------------------------------------------


def add_sample_lead(
    conn: Connection, order_id: str, email: str, ordered_by: str, now: datetime
) -> None:
    """Remember that a test lead was ordered."""
    values = {"order_id": order_id, "email": email, "ordered_by": ordered_by, "ordered_at": now}
    conn.execute(insert(conn, SAMPLE_LEAD).values(values))


def latest_sample_lead(conn: Connection) -> Row[Any] | None:
    """Return the latest order."""
    newest = SAMPLE_LEAD.c.ordered_at.desc(), SAMPLE_LEAD.c.order_id.desc()
    return conn.execute(select(SAMPLE_LEAD).order_by(*newest).limit(1)).first()


def sample_leads(conn: Connection) -> list[tuple[str, str | None]]:
    """Return every order with its lead, None where it has not arrived."""
    rows = conn.execute(select(SAMPLE_LEAD.c.order_id, SAMPLE_LEAD.c.email)).all()
    return [(row.order_id, lead_of(conn, row.email)) for row in rows]


def forget_sample_leads(conn: Connection, order_ids: Collection[str]) -> None:
    """Forget orders whose leads were removed."""
    conn.execute(delete(SAMPLE_LEAD).where(SAMPLE_LEAD.c.order_id.in_(order_ids)))


def lead_of(conn: Connection, email: str) -> str | None:
    """Return the lead with this address, if it has arrived and was not erased."""
    query: Select[Any] = select(LEAD.c.root_id).join(
        IDENTIFIER, IDENTIFIER.c.lead_id == LEAD.c.lead_id
    )
    found = query.where(IDENTIFIER.c.value == f"email:{email}", LEAD.c.erased_at.is_(None))
    return conn.execute(found).scalar()


def touched_at(conn: Connection, lead_id: str) -> datetime | None:
    """Return when the lead's first touch was taken in."""
    query = select(TOUCH.c.received_at).where(TOUCH.c.lead_id == lead_id)
    return conn.execute(query.order_by(TOUCH.c.occurred_at).limit(1)).scalar()


def handoff_of(conn: Connection, lead_id: str) -> Row[Any] | None:
    """Return the lead's latest hand-off, with its owner's name."""
    query: Select[Any] = (
        select(HANDOFF.c.handoff_id, HANDOFF.c.decided_at, PERSON.c.name)
        .outerjoin(PERSON, PERSON.c.person_id == HANDOFF.c.owner_id)
        .where(HANDOFF.c.lead_id == lead_id)
        .order_by(HANDOFF.c.decided_at.desc())
    )
    return conn.execute(query.limit(1)).first()


def first_told(conn: Connection, handoff_id: str) -> Row[Any] | None:
    """Return the first report about telling of a hand-off, a success before a failure."""
    query = select(TOLD).where(TOLD.c.handoff_id == handoff_id)
    return conn.execute(query.order_by(TOLD.c.succeeded.desc(), TOLD.c.told_at).limit(1)).first()
