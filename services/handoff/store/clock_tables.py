"""Tables of the clocks on hand-offs: what each was counted on, what stopped it, its pauses."""

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from services.handoff.store.catalogue import TABLES
from shared.db import Json, UtcDateTime, id_column

HANDOFF_DEADLINE = Table(
    "handoff_deadline",
    TABLES,
    id_column("handoff_id", nullable=False),
    Column("kind", Text, nullable=False),  # accept or first_attempt
    Column("step", Integer, nullable=False),  # of its timer: 1 the lead's, 2 a later owner's
    Column("starts_at", UtcDateTime, nullable=False),
    Column("within_s", BigInteger, nullable=False),  # of the calendar's time
    Column("due_at", UtcDateTime, nullable=False),
    Column("asked", Text, nullable=False),  # always, team or a name, as the policy says
    Column("calendar", Text, nullable=False),  # what that was then
    id_column("calendar_id"),  # None: counted day and night
    Column("revision", BigInteger),  # of the calendar it was counted with
    Column("explanation", Json, nullable=False),  # {es, en}
    Column("ladder_step", Text),  # the step its timer is armed for; None: no step is left
    # What that step was counted on, which is newer where the deadline itself has passed.
    id_column("step_calendar_id"),
    Column("step_revision", BigInteger),
    Column("told_at", UtcDateTime),  # when somebody but the owner was told last
    # --- what stopped it; empty while it runs. Seconds are of wall and of calendar time.
    Column("stopped_at", UtcDateTime),
    Column("evidence", Text),
    Column("took_s", BigInteger),
    Column("took_working_s", BigInteger),  # without pauses
    Column("paused_s", BigInteger),
    Column("late_s", BigInteger),
    Column("late_working_s", BigInteger),
    PrimaryKeyConstraint("handoff_id", "kind", "step"),
)
Index("ix_handoff_deadline_due", HANDOFF_DEADLINE.c.due_at)
_RUNS = HANDOFF_DEADLINE.c.stopped_at.is_(None)
Index(  # few run at a time
    "ix_handoff_deadline_running",
    HANDOFF_DEADLINE.c.due_at,
    postgresql_where=_RUNS,
    sqlite_where=_RUNS,
)

HANDOFF_PAUSE = Table(
    "handoff_pause",
    TABLES,
    id_column("pause_id", primary_key=True),
    id_column("handoff_id", nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("text", Text),
    Column("began_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),  # earlier than asked for where it was ended
    Column("by", Text, nullable=False),
    Column("ended_by", Text),  # None: it ran or runs until its end
)
