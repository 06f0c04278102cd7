"""What routing asks of people, teams and territories."""

import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0012"
down_revision: str | None = "0011"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")
LAST_DAY = {
    "postgresql": "CAST(document ->> 'last_day' AS date)",
    "sqlite": "json_extract(document, '$.last_day')",
}


def upgrade() -> None:
    op.add_column("person", sa.Column("languages", Json, nullable=True))
    op.add_column("person", sa.Column("skills", Json, nullable=True))
    op.add_column("person", sa.Column("last_day", sa.Date(), nullable=True))
    op.add_column(
        "team_member", sa.Column("weight", sa.Float(), server_default="1", nullable=False)
    )
    op.add_column("team_member", sa.Column("cap", sa.Integer(), nullable=True))
    _territories()
    # Kept with people's hours until now. It stays there too, for the version before.
    last_day = LAST_DAY[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE person SET last_day = (SELECT {last_day} FROM person_hours"  # noqa: S608 - a constant of ours
        " WHERE person_hours.person_id = person.person_id)"
    )


def _territories() -> None:
    op.create_table(
        "territory",
        sa.Column("territory_id", ID, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("document", Json, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("territory_id", name=op.f("pk_territory")),
        sa.UniqueConstraint("name", name=op.f("uq_territory_name")),
        sa.CheckConstraint(
            "(team_id IS NULL) != (person_id IS NULL)", name=op.f("ck_territory_has_taker")
        ),
    )
    op.create_table(
        "territory_revision",
        sa.Column("territory_id", ID, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("document", Json, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("territory_id", "revision", name=op.f("pk_territory_revision")),
    )
