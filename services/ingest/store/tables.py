"""Ingest's tables."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from shared.access import key_table
from shared.audit import audit_table
from shared.console.session_copies import session_table
from shared.consumer import consumer_tables
from shared.db import Json, UtcDateTime, id_column, metadata
from shared.idempotency import idempotency_table
from shared.lease import lease_table

TABLES = metadata()

SOURCE = Table(
    "source",
    TABLES,
    id_column(primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("vendor", Text, nullable=False),
    Column("state", Text, nullable=False),  # active, paused or archived
    Column("settings", Json, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# A token is kept as its hash. A signing secret has to be known to check a signature.
CREDENTIAL = Table(
    "credential",
    TABLES,
    id_column(primary_key=True),
    id_column("source_id", nullable=False, index=True),
    Column("kind", Text, nullable=False),  # token or secret
    Column("hash", Text, nullable=False, unique=True),
    Column("secret", Text),
    Column("last4", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
)

# A request as it arrived. No foreign key: its check would cost more than the row.
RECEIPT = Table(
    "receipt",
    TABLES,
    id_column(primary_key=True),
    id_column("source_id", nullable=False),
    Column("vendor", Text, nullable=False),  # who reads it: the door decides, not only the source
    Column("received_at", UtcDateTime, nullable=False),
    Column("request", LargeBinary, nullable=False),  # its head, see `heads`
    Column("body", LargeBinary, nullable=False),
    # pending, held (source paused), read, parked, or discarded: parked, and nobody wants it
    Column("state", Text, nullable=False),
    Column("events", Integer, nullable=False),  # before the reading: what the door counted
    Column("published", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("parked", Integer, nullable=False),
    Column("reason", Text),  # the code of the first fault
    Column("read_at", UtcDateTime),
    # Set while it is discarded.
    Column("discarded_by", Text),
    Column("discarded_at", UtcDateTime),
    Column("discarded_why", Text),
    CheckConstraint(
        "state IN ('pending', 'held') OR events = published + duplicates + parked", name="adds_up"
    ),
)
# Those that wait are few and are taken in order; an index on all of them by their source would
# cost each request at the door.
for _state in ("pending", "held", "read", "parked", "discarded"):
    Index(
        f"ix_receipt_{_state}",
        *(
            (RECEIPT.c.id,)
            if _state in ("pending", "held")
            else (RECEIPT.c.source_id, RECEIPT.c.id)
        ),
        postgresql_where=RECEIPT.c.state == _state,
        sqlite_where=RECEIPT.c.state == _state,
    )

# What a receipt was before somebody repaired it, one row for each repair; the first is as it came.
REPAIR = Table(
    "receipt_repair",
    TABLES,
    id_column(primary_key=True),
    id_column("receipt_id", nullable=False, index=True),
    Column("request", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("repaired_by", Text, nullable=False),
    Column("repaired_at", UtcDateTime, nullable=False),
    Column("why", Text, nullable=False),
)

# What was published: by its key an event that comes again is recognised.
ITEM = Table(
    "item",
    TABLES,
    id_column("source_id", nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    id_column("receipt_id", nullable=False),
    Column("position", Integer, nullable=False),
    # Who made the touch, as it was told last; empty where nobody did anything, and for touches
    # from before this was kept.
    Column("made_by", Text),
    Column("made_by_reason", Text),
    Column("made_by_version", Integer),
    PrimaryKeyConstraint("source_id", "key"),
    sqlite_with_rowid=False,
)
Index(None, ITEM.c.receipt_id)

# What touches of one mail at one recipient are judged by together.
SIGHTING = Table(
    "sighting",
    TABLES,
    id_column("source_id", nullable=False),
    Column("mail", LargeBinary, nullable=False),  # digest of mail and recipient
    Column("key", Text, nullable=False),  # of the item
    id_column("receipt_id", nullable=False, index=True),
    Column("identity", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("link", LargeBinary),
    Column("made_by", Text, nullable=False),  # by the touch alone
    Column("made_by_reason", Text, nullable=False),
    Column("settles_at", UtcDateTime),  # empty once it waits for no others
    PrimaryKeyConstraint("source_id", "mail", "key"),
    sqlite_with_rowid=False,
)
Index(
    "ix_sighting_waits",
    SIGHTING.c.settles_at,
    postgresql_where=SIGHTING.c.settles_at.is_not(None),
    sqlite_where=SIGHTING.c.settles_at.is_not(None),
)

# How many touches of a source have which mark, for which reason.
MARK_COUNT = Table(
    "mark_count",
    TABLES,
    id_column("source_id", nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_by_reason", Text, nullable=False),
    Column("made_by_version", Integer, nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("source_id", "made_by", "made_by_reason", "made_by_version"),
)

# Touches are judged again out of their receipts, a page at a time.
REJUDGING = Table(
    "rejudging",
    TABLES,
    id_column(primary_key=True),
    id_column("source_id"),  # empty: of every source
    Column("since", UtcDateTime),
    id_column("last_receipt_id", nullable=False),  # what came later is judged anyway
    id_column("cursor"),
    Column("receipts", BigInteger, nullable=False),
    Column("touches", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("moved_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
)

# Events without an id of the vendor's, for the ten minutes their content identifies them.
RECENT_CONTENT = Table(
    "recent_content",
    TABLES,
    id_column("source_id", nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("first_at", UtcDateTime, nullable=False, index=True),
    id_column("receipt_id", nullable=False),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("source_id", "fingerprint"),
    sqlite_with_rowid=False,
)

# What reading a receipt found wrong with one of its events, or with all of it.
FAULT = Table(
    "fault",
    TABLES,
    id_column("receipt_id", nullable=False),
    Column("position", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("place", Text, nullable=False),
    PrimaryKeyConstraint("receipt_id", "position"),
)

# A file of exported activity, and how far it was taken in. Kept for good: it is small, and
# the ledger tells what it brought.
IMPORT = Table(
    "activity_import",
    TABLES,
    id_column(primary_key=True),
    id_column("source_id", nullable=False),
    Column("file", Text, nullable=False),  # its name
    Column("digest", Text, nullable=False),  # SHA-256 of its bytes, in hex
    Column("plan", Json, nullable=False),  # how its rows are read
    Column("total", BigInteger, nullable=False),  # rows in the file
    Column("position", BigInteger, nullable=False),  # rows judged so far
    Column("rejected", BigInteger, nullable=False),  # of those: could not be taken
    Column("first_at", UtcDateTime),  # when the earliest event of the taken rows happened
    Column("last_at", UtcDateTime),
    Column("started_by", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
)
Index(None, IMPORT.c.source_id, IMPORT.c.digest)

# Which receipts an import stored; forgotten with them.
IMPORT_RECEIPT = Table(
    "import_receipt",
    TABLES,
    id_column("receipt_id", primary_key=True),
    id_column("import_id", nullable=False, index=True),
)

# A file given to the console, until an import has taken it in.
IMPORT_FILE = Table(
    "import_file",
    TABLES,
    id_column(primary_key=True),
    id_column("source_id", nullable=False),
    id_column("import_id", unique=True),  # empty: looked at, and not begun
    Column("name", Text, nullable=False),
    Column("given", Json, nullable=False),  # how it is to be read, as it was asked
    Column("looked", Json, nullable=False),  # what looking at it found
    Column("content", LargeBinary, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
)

# What an import brought, by the day it happened (UTC): so the days of a gap are seen.
IMPORT_DAY = Table(
    "import_day",
    TABLES,
    id_column("import_id", nullable=False),
    Column("day", Text, nullable=False),  # 2024-03-04
    Column("published", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    PrimaryKeyConstraint("import_id", "day"),
)

# One retry, or discarding, of a group of parked receipts, in steps: from the cursor to the last.
RETRY = Table(
    "receipt_retry",
    TABLES,
    id_column(primary_key=True),
    Column("scope", Text, nullable=False),  # what is done to which group, in one word
    Column("what", Text, nullable=False, server_default="retry"),  # retry or discard
    id_column("source_id"),  # null: of every source
    Column("reason", Text),  # null: for any reason
    Column("total", BigInteger, nullable=False),  # how many were parked at the start
    Column("retried", BigInteger, nullable=False),
    id_column("cursor"),  # the latest receipt that was looked at
    id_column("until"),  # the last one that was parked at the start; null: none was
    Column("why", Text, nullable=False, server_default=""),  # until it is with every receipt
    Column("asked_by", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
)
Index(  # of a group one retry at a time
    "uq_receipt_retry_open",
    RETRY.c.scope,
    unique=True,
    postgresql_where=RETRY.c.finished_at.is_(None),
    sqlite_where=RETRY.c.finished_at.is_(None),
)

# Until when the pace of imports and retries is used up.
PACE = Table(
    "pace",
    TABLES,
    Column("name", Text, primary_key=True),
    Column("next_at", UtcDateTime, nullable=False),
)

# What became of all events of a source, ever.
LEDGER = Table(
    "ledger",
    TABLES,
    id_column("source_id", primary_key=True),
    *(
        Column(name, BigInteger, nullable=False)
        for name in (
            "received",
            "published",
            "duplicates",
            "variants",
            "parked",
            "expired",
            "forgotten",
        )
    ),
    Column("discarded", BigInteger, nullable=False, server_default="0"),
    Column("last_received_at", UtcDateTime),
)

# The same by the day its receipt arrived (UTC), but for what was forgotten. Of what waits the
# part that was read before is in it; the other part comes with its first reading.
LEDGER_DAY = Table(
    "ledger_day",
    TABLES,
    id_column("source_id", nullable=False),
    Column("day", Text, nullable=False),  # 2024-03-04
    *(
        Column(name, BigInteger, nullable=False)
        for name in ("received", "published", "duplicates", "parked", "discarded", "expired")
    ),
    PrimaryKeyConstraint("source_id", "day"),
)

# Event names no table maps to a touch kind.
UNMAPPED = Table(
    "unmapped_name",
    TABLES,
    id_column("source_id", nullable=False),
    Column("name", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    id_column("receipt_id", nullable=False),
    PrimaryKeyConstraint("source_id", "name"),
)

# What the doors refused of late, for whoever connects a tool. Few rows: one for each reason.
REFUSAL = Table(
    "refusal",
    TABLES,
    id_column("source_id", nullable=False),
    Column("reason", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("detail", Json, nullable=False),
    PrimaryKeyConstraint("source_id", "reason"),
)

# Receipts that name an erased person are to be emptied.
ERASING = Table(
    "erasing",
    TABLES,
    id_column(primary_key=True),
    Column("salt", Text, nullable=False),
    Column("digests", Json, nullable=False),
    id_column("last_receipt_id", nullable=False),
    id_column("cursor"),
    Column("receipts", BigInteger, nullable=False),
    Column("ordered_at", UtcDateTime, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
)

# What people are called, copied from handoff: who did something here is known by id.
PERSON = Table(
    "person",
    TABLES,
    id_column("person_id", primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
)

API_KEY = key_table(TABLES)
CONSOLE_SESSION = session_table(TABLES)
IDEMPOTENCY = idempotency_table(TABLES)
AUDIT = audit_table(TABLES)
LEASE = lease_table(TABLES)
CONSUMER_TABLES = consumer_tables(TABLES)
