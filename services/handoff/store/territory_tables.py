"""Tables of territories: which leads a team or a person takes before all others."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from services.handoff.store.catalogue import TABLES
from shared.db import Json, UtcDateTime, id_column

TERRITORY = Table(  # as they are now; never deleted, because assignments name them
    "territory",
    TABLES,
    id_column("territory_id", primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("position", Integer, nullable=False),  # asked in this order, then that of the names
    id_column("team_id"),  # who takes its leads: a team or a person
    id_column("person_id"),
    Column("document", Json, nullable=False),  # {condition: its values}
    Column("active", Boolean, nullable=False),
    CheckConstraint("(team_id IS NULL) != (person_id IS NULL)", name="has_taker"),
)

TERRITORY_REVISION = Table(  # as they were each time they changed
    "territory_revision",
    TABLES,
    id_column("territory_id", nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("position", Integer, nullable=False),
    id_column("team_id"),
    id_column("person_id"),
    Column("document", Json, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Text, nullable=False),
    PrimaryKeyConstraint("territory_id", "revision"),
)
