"""Tables of the console: who may sign in, who is signed in, promises to leads, saved views,
forms that were taken, steps of the first run that somebody skipped.
"""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from services.handoff.store.catalogue import TABLES
from shared.db import UtcDateTime, id_column

CREDENTIAL = Table(
    "credential",
    TABLES,
    id_column("person_id", primary_key=True),
    Column("password_hash", Text, nullable=False),  # argon2id, with its parameters and salt
    Column("changed_at", UtcDateTime, nullable=False),
)

PASSWORD_LINK = Table(  # a way to set a password once
    "password_link",
    TABLES,
    id_column("link_id", primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    id_column("person_id", nullable=False, index=True),
    Column("made_by", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
)

SESSION = Table(
    "console_session",
    TABLES,
    id_column("session_id", primary_key=True),
    Column("revision", BigInteger, nullable=False, server_default="1"),
    Column("hash", Text, nullable=False, unique=True),
    id_column("person_id", nullable=False, index=True),
    Column("agent", Text, nullable=False),  # what the browser calls itself
    Column("began_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),  # to the minute
    Column("ends_at", UtcDateTime, nullable=False),
)

SIGN_IN_FAILURES = Table(
    "sign_in_failures",
    TABLES,
    Column("what", Text, primary_key=True),  # digest of an account's or a caller's address
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False, index=True),
)

PROMISE = Table(  # what somebody of sales said they would do for a lead, and by when
    "promise",
    TABLES,
    id_column("promise_id", primary_key=True),
    id_column("handoff_id", nullable=False, index=True),
    id_column("person_id", nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("kept_at", UtcDateTime),
)

SAVED_VIEW = Table(
    "saved_view",
    TABLES,
    id_column("view_id", primary_key=True),
    id_column("person_id", nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),  # of the page's address, without the cursor
    Column("made_at", UtcDateTime, nullable=False),
)

IDENTITY = Table(  # whom a provider of accounts means
    "sign_in_identity",
    TABLES,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    id_column("person_id", nullable=False, index=True),
    Column("linked_at", UtcDateTime, nullable=False),
)

USED_RETURN = Table(  # a way back from a provider works once
    "used_return",
    TABLES,
    Column("hash", Text, primary_key=True),
    Column("used_at", UtcDateTime, nullable=False, index=True),
)

TAKEN_FORM = Table(  # a form sent twice counts once
    "taken_form",
    TABLES,
    Column("hash", Text, primary_key=True),
    Column("taken_at", UtcDateTime, nullable=False, index=True),
)

SKIPPED_STEP = Table(  # of the first run
    "skipped_step",
    TABLES,
    Column("step", Text, primary_key=True),
    Column("skipped_by", Text, nullable=False),
    Column("skipped_at", UtcDateTime, nullable=False),
)

SAMPLE_LEAD = Table(  # made up on somebody's order, to see one go all the way
    "sample_lead",
    TABLES,
    id_column("order_id", primary_key=True),
    Column("email", Text, nullable=False),
    Column("ordered_by", Text, nullable=False),
    Column("ordered_at", UtcDateTime, nullable=False),
)
