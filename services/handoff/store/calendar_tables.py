"""Tables of working hours, and of the clocks that were counted on them."""

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from services.handoff.store.catalogue import TABLES
from shared.db import Json, UtcDateTime, id_column

CALENDAR = Table(  # as they are now; never deleted, because policy versions name them
    "calendar",
    TABLES,
    id_column("calendar_id", primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("revision", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("document", Json, nullable=False),  # {zone, week, holidays, days}
)

CALENDAR_REVISION = Table(  # as they were each time they changed
    "calendar_revision",
    TABLES,
    id_column("calendar_id", nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("document", Json, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Text, nullable=False),
    PrimaryKeyConstraint("calendar_id", "revision"),
)

PERSON_HOURS = Table(
    "person_hours",
    TABLES,
    id_column("person_id", primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("document", Json, nullable=False),  # {calendar, zone, week, …, leave}
)

HANDOFF_DEADLINE = Table(
    "handoff_deadline",
    TABLES,
    id_column("handoff_id", nullable=False),
    Column("kind", Text, nullable=False),
    Column("step", Integer, nullable=False),  # of its timer
    Column("starts_at", UtcDateTime, nullable=False),
    Column("within_s", BigInteger, nullable=False),  # of the calendar's time
    Column("due_at", UtcDateTime, nullable=False),
    Column("asked", Text, nullable=False),  # always, team or a name, as the policy says
    Column("calendar", Text, nullable=False),  # what that was then
    id_column("calendar_id"),  # None: counted day and night
    Column("revision", BigInteger),  # of the calendar it was counted with
    Column("explanation", Json, nullable=False),  # {es, en}
    PrimaryKeyConstraint("handoff_id", "kind", "step"),
)
Index("ix_handoff_deadline_due", HANDOFF_DEADLINE.c.due_at)  # few are still ahead
