"""The scoreboard's read models. What happened before is counted by the first rebuild."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0018"
down_revision: str | None = "0017"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "scoreboard_handoff",
        sa.Column("handoff_id", ID, nullable=False),
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_by_hand", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer_due_at", UtcDateTime(), nullable=False),
        sa.Column("first_attempt_at", UtcDateTime(), nullable=True),
        sa.Column("attempt_due_at", UtcDateTime(), nullable=True),
        sa.Column("wait_s", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_scoreboard_handoff")),
    )
    op.create_index("ix_scoreboard_handoff_lead_id", "scoreboard_handoff", ["lead_id"])
    op.create_index("ix_scoreboard_handoff_day", "scoreboard_handoff", ["day", "policy"])
    op.create_table(
        "scoreboard_asset",
        sa.Column("handoff_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("handoff_id", "kind", "name", name=op.f("pk_scoreboard_asset")),
    )
    op.create_index("ix_scoreboard_asset_name", "scoreboard_asset", ["kind", "name"])
    op.create_table(
        "scoreboard_lead",
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("occurred_us", sa.BigInteger(), nullable=False),
        sa.Column("touch_id", ID, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_scoreboard_lead")),
    )
    op.create_index(
        "ix_scoreboard_lead_day",
        "scoreboard_lead",
        ["day", "source"],
        postgresql_where=sa.text("counts"),
        sqlite_where=sa.text("counts"),
    )
    op.create_table(
        "scoreboard_deal",
        sa.Column("touch_id", ID, nullable=False),
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("touch_id", name=op.f("pk_scoreboard_deal")),
    )
    op.create_index("ix_scoreboard_deal_lead_id", "scoreboard_deal", ["lead_id"])
    op.create_index("ix_scoreboard_deal_day", "scoreboard_deal", ["day"])
    op.create_table(
        "scoreboard_touches",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in (
                *("human", "machine", "unsure"),
                *("erased_human", "erased_machine", "erased_unsure"),
            )
        ),
        sa.PrimaryKeyConstraint(
            "generation", "asset", "day", "source", name=op.f("pk_scoreboard_touches")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "scoreboard_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("cursor", ID, nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoreboard_state")),
    )
    op.execute(
        "INSERT INTO scoreboard_state"
        " (id, generation, zone, state, phase, done, total, asked_by, asked_at)"
        " VALUES (1, 0, '', 'asked', 'handoffs', 0, 0, 'relevo', CURRENT_TIMESTAMP)"
    )
