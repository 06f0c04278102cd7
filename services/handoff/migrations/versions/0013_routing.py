"""Who gets a lead: fair turns over a window, ordered fallbacks, each reason in words."""

import sqlalchemy as sa
from alembic import op

from shared.db import Json

revision: str = "0013"
down_revision: str | None = "0012"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")
IS_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.add_column("team", sa.Column("fallbacks", Json, nullable=True))
    op.add_column(
        "team", sa.Column("window_days", sa.Integer(), server_default="7", nullable=False)
    )
    op.add_column("team", sa.Column("requires", Json, nullable=True))
    op.add_column("assignment", sa.Column("team_id", ID, nullable=True))
    op.add_column("assignment", sa.Column("words", Json, nullable=True))
    op.add_column("assignment", sa.Column("steps", Json, nullable=True))
    op.create_table(
        "turn",
        sa.Column("team_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("dealt", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "person_id", "hour", name=op.f("pk_turn")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_handoff_open_owner",
        "handoff",
        ["owner_id"],
        unique=False,
        postgresql_where=IS_OPEN,
        sqlite_where=IS_OPEN,
    )
