"""Several policies, lists they name, the people of an account together, a person's word."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision: str = "0010"
down_revision: str | None = "0009"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")
DOMAIN = {
    "postgresql": "((facts -> 'account.domain') ->> 0)",
    "sqlite": "json_extract(facts, '$.\"account.domain\"[0]')",
}
IS_GROUP = "group_domain IS NOT NULL"
IS_OPEN_GROUP = "group_domain IS NOT NULL AND closed_at IS NULL"
IS_WITH_SALES = "open_handoff_id IS NOT NULL"


def upgrade() -> None:
    _retirement()
    _lists()
    _groups()
    _overrides()


def _retirement() -> None:
    op.add_column("policy_version", sa.Column("retired_at", UtcDateTime(), nullable=True))
    op.add_column("policy_version", sa.Column("retired_by", sa.Text(), nullable=True))
    op.add_column("policy_version", sa.Column("retired_why", sa.Text(), nullable=True))
    _partial_index("ix_cycle_open", "cycle", ["policy"], IS_WITH_SALES)


def _lists() -> None:
    op.create_table(
        "named_list",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_named_list")),
    )
    op.create_table(
        "named_list_version",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name=op.f("pk_named_list_version")),
    )
    op.create_table(
        "named_list_value",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "key", "since", name=op.f("pk_named_list_value")),
    )
    op.create_index("ix_named_list_value_since", "named_list_value", ["name", "since"])
    op.create_index("ix_named_list_value_until", "named_list_value", ["name", "until"])


def _groups() -> None:
    op.create_table(
        "account_signals",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("signals", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "key", name=op.f("pk_account_signals")),
        sqlite_with_rowid=False,
    )
    domain = sa.text(DOMAIN[op.get_context().dialect.name])
    op.create_index("ix_lead_account_domain", "lead", [domain])
    op.add_column("handoff", sa.Column("group_domain", sa.Text(), nullable=True))
    _partial_index("ix_handoff_group", "handoff", ["group_domain", "policy"], IS_GROUP)
    _partial_index(
        "uq_handoff_open_group", "handoff", ["group_domain", "policy"], IS_OPEN_GROUP, unique=True
    )
    op.create_table(
        "handoff_person",
        sa.Column("handoff_id", ID, nullable=False),
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("handoff_id", "lead_id", name=op.f("pk_handoff_person")),
    )


def _overrides() -> None:
    op.create_table(
        "override",
        sa.Column("override_id", ID, nullable=False),
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("handoff_id", ID, nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_place", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("override_id", name=op.f("pk_override")),
    )
    op.create_index(op.f("ix_override_lead_id"), "override", ["lead_id"], unique=False)


def _partial_index(
    name: str, table: str, columns: list[str], where: str, unique: bool = False
) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=unique, postgresql_where=condition, sqlite_where=condition
    )
