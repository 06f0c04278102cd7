"""Why a lead is held back: a person's word, what a verdict causes, its own wish.

Who refused every channel before now is held back from now on, as whoever does so later is.
"""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from shared.db import Json, UtcDateTime

revision: str = "0016"
down_revision: str | None = "0015"

PLACES_OF_A_MICROSECOND = 2048
ID = sa.Uuid(as_uuid=False).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "override", sa.Column("cause", sa.Text(), nullable=False, server_default="person")
    )
    op.add_column("override", sa.Column("known_digest", sa.BigInteger(), nullable=True))
    _heed_earlier_refusals()


def _heed_earlier_refusals() -> None:
    lead = sa.table(
        "lead", sa.column("lead_id", ID), sa.column("root_id", ID), sa.column("consent", Json)
    )
    override = sa.table(
        "override",
        sa.column("override_id", ID),
        sa.column("lead_id", ID),
        sa.column("ready", sa.Boolean()),
        sa.column("reason", sa.Text()),
        sa.column("cause", sa.Text()),
        sa.column("made_by", sa.Text()),
        sa.column("made_at", UtcDateTime()),
        sa.column("place", sa.BigInteger()),
    )
    conn, now = op.get_bind(), datetime.now(UTC)
    place = int(now.timestamp() * 1_000_000) * PLACES_OF_A_MICROSECOND
    says_no = sa.cast(lead.c.consent, sa.Text()).contains("refused")
    refusing = sa.select(lead.c.root_id).where(says_no)
    said: dict[str, dict[str, list[str]]] = {}
    for row in conn.execute(sa.select(lead).where(lead.c.root_id.in_(refusing))):
        known = said.setdefault(row.root_id, {})
        for channel, (status, at, source) in row.consent.items():
            known[channel] = max([at, status, source], known.get(channel, ["", "", ""]))
    rows = [
        {
            "override_id": str(uuid.uuid4()),
            "lead_id": root,
            "ready": False,
            "reason": f"asked not to be contacted on any channel, said {known['all'][2]}",
            "cause": "consent",
            "made_by": "relevo",
            "made_at": now,
            "place": place,
        }
        for root, known in said.items()
        if _refuses_all(known)
    ]
    if rows:
        conn.execute(sa.insert(override), rows)


def _refuses_all(known: dict[str, list[str]]) -> bool:
    """Return whether no channel was granted after all were refused."""
    everything = known.get("all", ["", "", ""])
    later = (one for channel, one in known.items() if channel != "all" and one[0] > everything[0])
    return everything[1] == "refused" and not any(one[1] == "granted" for one in later)
