"""Signing in by a provider, forms that were taken, steps of the first run that were skipped."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0021"
down_revision: str | None = "0020"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sign_in_identity",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_sign_in_identity")),
    )
    op.create_index("ix_sign_in_identity_person_id", "sign_in_identity", ["person_id"])
    for name, moment in (("used_return", "used_at"), ("taken_form", "taken_at")):
        op.create_table(
            name,
            sa.Column("hash", sa.Text(), nullable=False),
            sa.Column(moment, UtcDateTime(), nullable=False),
            sa.PrimaryKeyConstraint("hash", name=op.f(f"pk_{name}")),
        )
        op.create_index(f"ix_{name}_{moment}", name, [moment])
    op.create_table(
        "skipped_step",
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("skipped_by", sa.Text(), nullable=False),
        sa.Column("skipped_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("step", name=op.f("pk_skipped_step")),
    )
    op.create_table(
        "sample_lead",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_sample_lead")),
    )
