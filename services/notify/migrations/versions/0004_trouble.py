"""When a subscription last failed, who is an admin, and messages that are about neither.

Admins find in their inbox what the contact of a subscription cannot be told.
"""

import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    op.add_column("subscription", sa.Column("last_failure_at", UtcDateTime(), nullable=True))
    op.add_column("person", sa.Column("roles", Json, server_default="[]", nullable=False))
    op.add_column("notification", sa.Column("notice", Json, nullable=True))
