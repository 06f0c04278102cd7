"""What people are called, for the audit; who discarded a receipt, when and why."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0009"
down_revision: str | None = "0008"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
    )
    op.add_column("receipt", sa.Column("discarded_by", sa.Text()))
    op.add_column("receipt", sa.Column("discarded_at", UtcDateTime()))
    op.add_column("receipt", sa.Column("discarded_why", sa.Text()))
    op.add_column("receipt_retry", sa.Column("why", sa.Text(), nullable=False, server_default=""))
