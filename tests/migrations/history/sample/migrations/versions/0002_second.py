"""A second table, and in its middle whatever the test wants to happen."""

import os
import signal
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table("second", sa.Column("id", sa.Integer(), primary_key=True))
    if os.environ.get("RELEVO_TEST_MIGRATION") == "fails":
        raise RuntimeError("half way")
    if pipe := os.environ.get("RELEVO_TEST_MIGRATION_PIPE"):
        Path(pipe).write_text("half way")
        signal.pause()  # until the reader kills us
    op.add_column("first", sa.Column("name", sa.Text(), nullable=True))
