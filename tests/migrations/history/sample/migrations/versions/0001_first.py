"""A first table."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table("first", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO first (id) VALUES (1)")
