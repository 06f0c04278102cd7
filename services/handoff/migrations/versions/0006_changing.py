"""Changing versions: which shapes states are kept of, and reviewed batches.

From here on a stored state is complete or not there. Nobody promised that of the states
stored before, so they are thrown away: each lead is folded again when it is judged, the
rest in the background.
"""

import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0006"
down_revision: str | None = "0001"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "fold",
        sa.Column("shape", sa.LargeBinary(), nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cursor", ID, nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("moved_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("shape", name=op.f("pk_fold")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "batch",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("compared_id", ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cursor", ID, nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("per_hour", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("handed_over_by", sa.Text(), nullable=True),
        sa.Column("handed_over_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batch")),
    )
    op.create_index(op.f("ix_batch_version_id"), "batch", ["version_id"], unique=False)
    op.create_table(
        "batch_item",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("engagement", sa.Float(), nullable=False),
        sa.Column("fit", sa.Float(), nullable=False),
        sa.Column("deciding", Json, nullable=False),
        sa.Column("why_not", Json, nullable=False),
        sa.Column("ticked_by", sa.Text(), nullable=True),
        sa.Column("ticked_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("handoff_id", ID, nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "lead_id", name=op.f("pk_batch_item")),
    )
    op.create_index(
        "ix_batch_item_handed_over",
        "batch_item",
        ["settled_at"],
        unique=False,
        postgresql_where=sa.text("state = 'handed_over'"),
        sqlite_where=sa.text("state = 'handed_over'"),
    )
    op.execute("DELETE FROM lead_signals")
