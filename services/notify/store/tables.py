"""The tables of notify."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from shared.access import key_table
from shared.audit import audit_table
from shared.console.session_copies import session_table
from shared.consumer import consumer_tables
from shared.db import Json, UtcDateTime, id_column, metadata
from shared.idempotency import idempotency_table
from shared.lease import lease_table
from shared.outbox import outbox_table

TABLES = metadata()

outbox = outbox_table(TABLES)
lease = lease_table(TABLES)
consumer = consumer_tables(TABLES)
api_key = key_table(TABLES)
console_session = session_table(TABLES)
idempotent_answer = idempotency_table(TABLES)
audit = audit_table(TABLES)

# One row. Whoever takes positions locks it until the commit, so positions become visible in
# their order, and a reader that remembers the last one it saw never skips an event.
feed_end = Table(
    "feed_end",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

feed_event = Table(
    "feed_event",
    TABLES,
    # An INTEGER PRIMARY KEY is SQLite's own row number and costs no second index.
    Column(
        "position",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("key", Text, nullable=False),
    id_column("lead_id"),
    id_column("handoff_id"),
    Column("policy", Text),
    Column("traceparent", Text),
    Column("stored_at", UtcDateTime, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
Index(None, feed_event.c.stored_at)
Index(None, feed_event.c.lead_id)

subscription = Table(
    "subscription",
    TABLES,
    id_column(primary_key=True),
    Column("name", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("event_types", Json, nullable=False),
    Column("policies", Json),
    Column("headers", Json, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("contact_email", Text),
    Column("state", Text, nullable=False),  # active, paused or disabled
    Column("reason", Text),
    Column("secrets", Json, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("last_success_at", UtcDateTime),
    Column("last_failure_at", UtcDateTime),
    Column("last_failure", Text),  # why the last attempt failed
    Column("failing_since", UtcDateTime),
    Column("warned_at", UtcDateTime),
    Column("disabled_at", UtcDateTime),
    # Sending the past again, a step at a time: by positions of the feed, both ends included.
    Column("replay_first", BigInteger),
    Column("replay_next", BigInteger),
    Column("replay_end", BigInteger),
    # Sending again what is parked since before a moment: where the next step begins, how many
    # deliveries that is in all, and how many of them are done.
    Column("redeliver_next", BigInteger),
    Column("redeliver_before", UtcDateTime),
    Column("redeliver_total", Integer),
    Column("redeliver_done", Integer),
    CheckConstraint("state IN ('active', 'paused', 'disabled')", name="state"),
)

# How a subscription's attempts went, hour by hour: what is asked of a week must not cost as
# much as the week had deliveries.
subscription_hour = Table(
    "subscription_hour",
    TABLES,
    id_column("subscription_id", primary_key=True),
    Column("hour", UtcDateTime, primary_key=True),
    Column("succeeded", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("total_ms", BigInteger, nullable=False),
    Column("slowest_ms", Integer, nullable=False),
)
Index(None, subscription_hour.c.hour)

# What notify knows of a hand-off: enough to ask whether a message about it is still needed.
handoff = Table(
    "handoff",
    TABLES,
    id_column("handoff_id", primary_key=True),
    id_column("lead_id", nullable=False),
    id_column("owner_id", nullable=False),
    Column("stage", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("ready_position", BigInteger),
)

person = Table(
    "person",
    TABLES,
    id_column("person_id", primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("roles", Json, nullable=False, server_default="[]"),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("channels", Json, nullable=False),
    Column("active", Boolean, nullable=False),
)

# One message for one person: what the console's inbox shows and what the channels carry. It is
# made of events about a hand-off, or says by itself (``notice``) what is wrong elsewhere.
notification = Table(
    "notification",
    TABLES,
    id_column(primary_key=True),
    id_column("person_id", nullable=False),
    id_column("handoff_id"),  # none, as the lead, where it is about a policy
    id_column("lead_id"),
    Column("step", Text, nullable=False),
    Column("dedupe", Text, nullable=False),
    Column("positions", Json, nullable=False),
    Column("notice", Json),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("state", Text, nullable=False),  # open, told, not_needed or failed
    Column("tried", Json, nullable=False, server_default="[]"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    UniqueConstraint("dedupe"),
    CheckConstraint("state IN ('open', 'told', 'not_needed', 'failed')", name="state"),
)
Index(None, notification.c.person_id, notification.c.id)
Index(None, notification.c.handoff_id, notification.c.step)
Index(None, notification.c.created_at)

# One event for one subscription, or one message for one person on one channel. It is
# ``waiting`` while an earlier event of the same key is not settled. ``claim`` rises with
# each sender that takes the row, so one that froze and comes back settles nothing.
delivery = Table(
    "delivery",
    TABLES,
    id_column(primary_key=True),
    id_column("subscription_id"),
    id_column("notification_id"),
    Column("position", BigInteger),
    Column("event_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("key", Text, nullable=False),
    id_column("lead_id"),
    id_column("handoff_id"),
    id_column("person_id"),
    Column("channel", Text, nullable=False),
    Column("address", Text),  # a person's; a subscription has its own
    Column("state", Text, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("attempts", Json, nullable=False, server_default="[]"),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("claim", Integer, nullable=False, server_default="0"),
    Column("claimed_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("reason", Text),  # why it is parked, not needed, or failed last
    CheckConstraint("(subscription_id IS NULL) != (notification_id IS NULL)", name="target"),
    CheckConstraint(
        "state IN ('pending', 'waiting', 'delivered', 'parked', 'not_needed')", name="state"
    ),
    UniqueConstraint("subscription_id", "position"),
)
# Written out, not bound: SQLite uses a partial index only where the query says the same.
IS_PENDING = delivery.c.state == literal_column("'pending'")
IS_OPEN = delivery.c.settled_at.is_(None)
Index(
    "ix_delivery_due",
    delivery.c.subscription_id,
    delivery.c.next_attempt_at,
    postgresql_where=IS_PENDING,
    sqlite_where=IS_PENDING,
)
Index(
    "ix_delivery_open",
    delivery.c.subscription_id,
    delivery.c.key,
    delivery.c.position,
    postgresql_where=IS_OPEN,
    sqlite_where=IS_OPEN,
)
IS_PARKED = delivery.c.state == literal_column("'parked'")
Index(
    "ix_delivery_parked",
    delivery.c.settled_at,
    delivery.c.id,
    postgresql_where=IS_PARKED,
    sqlite_where=IS_PARKED,
)
# The parked ones of one subscription, in the order they are sent again.
Index(
    "ix_delivery_failed",
    delivery.c.subscription_id,
    delivery.c.position,
    postgresql_where=IS_PARKED,
    sqlite_where=IS_PARKED,
)
IS_NOT_NEEDED = delivery.c.state == literal_column("'not_needed'")
Index(
    "ix_delivery_not_needed",
    delivery.c.id,
    postgresql_where=IS_NOT_NEEDED,
    sqlite_where=IS_NOT_NEEDED,
)
TELLS_SOMEBODY = delivery.c.person_id.is_not(None)
Index(
    "ix_delivery_person",
    delivery.c.person_id,
    delivery.c.id,
    postgresql_where=TELLS_SOMEBODY,
    sqlite_where=TELLS_SOMEBODY,
)
Index(None, delivery.c.lead_id)
