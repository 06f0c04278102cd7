"""Addresses that were changed, and leads that were erased."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    op.add_column("identifier", sa.Column("left_at", UtcDateTime(), nullable=True))
    op.add_column("identifier", sa.Column("taken_at", UtcDateTime(), nullable=True))
    op.add_column("lead", sa.Column("erased_at", UtcDateTime(), nullable=True))
    op.create_table(
        "erased_identifier",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erased_identifier")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erasure_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_key")),
    )
