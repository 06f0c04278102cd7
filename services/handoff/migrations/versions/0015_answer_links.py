"""Used links: the hash of each token by which somebody answered a hand-off."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0015"
down_revision: str | None = "0014"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "used_link",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("handoff_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_used_link")),
    )
    op.create_index(op.f("ix_used_link_used_at"), "used_link", ["used_at"], unique=False)
