"""Tables of working hours."""

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Table, Text

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
