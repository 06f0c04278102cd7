"""The console: passwords, sessions, promises to leads, saved views."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0017"
down_revision: str | None = "0016"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "password_link",
        sa.Column("link_id", ID, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("hash", name=op.f("uq_password_link_hash")),
    )
    op.create_index("ix_password_link_person_id", "password_link", ["person_id"], unique=False)
    op.create_table(
        "console_session",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_console_session")),
        sa.UniqueConstraint("hash", name=op.f("uq_console_session_hash")),
    )
    op.create_index("ix_console_session_person_id", "console_session", ["person_id"], unique=False)
    op.create_table(
        "sign_in_failures",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_sign_in_failures")),
    )
    op.create_index("ix_sign_in_failures_last_at", "sign_in_failures", ["last_at"], unique=False)
    op.create_table(
        "promise",
        sa.Column("promise_id", ID, nullable=False),
        sa.Column("handoff_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("promise_id", name=op.f("pk_promise")),
    )
    op.create_index("ix_promise_handoff_id", "promise", ["handoff_id"], unique=False)
    op.create_index("ix_promise_person_id", "promise", ["person_id"], unique=False)
    op.create_table(
        "saved_view",
        sa.Column("view_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_saved_view")),
    )
    op.create_index("ix_saved_view_person_id", "saved_view", ["person_id"], unique=False)
    # The console searches leads by name and lists them newest first.
    op.create_index("ix_lead_created_at", "lead", ["created_at", "lead_id"], unique=False)
