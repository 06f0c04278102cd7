"""Orders to empty the receipts that name an erased person."""

import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0006"
down_revision: str | None = "0005"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "erasing",
        sa.Column("id", ID, nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("digests", Json, nullable=False),
        sa.Column("last_receipt_id", ID, nullable=False),
        sa.Column("cursor", ID, nullable=True),
        sa.Column("receipts", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasing")),
    )
