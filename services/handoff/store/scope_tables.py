"""Tables of what policies look beyond one lead at: accounts together, lists, a person's word."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from services.handoff.store.catalogue import TABLES
from shared.db import UtcDateTime, id_column

# --- the people of an account together --------------------------------------------------------

ACCOUNT_SIGNALS = Table(  # what an account's people did last, for gates that ask about several
    "account_signals",
    TABLES,
    Column("domain", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),  # what is asked, and since when: people_key
    Column("signals", LargeBinary, nullable=False),
    PrimaryKeyConstraint("domain", "key"),
    sqlite_with_rowid=False,
)

HANDOFF_PERSON = Table(  # the people of a group's hand-off, as they were recorded
    "handoff_person",
    TABLES,
    id_column("handoff_id", nullable=False),
    id_column("lead_id", nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("handoff_id", "lead_id"),
)

# --- lists that policies name -----------------------------------------------------------------

NAMED_LIST = Table(
    "named_list",
    TABLES,
    Column("name", Text, primary_key=True),
    Column("number", Integer, nullable=False),  # of the version that counts
    Column("deleted_at", UtcDateTime),  # old policy versions still name it
)

NAMED_LIST_VERSION = Table(
    "named_list_version",
    TABLES,
    Column("name", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("place", BigInteger, nullable=False),  # from where on it counts; see domain/history
    PrimaryKeyConstraint("name", "number"),
)

NAMED_LIST_VALUE = Table(  # a value with the versions it is in: from ``since``, before ``until``
    "named_list_value",
    TABLES,
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),  # as it is compared
    Column("since", Integer, nullable=False),
    Column("until", Integer),
    Column("value", Text, nullable=False),  # as it was written
    PrimaryKeyConstraint("name", "key", "since"),
)
Index("ix_named_list_value_since", NAMED_LIST_VALUE.c.name, NAMED_LIST_VALUE.c.since)
Index("ix_named_list_value_until", NAMED_LIST_VALUE.c.name, NAMED_LIST_VALUE.c.until)

# --- a person's word ---------------------------------------------------------------------------

OVERRIDE = Table(  # a person's word beside the policy's; never deleted, only lifted
    "override",
    TABLES,
    id_column("override_id", primary_key=True),
    id_column("lead_id", nullable=False, index=True),
    Column("policy", Text),  # none: every policy
    Column("ready", Boolean, nullable=False),  # handed over, or held back
    # Whose word it is: a person's beside the policy's, or what a verdict or the lead's own
    # wish causes (``handlers/holds``).
    Column("cause", Text, nullable=False, server_default="person"),
    Column("reason", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    id_column("person_id"),  # whose key it was
    Column("made_at", UtcDateTime, nullable=False),
    Column("place", BigInteger, nullable=False),  # in the order of judgement; see domain/history
    Column("until", UtcDateTime),
    id_column("handoff_id"),  # that it opened; with a verdict's cause: that was sent back
    Column("known_digest", BigInteger),  # with cause ``fix``: of what was known then
    Column("lifted_at", UtcDateTime),
    Column("lifted_place", BigInteger),
    Column("lifted_by", Text),
    Column("lifted_why", Text),
)
