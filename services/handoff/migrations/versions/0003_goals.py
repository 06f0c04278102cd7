"""What leads had at their hand-off, and the reviews of policies: held and proposed."""

from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0003"
down_revision: str | None = "0002"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")
BATCH = 500
HANDOFF = sa.table("handoff", sa.column("handoff_id", ID), sa.column("snapshot", sa.LargeBinary))


def upgrade() -> None:
    had = op.create_table(
        "handoff_had",
        sa.Column("handoff_id", ID, nullable=False),
        sa.Column("signals", Json, nullable=False),
        sa.Column("fit", Json, nullable=False),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_handoff_had")),
    )
    op.create_index("ix_handoff_version", "handoff", ["version_id", "decided_at"], unique=False)
    op.create_table(
        "policy_review",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("held_by", ID, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("targets", Json, nullable=False),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_policy_review")),
    )
    op.create_index("ix_policy_review_held", "policy_review", ["policy", "held_at"], unique=False)
    op.create_table(
        "policy_proposal",
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("about", UtcDateTime(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("target", Json, nullable=True),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_policy_proposal")),
        sa.UniqueConstraint(
            "version_id",
            "cause",
            "about",
            name=op.f("uq_policy_proposal_version_id_cause_about"),
        ),
    )
    _fill(op.get_bind(), had)


def _fill(conn: sa.Connection, had: sa.Table) -> None:
    """Read what leads had from the hand-offs there are, a batch at a time."""
    column, last = HANDOFF.c.handoff_id, None
    while True:
        query = sa.select(HANDOFF).order_by(column).limit(BATCH)
        rows = conn.execute(query if last is None else query.where(column > last)).all()
        if not rows:
            return
        found = [(row.handoff_id, orjson.loads(row.snapshot).get("evaluation")) for row in rows]
        values = [{"handoff_id": one, **_had(said)} for one, said in found if said]
        if values:
            conn.execute(had.insert(), values)
        last = rows[-1].handoff_id


def _had(evaluation: Any) -> dict[str, dict[str, bool | None]]:
    """As ``services.handoff.domain.advice.had`` did when this was written."""
    return {
        "signals": {
            factor["name"]: any(
                each["standing"] in ("counts", "weak") for each in factor["touches"]
            )
            or None
            for factor in evaluation["engagement"]["factors"]
        },
        "fit": {
            factor["name"]: {"yes": True, "no": False}.get(factor["holds"])
            for factor in evaluation["fit"]["factors"]
        },
    }
