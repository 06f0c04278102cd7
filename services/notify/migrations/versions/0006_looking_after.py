"""What looking after subscriptions needs: how attempts went, hour by hour; why the last one
failed; how far a replay is; sending again all that is parked; and lists by person and state.
"""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0006"
down_revision: str | None = "0005"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")
NEW_COLUMNS = (
    ("last_failure", sa.Text()),
    ("replay_first", sa.BigInteger()),
    ("redeliver_next", sa.BigInteger()),
    ("redeliver_before", UtcDateTime()),
    ("redeliver_total", sa.Integer()),
    ("redeliver_done", sa.Integer()),
)
# In each the columns, and which deliveries it holds.
NEW_INDEXES = (
    ("ix_delivery_failed", ("subscription_id", "position"), "state = 'parked'"),
    ("ix_delivery_not_needed", ("id",), "state = 'not_needed'"),
    ("ix_delivery_person", ("person_id", "id"), "person_id IS NOT NULL"),
)


def upgrade() -> None:
    for name, kind in NEW_COLUMNS:
        op.add_column("subscription", sa.Column(name, kind, nullable=True))
    op.create_table(
        "subscription_hour",
        sa.Column("subscription_id", ID, nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("succeeded", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("total_ms", sa.BigInteger(), nullable=False),
        sa.Column("slowest_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", "hour", name=op.f("pk_subscription_hour")),
    )
    op.create_index(op.f("ix_subscription_hour_hour"), "subscription_hour", ["hour"], unique=False)
    for name, columns, some in NEW_INDEXES:
        op.create_index(
            name,
            "delivery",
            columns,
            unique=False,
            postgresql_where=sa.text(some),
            sqlite_where=sa.text(some),
        )
