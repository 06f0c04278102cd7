"""Sessions count their changes: the other services are told of each."""

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"


def upgrade() -> None:
    op.add_column(
        "console_session",
        sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False),
    )
