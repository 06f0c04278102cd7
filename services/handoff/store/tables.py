"""Handoff's tables. Nobody but this service reads or writes them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    and_,
    text,
)

from services.handoff.store import (  # noqa: F401 - they add their tables to the catalogue
    console_tables,
    scope_tables,
    scoreboard_tables,
)
from services.handoff.store.account_domain import account_domain_of
from services.handoff.store.calendar_tables import CALENDAR as CALENDAR
from services.handoff.store.calendar_tables import CALENDAR_REVISION as CALENDAR_REVISION
from services.handoff.store.calendar_tables import PERSON_HOURS as PERSON_HOURS
from services.handoff.store.catalogue import TABLES as TABLES
from services.handoff.store.clock_tables import HANDOFF_DEADLINE as HANDOFF_DEADLINE
from services.handoff.store.clock_tables import HANDOFF_PAUSE as HANDOFF_PAUSE
from services.handoff.store.lead_words import LEAD_WORD as LEAD_WORD
from services.handoff.store.link_tables import USED_LINK as USED_LINK
from services.handoff.store.policy_tables import (
    BATCH as BATCH,
)
from services.handoff.store.policy_tables import (
    BATCH_ITEM as BATCH_ITEM,
)
from services.handoff.store.policy_tables import (
    FOLD as FOLD,
)
from services.handoff.store.policy_tables import (
    LEAD_SIGNALS as LEAD_SIGNALS,
)
from services.handoff.store.policy_tables import (
    POLICY_PROPOSAL as POLICY_PROPOSAL,
)
from services.handoff.store.policy_tables import (
    POLICY_REVIEW as POLICY_REVIEW,
)
from services.handoff.store.policy_tables import (
    POLICY_VERSION as POLICY_VERSION,
)
from services.handoff.store.policy_tables import (
    TRIAL as TRIAL,
)
from services.handoff.store.policy_tables import (
    TRYOUT as TRYOUT,
)
from services.handoff.store.routing_tables import TURN as TURN
from services.handoff.store.territory_tables import TERRITORY as TERRITORY
from services.handoff.store.territory_tables import TERRITORY_REVISION as TERRITORY_REVISION
from shared.access import key_table
from shared.audit import audit_table
from shared.consumer import consumer_tables
from shared.db import Json, UtcDateTime, id_column
from shared.idempotency import idempotency_table
from shared.lease import lease_table
from shared.outbox import outbox_table
from shared.timers import timer_table

OUTBOX = outbox_table(TABLES)
LEASE = lease_table(TABLES)
CONSUMER = consumer_tables(TABLES)
TIMER = timer_table(TABLES)
API_KEY = key_table(TABLES)
IDEMPOTENCY = idempotency_table(TABLES)
AUDIT = audit_table(TABLES)

# --- who works with leads ---------------------------------------------------------------------

PERSON = Table(
    "person",
    TABLES,
    id_column("person_id", primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, unique=True),
    Column("roles", Json, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("channels", Json, nullable=False),  # [{channel, address}], in the order they are tried
    Column("active", Boolean, nullable=False),
    Column("languages", Json),  # spoken with leads; null: the one they are written to in
    Column("skills", Json),
    Column("last_day", Date),  # in their zone; they leave when it ends
)

TEAM = Table(
    "team",
    TABLES,
    id_column("team_id", primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("name", Text, nullable=False, unique=True),
    id_column("fallback_id", nullable=False),  # the person told when nobody else can be
    Column("takes_leads", Boolean, nullable=False),  # the team new hand-offs go to
    id_column("calendar_id"),  # its hours; None: day and night
    Column("fallbacks", Json),  # ids of people, in order, before the last one above
    Column("window_days", Integer, nullable=False, server_default="7"),  # of a fair share
    Column("requires", Json),  # language, skill: nobody gets the lead without; else preferred
    Column("turns_at", UtcDateTime),  # the moment of which its members' ``behind`` tells
)
Index(  # one team at most
    "uq_team_takes_leads",
    TEAM.c.takes_leads,
    unique=True,
    postgresql_where=text("takes_leads"),
    sqlite_where=text("takes_leads"),
)

TEAM_MEMBER = Table(
    "team_member",
    TABLES,
    id_column("team_id", nullable=False),
    id_column("person_id", nullable=False),
    Column("dealt", BigInteger, nullable=False),  # hand-offs given by rotation
    Column("last_dealt_at", UtcDateTime),
    Column("weight", Float, nullable=False, server_default="1"),  # of the turns; 0: none
    Column("cap", Integer),  # open hand-offs at most
    Column("behind", Float, nullable=False, server_default="0"),  # leads; see domain/turns
    PrimaryKeyConstraint("team_id", "person_id"),
)

# --- who the leads are ------------------------------------------------------------------------

ACCOUNT = Table(
    "account",
    TABLES,
    id_column("account_id", primary_key=True),
    Column("domain", Text, nullable=False, unique=True),
    Column("facts", Json, nullable=False),  # {name: [value, moment, source]}
    Column("created_at", UtcDateTime, nullable=False),
)

LEAD = Table(
    "lead",
    TABLES,
    id_column("lead_id", primary_key=True),
    # The lead this one is merged into, itself otherwise. Touches, facts and folded signals
    # stay with the lead they were recorded under: a merged lead is the union of its
    # members, and undoing a merge only moves this pointer back.
    id_column("root_id", nullable=False),
    Column("is_known", Boolean, nullable=False),  # has an identifier that names a person
    Column("identifiers", Integer, nullable=False),  # how many; there is a limit
    Column("facts", Json, nullable=False),  # {name: [value, moment, source]}
    # Of what was known of the lead and its account when it was last judged: what differs
    # from it is written into the history.
    Column("facts_digest", BigInteger),
    Column("consent", Json, nullable=False),  # {channel: [status, moment, source]}
    Column("sequence", BigInteger, nullable=False),  # of the last event about this lead
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("erased_at", UtcDateTime),  # nothing is known of it any more, but that it was
)
Index("ix_lead_root_id", LEAD.c.root_id, LEAD.c.lead_id)  # members, without looking at them
Index("ix_lead_account_domain", account_domain_of(LEAD.c.facts))
Index("ix_lead_created_at", LEAD.c.created_at, LEAD.c.lead_id)

IDENTIFIER = Table(
    "identifier",
    TABLES,
    Column("value", Text, primary_key=True),
    id_column("lead_id", nullable=False, index=True),  # as first seen; its root is the lead's
    Column("created_at", UtcDateTime, nullable=False),
    # When its lead changed from this address, and to it, the last time each. One that a lead
    # has no longer finds the lead and joins it with nobody.
    Column("left_at", UtcDateTime),
    Column("taken_at", UtcDateTime),
)

# Keyed digests of what named erased leads: what they did before is not taken in again.
ERASED_IDENTIFIER = Table(
    "erased_identifier",
    TABLES,
    Column("digest", LargeBinary, primary_key=True),
    Column("erased_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

ERASURE_KEY = Table(  # one row, made with the first erasure
    "erasure_key",
    TABLES,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
)

MERGE = Table(
    "merge",
    TABLES,
    id_column("merge_id", primary_key=True),
    id_column("lead_id", nullable=False, index=True),  # the lead that went on
    id_column("merged_lead_id", nullable=False, index=True),
    Column("members", Json, nullable=False),  # the leads that came with the merged one
    Column("because", Text, nullable=False),
    Column("merged_at", UtcDateTime, nullable=False),
    Column("place", BigInteger),  # see domain/history; null: from before there were places
    Column("undone_at", UtcDateTime),
    Column("undone_place", BigInteger),
)

TOUCH = Table(
    "touch",
    TABLES,
    id_column("touch_id", primary_key=True),
    id_column("lead_id", nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("vendor", Text, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_by_reason", Text, nullable=False),
    Column("made_by_version", Integer),  # of the heuristics; empty before they had one
    Column("judged_at", UtcDateTime),  # empty: never judged but when it came
    Column("properties", Json, nullable=False),
    Column("place", BigInteger),  # in the order of judgement; see domain/history
)
# Kind and maker are in it so that a replay need not look at the touches nobody asks for.
Index("ix_touch_lead_time", TOUCH.c.lead_id, TOUCH.c.occurred_at, TOUCH.c.kind, TOUCH.c.made_by)

LEAD_HISTORY = Table(  # what was judged, and with what knowledge, beside touches and hand-offs
    "lead_history",
    TABLES,
    id_column("lead_id", nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),  # told, known or reconsidered; see store/history
    Column("at", UtcDateTime, nullable=False),
    Column("detail", Json, nullable=False),
    PrimaryKeyConstraint("lead_id", "place", "kind"),
    sqlite_with_rowid=False,
)

# --- hand-offs --------------------------------------------------------------------------------

HANDOFF = Table(
    "handoff",
    TABLES,
    id_column("handoff_id", primary_key=True),
    id_column("lead_id", nullable=False, index=True),
    Column("policy", Text, nullable=False),
    Column("cycle", Integer, nullable=False),
    id_column("version_id", nullable=False),
    Column("version", Integer, nullable=False),
    Column("agreement", Text, nullable=False),
    Column("gate", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("lead_name", Text, nullable=False),
    id_column("owner_id", nullable=False, index=True),
    id_column("team_id"),
    Column("engagement", Float, nullable=False),
    Column("fit", Float, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("decided_place", BigInteger),  # in the order of judgement; see domain/history
    Column("due_at", UtcDateTime, nullable=False),
    Column("accepted_by", Text),
    Column("accepted_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("first_attempt_at", UtcDateTime),
    Column("talked_at", UtcDateTime),
    Column("closed_by", Text),
    Column("closed_at", UtcDateTime),
    Column("closed_place", BigInteger),
    Column("reason", Text),
    Column("text", Text),
    Column("returns_at", UtcDateTime),
    Column("amount", Float),
    Column("currency", Text),
    Column("snapshot", LargeBinary, nullable=False),  # the sales-ready event's data, frozen
    Column("group_domain", Text),  # the account, where the hand-off is for its people together
    UniqueConstraint("lead_id", "policy", "cycle"),
)
Index("ix_handoff_decided", HANDOFF.c.decided_at, HANDOFF.c.handoff_id)
_IS_OPEN = HANDOFF.c.closed_at.is_(None)
Index(  # what sales still has to do something about
    "ix_handoff_open",
    HANDOFF.c.decided_at,
    postgresql_where=_IS_OPEN,
    sqlite_where=_IS_OPEN,
)
Index("ix_handoff_version", HANDOFF.c.version_id, HANDOFF.c.decided_at)
Index(  # what somebody has on their hands
    "ix_handoff_open_owner",
    HANDOFF.c.owner_id,
    postgresql_where=_IS_OPEN,
    sqlite_where=_IS_OPEN,
)
_IS_GROUP = HANDOFF.c.group_domain.is_not(None)
Index(
    "ix_handoff_group",
    HANDOFF.c.group_domain,
    HANDOFF.c.policy,
    postgresql_where=_IS_GROUP,
    sqlite_where=_IS_GROUP,
)
_IS_OPEN_GROUP = and_(_IS_GROUP, HANDOFF.c.closed_at.is_(None))
Index(  # the people of an account are handed over once at a time
    "uq_handoff_open_group",
    HANDOFF.c.group_domain,
    HANDOFF.c.policy,
    unique=True,
    postgresql_where=_IS_OPEN_GROUP,
    sqlite_where=_IS_OPEN_GROUP,
)

HANDOFF_HAD = Table(  # the questions of the policy, as the frozen evaluation answered them
    "handoff_had",
    TABLES,
    id_column("handoff_id", primary_key=True),
    Column("signals", Json, nullable=False),  # {name: true, or null where it is not certain}
    Column("fit", Json, nullable=False),  # {name: true, false, or null where nobody knew}
    Column("facts", Json),  # what rules may ask, of the frozen context; null: read it there
)

CYCLE = Table(
    "cycle",
    TABLES,
    id_column("lead_id", nullable=False),
    Column("policy", Text, nullable=False),
    Column("number", Integer, nullable=False),
    id_column("open_handoff_id"),
    Column("closed_at", UtcDateTime),
    Column("returns_at", UtcDateTime),  # not before, by the reason it was closed with
    PrimaryKeyConstraint("lead_id", "policy"),
)
_IS_WITH_SALES = CYCLE.c.open_handoff_id.is_not(None)
Index(  # whether a retired policy still has hand-offs under way
    "ix_cycle_open",
    CYCLE.c.policy,
    postgresql_where=_IS_WITH_SALES,
    sqlite_where=_IS_WITH_SALES,
)

ASSIGNMENT = Table(
    "assignment",
    TABLES,
    id_column("assignment_id", primary_key=True),
    id_column("handoff_id", nullable=False, index=True),
    id_column("person_id", nullable=False),
    Column("team", Text),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("considered", Json, nullable=False),
    Column("assigned_at", UtcDateTime, nullable=False),
    Column("assigned_by", Text, nullable=False),
    id_column("team_id"),
    Column("words", Json),  # the reason by language; null: said by a person, or before 0013
    Column("steps", Json),  # [{step, code, words}]: each question of the routing
    Column("parts", Json),  # {person_id: part of the lead}; null: it counted as nobody's turn
)

STEP = Table(  # what happened to a hand-off, in order: verdict, attempts, outcomes, escalations
    "handoff_step",
    TABLES,
    id_column("step_id", primary_key=True),
    id_column("handoff_id", nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("happened_at", UtcDateTime, nullable=False),
    Column("detail", Json, nullable=False),
)

TOLD = Table(  # what notify reports it did
    "told",
    TABLES,
    id_column("delivery_id", nullable=False),
    Column("succeeded", Boolean, nullable=False),
    id_column("handoff_id", index=True),
    id_column("lead_id", nullable=False),
    Column("event_type", Text, nullable=False),
    Column("channel", Text, nullable=False),
    id_column("person_id"),
    id_column("subscription_id"),
    Column("reason", Text),
    Column("told_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("delivery_id", "succeeded"),
)
