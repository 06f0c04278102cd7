"""Messages that are about a policy have no hand-off and no lead."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    # SQLite makes the table anew, and does not tell what its check is.
    check = sa.CheckConstraint(
        "state IN ('open', 'told', 'not_needed', 'failed')", name=op.f("ck_notification_state")
    )
    with op.batch_alter_table("notification", table_args=(check,)) as table:
        table.alter_column("handoff_id", existing_type=ID, nullable=True)
        table.alter_column("lead_id", existing_type=ID, nullable=True)
