"""Imports of exported activity, and retries of whole groups of parked receipts."""

import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0003"
down_revision: str | None = "0002"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "activity_import",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("plan", Json, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=True),
        sa.Column("last_at", UtcDateTime(), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_import")),
    )
    op.create_index(
        op.f("ix_activity_import_source_id_digest"), "activity_import", ["source_id", "digest"]
    )
    op.create_table(
        "import_receipt",
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_import_receipt")),
    )
    op.create_index(op.f("ix_import_receipt_import_id"), "import_receipt", ["import_id"])
    op.create_table(
        "import_day",
        sa.Column("import_id", ID, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("duplicates", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "day", name=op.f("pk_import_day")),
    )
    op.create_table(
        "receipt_retry",
        sa.Column("id", ID, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("source_id", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("retried", sa.BigInteger(), nullable=False),
        sa.Column("cursor", ID, nullable=True),
        sa.Column("until", ID, nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_retry")),
    )
    op.create_index(
        "uq_receipt_retry_open",
        "receipt_retry",
        ["scope"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
        sqlite_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "pace",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pace")),
    )
