"""Indexes by which a large batch is looked through and counted."""

from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"


def upgrade() -> None:
    op.create_index("ix_batch_item_engagement", "batch_item", ["batch_id", "engagement", "lead_id"])
    op.create_index("ix_batch_item_state", "batch_item", ["batch_id", "state", "ticked_by"])
