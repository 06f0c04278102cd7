"""Who is signed in to the console, copied from handoff; the audit is read by who and what."""

import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0007"
down_revision: str | None = "0006"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")

AUDIT_INDEXES = {
    "ix_audit_happened_at": ["happened_at", "audit_id"],
    "ix_audit_who": ["who", "happened_at", "audit_id"],
    "ix_audit_what": ["what", "happened_at", "audit_id"],
}


def upgrade() -> None:
    op.create_table(
        "console_session",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_console_session")),
        sa.UniqueConstraint("hash", name=op.f("uq_console_session_hash")),
    )
    op.create_index("ix_console_session_ends_at", "console_session", ["ends_at"], unique=False)
    for name, columns in AUDIT_INDEXES.items():
        op.create_index(name, "audit", columns, unique=False)
