"""The words leads are found by, read from what is known of those there are.

What the version before learns of a lead beside this one is found once more is heard of it.
"""

import orjson
import sqlalchemy as sa
from alembic import op

from services.handoff.domain.search_words import words_of, words_of_identifiers
from shared.db import UtcDateTime

revision: str = "0022"
down_revision: str | None = "0021"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")
WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BATCH = 2_000

LEAD = sa.table(
    "lead",
    sa.column("lead_id", ID),
    sa.column("root_id", ID),
    sa.column("facts", sa.Text()),
    sa.column("created_at", UtcDateTime()),
)
NAMED = sa.table("identifier", sa.column("value", sa.Text()), sa.column("lead_id", ID))
INDEX = sa.table(
    "lead_word",
    sa.column("word", WORD),
    sa.column("lead_id", ID),
    sa.column("created_at", UtcDateTime()),
    sa.column("member_id", ID),
)


def upgrade() -> None:
    op.create_table(
        "lead_word",
        sa.Column("word", WORD, nullable=False),
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.PrimaryKeyConstraint(
            "word", "lead_id", "created_at", "member_id", name=op.f("pk_lead_word")
        ),
        sqlite_with_rowid=False,
    )
    _fill(op.get_bind())
    op.create_index(op.f("ix_lead_word_member_id"), "lead_word", ["member_id"])
    op.drop_index("ix_lead_root_id", "lead")
    op.create_index("ix_lead_root_id", "lead", ["root_id", "lead_id"])


def _fill(conn: sa.Connection) -> None:
    """Read the leads there are, some at a time."""
    root = LEAD.alias("root")
    page = (
        sa.select(
            LEAD.c.lead_id,
            LEAD.c.root_id,
            sa.cast(LEAD.c.facts, sa.Text()).label("facts"),
            root.c.created_at,
        )
        .join(root, root.c.lead_id == LEAD.c.root_id)
        .order_by(LEAD.c.lead_id)
        .limit(BATCH)
    )
    last: str | None = None
    while rows := conn.execute(page if last is None else page.where(LEAD.c.lead_id > last)).all():
        last = rows[-1].lead_id
        names: dict[str, list[str]] = {row.lead_id: [] for row in rows}
        known = sa.select(NAMED).where(NAMED.c.lead_id.between(rows[0].lead_id, last))
        for one in conn.execute(known):
            names[one.lead_id].append(one.value)
        found = [
            {
                "word": word,
                "lead_id": row.root_id,
                "created_at": row.created_at,
                "member_id": row.lead_id,
            }
            for row in rows
            for word in sorted(
                words_of(orjson.loads(row.facts)) | words_of_identifiers(names[row.lead_id])
            )
        ]
        if found:
            conn.execute(INDEX.insert(), found)
