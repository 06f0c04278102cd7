"""The table of turns: what was dealt to whom, and what their share was."""

from sqlalchemy import BigInteger, Column, Float, Integer, PrimaryKeyConstraint, Table

from services.handoff.store.catalogue import TABLES
from shared.db import id_column

TURN = Table(  # by the hour, so that a window of days is a few rows a person
    "turn",
    TABLES,
    id_column("team_id", nullable=False),
    id_column("person_id", nullable=False),
    Column("hour", BigInteger, nullable=False),  # since 1970
    Column("dealt", Integer, nullable=False),  # below zero: more was given back
    Column("share", Float, nullable=False),  # in leads; see domain/turns
    PrimaryKeyConstraint("team_id", "person_id", "hour"),
    sqlite_with_rowid=False,
)
