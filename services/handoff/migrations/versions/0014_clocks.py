"""Clocks with ladders, evidence and pauses.

Clocks that were answered before are marked as stopped; how long they took was not counted
then and stays empty. Those still running go on as they were, and their next step is to tell
a manager, which is what their timer stood for.
"""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0014"
down_revision: str | None = "0013"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    for column in (
        sa.Column("ladder_step", sa.Text(), nullable=True),
        sa.Column("step_calendar_id", ID, nullable=True),
        sa.Column("step_revision", sa.BigInteger(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("took_s", sa.BigInteger(), nullable=True),
        sa.Column("took_working_s", sa.BigInteger(), nullable=True),
        sa.Column("paused_s", sa.BigInteger(), nullable=True),
        sa.Column("late_s", sa.BigInteger(), nullable=True),
        sa.Column("late_working_s", sa.BigInteger(), nullable=True),
    ):
        op.add_column("handoff_deadline", column)
    op.execute(
        "UPDATE handoff_deadline SET "
        "stopped_at = (SELECT COALESCE(h.accepted_at, h.closed_at) FROM handoff h "
        "WHERE h.handoff_id = handoff_deadline.handoff_id), "
        "evidence = (SELECT CASE WHEN h.accepted_at IS NULL THEN 'closed' ELSE 'accept' END "
        "FROM handoff h WHERE h.handoff_id = handoff_deadline.handoff_id)"
    )
    op.execute("UPDATE handoff_deadline SET evidence = NULL WHERE stopped_at IS NULL")
    op.execute(
        "UPDATE handoff_deadline SET ladder_step = 'manager', step_calendar_id = calendar_id, "
        "step_revision = revision WHERE stopped_at IS NULL AND EXISTS (SELECT 1 FROM timer t "
        "WHERE t.subject = handoff_deadline.handoff_id AND t.kind = handoff_deadline.kind "
        "AND t.step = handoff_deadline.step AND t.state = 'armed')"
    )
    op.execute(
        "UPDATE handoff_deadline SET told_at = (SELECT MAX(s.happened_at) FROM handoff_step s "
        "WHERE s.handoff_id = handoff_deadline.handoff_id AND s.kind = 'escalated') "
        "WHERE stopped_at IS NULL"
    )
    op.create_index(
        "ix_handoff_deadline_running",
        "handoff_deadline",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("stopped_at IS NULL"),
        sqlite_where=sa.text("stopped_at IS NULL"),
    )
    op.create_index(
        "ix_handoff_open",
        "handoff",
        ["decided_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "handoff_pause",
        sa.Column("pause_id", ID, nullable=False),
        sa.Column("handoff_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("pause_id", name=op.f("pk_handoff_pause")),
    )
    op.create_index(
        op.f("ix_handoff_pause_handoff_id"), "handoff_pause", ["handoff_id"], unique=False
    )
