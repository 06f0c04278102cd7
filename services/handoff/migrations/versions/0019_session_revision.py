"""Sessions count their changes, which the others are told; the audit is read by who and what,
the timers by when they are due.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"

AUDIT_INDEXES = {
    "ix_audit_happened_at": ["happened_at", "audit_id"],
    "ix_audit_who": ["who", "happened_at", "audit_id"],
    "ix_audit_what": ["what", "happened_at", "audit_id"],
}


def upgrade() -> None:
    op.add_column(
        "console_session",
        sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False),
    )
    for name, columns in AUDIT_INDEXES.items():
        op.create_index(name, "audit", columns, unique=False)
    op.create_index(
        "ix_timer_armed_due",
        "timer",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'armed'"),
        sqlite_where=sa.text("state = 'armed'"),
    )
