"""Versions that are tried, signed by both teams and scheduled; trials by name.

What decides unsigned today goes on, as the trial it was. From here on the database refuses
an unsigned version in force unless its policy is on trial; so the release before, while it
still runs beside, can draft and not activate.
"""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0002"
down_revision: str | None = "0001"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")

CHECKS = {
    "state": "state IN ('draft', 'scheduled', 'in_force', 'succeeded')",
    "two_people": "marketing_signed_by <> sales_signed_by",
    "tried_before_signed": "tried_at IS NOT NULL"
    " OR (marketing_signed_by IS NULL AND sales_signed_by IS NULL)",
    "signed_by_both": "agreement = 'trial' OR (agreement = 'signed'"
    " AND marketing_signed_by IS NOT NULL AND sales_signed_by IS NOT NULL)",
    "signed_or_on_trial": "state <> 'in_force' OR agreement = 'signed' OR trial_of IS NOT NULL",
    "own_trial": "trial_of = policy",
    "scheduled_signed": "state <> 'scheduled' OR (agreement = 'signed' AND starts_at IS NOT NULL)",
}


def upgrade() -> None:
    op.create_table(
        "trial",
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("began_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("policy", name=op.f("pk_trial")),
    )
    for column in (
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("tried_by", sa.Text(), nullable=True),
        sa.Column("tryout_id", ID, nullable=True),
        sa.Column("marketing_signed_by", ID, nullable=True),
        sa.Column("marketing_signed_at", UtcDateTime(), nullable=True),
        sa.Column("marketing_comment", sa.Text(), nullable=True),
        sa.Column("sales_signed_by", ID, nullable=True),
        sa.Column("sales_signed_at", UtcDateTime(), nullable=True),
        sa.Column("sales_comment", sa.Text(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("scheduled_by", sa.Text(), nullable=True),
        sa.Column("trial_of", sa.Text(), nullable=True),
    ):
        op.add_column("policy_version", column)
    op.execute(
        "INSERT INTO trial (policy, began_at, began_by)"
        " SELECT policy, coalesce(activated_at, created_at), coalesce(activated_by, created_by)"
        " FROM policy_version WHERE state = 'in_force'"
    )
    op.execute("UPDATE policy_version SET trial_of = policy WHERE state = 'in_force'")
    with op.batch_alter_table("policy_version") as table:  # SQLite makes the table again
        table.create_foreign_key(
            op.f("fk_policy_version_trial_of_trial"), "trial", ["trial_of"], ["policy"]
        )
        for role in ("marketing", "sales"):
            column_name = f"{role}_signed_by"
            table.create_foreign_key(
                op.f(f"fk_policy_version_{column_name}_person"),
                "person",
                [column_name],
                ["person_id"],
            )
        for name, condition in CHECKS.items():
            table.create_check_constraint(op.f(f"ck_policy_version_{name}"), condition)
    op.create_index(
        "uq_policy_version_scheduled",
        "policy_version",
        ["policy"],
        unique=True,
        postgresql_where=sa.text("state = 'scheduled'"),
        sqlite_where=sa.text("state = 'scheduled'"),
    )
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)
