"""Who is behind their share is carried on, and an assignment keeps whose share the lead was.

It begins with what the window says. A version before this one goes on with the window alone,
and what it deals meanwhile does not count here.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0023"
down_revision: str | None = "0022"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")
TEAM = sa.table("team", sa.column("team_id", ID), sa.column("window_days", sa.Integer()))
TEAM_MEMBER = sa.table(
    "team_member",
    sa.column("team_id", ID),
    sa.column("person_id", ID),
    sa.column("behind", sa.Float()),
)
TURN = sa.table(
    "turn",
    sa.column("team_id", ID),
    sa.column("person_id", ID),
    sa.column("hour", sa.BigInteger()),
    sa.column("dealt", sa.Integer()),
    sa.column("share", sa.Float()),
)


def upgrade() -> None:
    op.add_column("team", sa.Column("turns_at", UtcDateTime(), nullable=True))
    op.add_column("assignment", sa.Column("parts", Json, nullable=True))
    op.add_column(
        "team_member", sa.Column("behind", sa.Float(), nullable=False, server_default="0")
    )
    this_hour = int(datetime.now(UTC).timestamp() // 3600)
    window = sa.select(TEAM.c.window_days).where(TEAM.c.team_id == TEAM_MEMBER.c.team_id)
    in_window = (
        sa.select(sa.func.coalesce(sa.func.sum(TURN.c.share - TURN.c.dealt), 0.0))
        .where(
            TURN.c.team_id == TEAM_MEMBER.c.team_id,
            TURN.c.person_id == TEAM_MEMBER.c.person_id,
            TURN.c.hour > this_hour - 24 * window.scalar_subquery(),
        )
        .scalar_subquery()
    )
    op.execute(sa.update(TEAM_MEMBER).values(behind=in_window))
