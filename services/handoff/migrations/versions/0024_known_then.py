"""What rules may ask of a lead, beside what it had at its hand-off: contexts are large to read."""

from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from shared.db import Json

revision: str = "0024"
down_revision: str | None = "0023"

ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")
BATCH = 500
HANDOFF = sa.table("handoff", sa.column("handoff_id", ID), sa.column("snapshot", sa.LargeBinary))
HAD = sa.table("handoff_had", sa.column("handoff_id", ID), sa.column("facts", Json))
LEFT_OUT = frozenset(
    {"name", "first_name", "last_name", "email", "phone", "domain", "email_domain", "city"}
)
TOLD_APART = ("title", "language", "country")


def upgrade() -> None:
    op.add_column("handoff_had", sa.Column("facts", Json, nullable=True))
    _fill(op.get_bind())


def _fill(conn: sa.Connection) -> None:
    """Read what was known from the hand-offs there are, a batch at a time."""
    one = sa.update(HAD).where(HAD.c.handoff_id == sa.bindparam("wanted"))
    fill, column, last = one.values(facts=sa.bindparam("known", type_=Json)), HAD.c.handoff_id, None
    while True:
        query = sa.select(column, HANDOFF.c.snapshot).join(HANDOFF, HANDOFF.c.handoff_id == column)
        query = query.order_by(column).limit(BATCH)
        rows = conn.execute(query if last is None else query.where(column > last)).all()
        if not rows:
            return
        read = [(row.handoff_id, orjson.loads(row.snapshot)) for row in rows]
        values = [
            {"wanted": handoff_id, "known": _facts(frozen["lead"], frozen["account"])}
            for handoff_id, frozen in read
            if "lead" in frozen
        ]
        if values:
            conn.execute(fill, values)
        last = rows[-1].handoff_id


def _facts(lead: dict[str, Any], account: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """As ``services.handoff.domain.rule_proposals.facts_of`` did when this was written."""
    told = {name: lead[name] for name in TOLD_APART if lead[name]}
    known = {"lead": {**lead["facts"], **told}, "account": (account or {}).get("facts") or {}}
    return {
        scope: {
            name: value
            for name, value in facts.items()
            if name.rpartition(".")[2] not in LEFT_OUT and isinstance(value, str | int | float)
        }
        for scope, facts in known.items()
    }
