"""Calendars, people's hours, and the clocks counted on them.

Hand-offs of before have no clocks in the new table: they were counted day and night, and
what they promise is in their snapshot.
"""

import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0011"
down_revision: str | None = "0010"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "calendar",
        sa.Column("calendar_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.PrimaryKeyConstraint("calendar_id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("name", name=op.f("uq_calendar_name")),
    )
    op.create_table(
        "calendar_revision",
        sa.Column("calendar_id", ID, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("calendar_id", "revision", name=op.f("pk_calendar_revision")),
    )
    op.create_table(
        "person_hours",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_hours")),
    )
    op.create_table(
        "handoff_deadline",
        sa.Column("handoff_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("within_s", sa.BigInteger(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("calendar_id", ID, nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=True),
        sa.Column("explanation", Json, nullable=False),
        sa.PrimaryKeyConstraint("handoff_id", "kind", "step", name=op.f("pk_handoff_deadline")),
    )
    op.create_index("ix_handoff_deadline_due", "handoff_deadline", ["due_at"], unique=False)
    op.add_column("team", sa.Column("calendar_id", ID, nullable=True))
