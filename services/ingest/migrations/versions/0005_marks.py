"""Who made a touch, and what touches are judged by together.

Touches from before have no mark here; judging them again gives them one.
"""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0005"
down_revision: str | None = "0004"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.add_column("item", sa.Column("made_by", sa.Text(), nullable=True))
    op.add_column("item", sa.Column("made_by_reason", sa.Text(), nullable=True))
    op.add_column("item", sa.Column("made_by_version", sa.Integer(), nullable=True))
    op.create_table(
        "sighting",
        sa.Column("source_id", ID, nullable=False),
        sa.Column("mail", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_by_reason", sa.Text(), nullable=False),
        sa.Column("settles_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", "mail", "key", name=op.f("pk_sighting")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sighting_receipt_id"), "sighting", ["receipt_id"], unique=False)
    op.create_index(
        "ix_sighting_waits",
        "sighting",
        ["settles_at"],
        unique=False,
        postgresql_where=sa.text("settles_at IS NOT NULL"),
        sqlite_where=sa.text("settles_at IS NOT NULL"),
    )
    op.create_table(
        "mark_count",
        sa.Column("source_id", ID, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_by_reason", sa.Text(), nullable=False),
        sa.Column("made_by_version", sa.Integer(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "source_id",
            "made_by",
            "made_by_reason",
            "made_by_version",
            name=op.f("pk_mark_count"),
        ),
    )
    op.create_table(
        "rejudging",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=True),
        sa.Column("since", UtcDateTime(), nullable=True),
        sa.Column("last_receipt_id", ID, nullable=False),
        sa.Column("cursor", ID, nullable=True),
        sa.Column("receipts", sa.BigInteger(), nullable=False),
        sa.Column("touches", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejudging")),
    )
