"""What the console needs: repairs, discarding, the ledger by day, files, receipts by source."""

import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0008"
down_revision: str | None = "0007"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")
DAY = {"sqlite": "date(received_at)", "postgresql": "to_char(received_at, 'YYYY-MM-DD')"}
# Once, over all receipts: it is the only look at old ones that the ledger by day ever takes.
COUNT_DAYS = """
INSERT INTO ledger_day (source_id, day, received, published, duplicates, parked, discarded, expired)
SELECT source_id, {day}, sum(events), sum(published), sum(duplicates), sum(parked), 0, 0
FROM receipt WHERE read_at IS NOT NULL GROUP BY source_id, {day}
"""


def upgrade() -> None:
    op.create_table(
        "receipt_repair",
        sa.Column("id", ID, nullable=False),
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("repaired_by", sa.Text(), nullable=False),
        sa.Column("repaired_at", UtcDateTime(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_repair")),
    )
    op.create_index(op.f("ix_receipt_repair_receipt_id"), "receipt_repair", ["receipt_id"])
    op.create_table(
        "ledger_day",
        sa.Column("source_id", ID, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("received", "published", "duplicates", "parked", "discarded", "expired")
        ),
        sa.PrimaryKeyConstraint("source_id", "day", name=op.f("pk_ledger_day")),
    )
    op.create_table(
        "import_file",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("import_id", ID, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("given", Json, nullable=False),
        sa.Column("looked", Json, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
        sa.UniqueConstraint("import_id", name=op.f("uq_import_file_import_id")),
    )
    op.add_column(
        "ledger", sa.Column("discarded", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column(
        "receipt_retry", sa.Column("what", sa.Text(), nullable=False, server_default="retry")
    )
    for state in ("read", "discarded"):
        op.create_index(
            f"ix_receipt_{state}",
            "receipt",
            ["source_id", "id"],
            postgresql_where=sa.text(f"state = '{state}'"),
            sqlite_where=sa.text(f"state = '{state}'"),
        )
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute("SET LOCAL TIME ZONE 'UTC'")
    op.execute(COUNT_DAYS.format(day=DAY[bind.dialect.name]))
