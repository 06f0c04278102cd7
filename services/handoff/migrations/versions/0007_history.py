"""What is needed to replay history exactly, and try-outs that do.

Rows written before have no place: they are read in the order of their moments, and what
was known then is taken to be what is known now.
"""

import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0007"
down_revision: str | None = "0006"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")
PLACES = {
    "touch": ("place",),
    "lead": ("facts_digest",),
    "merge": ("place", "undone_place"),
    "handoff": ("decided_place", "closed_place"),
}


def upgrade() -> None:
    for table, columns in PLACES.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
    op.drop_index("ix_touch_lead_time", "touch")
    op.create_index("ix_touch_lead_time", "touch", ["lead_id", "occurred_at", "kind", "made_by"])
    op.create_table(
        "lead_history",
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.PrimaryKeyConstraint("lead_id", "place", "kind", name=op.f("pk_lead_history")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tryout",
        sa.Column("tryout_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version_id", ID, nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("against_id", ID, nullable=True),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("to_at", UtcDateTime(), nullable=False),
        sa.Column("lateness", sa.Text(), nullable=False),
        sa.Column("open_for_s", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("leads_done", sa.BigInteger(), nullable=False),
        sa.Column("leads_total", sa.BigInteger(), nullable=True),
        sa.Column("touches", sa.BigInteger(), nullable=False),
        sa.Column("is_stopping", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("result", Json, nullable=True),
        sa.PrimaryKeyConstraint("tryout_id", name=op.f("pk_tryout")),
    )
    op.create_index("ix_tryout_created", "tryout", ["created_at", "tryout_id"], unique=False)
