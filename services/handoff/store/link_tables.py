"""The table of links by which people answered."""

from sqlalchemy import Column, Table, Text

from services.handoff.store.catalogue import TABLES
from shared.db import UtcDateTime, id_column

USED_LINK = Table(
    "used_link",
    TABLES,
    Column("hash", Text, primary_key=True),  # of the token, which itself is kept nowhere
    id_column("handoff_id", nullable=False),
    id_column("person_id", nullable=False),
    Column("action", Text, nullable=False),
    Column("used_at", UtcDateTime, nullable=False, index=True),
)
