"""Which version of the heuristics judged who made a touch, and when it was judged otherwise."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    op.add_column("touch", sa.Column("made_by_version", sa.Integer(), nullable=True))
    op.add_column("touch", sa.Column("judged_at", UtcDateTime(), nullable=True))
