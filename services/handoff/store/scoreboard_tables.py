"""Tables of the scoreboard: read models, written in the transactions that change what they tell.

Days are ordinals of calendar days (``date.toordinal``) in the company's zone. Nothing here
names a person, so erasing somebody leaves it as it is.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from services.handoff.store.catalogue import TABLES
from shared.db import UtcDateTime, id_column

SCORE_HANDOFF = Table(  # one narrow row a hand-off: exact medians, and silence that turns late
    "scoreboard_handoff",
    TABLES,
    id_column("handoff_id", primary_key=True),
    id_column("lead_id", nullable=False, index=True),
    Column("day", Integer, nullable=False),  # of the decision
    Column("decided_at", UtcDateTime, nullable=False),
    Column("policy", Text, nullable=False),
    id_column("version_id", nullable=False),
    Column("version", Integer, nullable=False),
    id_column("team_id"),
    Column("tier", Text, nullable=False),
    Column("source", Text),  # of the lead's first touch
    Column("is_by_hand", Boolean, nullable=False),
    Column("stage", Text, nullable=False),
    Column("is_accepted", Boolean, nullable=False),  # by anybody, ever
    Column("reached", Integer, nullable=False),  # see domain/scoreboard.REACHED
    Column("answered_at", UtcDateTime),  # the first verdict
    Column("answer_due_at", UtcDateTime, nullable=False),
    Column("first_attempt_at", UtcDateTime),
    Column("attempt_due_at", UtcDateTime),  # null: nobody knows any more what was promised
    Column("wait_s", BigInteger),  # from the decision to the first attempt
    Column("closed_at", UtcDateTime),
    Column("reason", Text),
    Column("amount", Float),
    Column("currency", Text),
)
Index("ix_scoreboard_handoff_day", SCORE_HANDOFF.c.day, SCORE_HANDOFF.c.policy)

SCORE_ASSET = Table(  # content and campaigns the lead had met before its hand-off
    "scoreboard_asset",
    TABLES,
    id_column("handoff_id", nullable=False),
    Column("kind", Text, nullable=False),  # content or campaign
    Column("name", Text, nullable=False),
    Column("title", Text),
    PrimaryKeyConstraint("handoff_id", "kind", "name"),
)
Index("ix_scoreboard_asset_name", SCORE_ASSET.c.kind, SCORE_ASSET.c.name)

SCORE_LEAD = Table(  # when each member first did something, and whether its lead counts there
    "scoreboard_lead",
    TABLES,
    id_column("lead_id", primary_key=True),
    Column("occurred_us", BigInteger, nullable=False),
    id_column("touch_id", nullable=False),
    Column("day", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("counts", Boolean, nullable=False),  # the first of all members of its lead
)
Index(
    "ix_scoreboard_lead_day",
    SCORE_LEAD.c.day,
    SCORE_LEAD.c.source,
    postgresql_where=SCORE_LEAD.c.counts,
    sqlite_where=SCORE_LEAD.c.counts,
)

SCORE_DEAL = Table(  # won deals that marketing's or sales' tools told of
    "scoreboard_deal",
    TABLES,
    id_column("touch_id", primary_key=True),
    id_column("lead_id", nullable=False, index=True),
    Column("day", Integer, nullable=False, index=True),
    Column("occurred_at", UtcDateTime, nullable=False),
)

SCORE_TOUCHES = Table(  # touches a day; of the erased apart: they cannot be counted again
    "scoreboard_touches",
    TABLES,
    Column("generation", Integer, nullable=False),
    Column("asset", Text, nullable=False),  # empty: all touches; else what they were about
    Column("day", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("human", BigInteger, nullable=False),
    Column("machine", BigInteger, nullable=False),
    Column("unsure", BigInteger, nullable=False),
    Column("erased_human", BigInteger, nullable=False),
    Column("erased_machine", BigInteger, nullable=False),
    Column("erased_unsure", BigInteger, nullable=False),
    PrimaryKeyConstraint("generation", "asset", "day", "source"),
    sqlite_with_rowid=False,
)

SCORE_STATE = Table(  # one row: what counts now, and how far counting again has come
    "scoreboard_state",
    TABLES,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("generation", Integer, nullable=False),  # of the tallies that are read
    Column("zone", Text, nullable=False),  # days were counted in; empty: never yet
    Column("state", Text, nullable=False),  # asked, running, done
    Column("phase", Text, nullable=False),  # handoffs, then leads
    id_column("cursor"),  # all up to it were counted again
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
)
