"""Tables of the agreement: versions, what is folded for them, reviews and batches."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from services.handoff.store.catalogue import TABLES
from shared.db import Json, UtcDateTime, id_column

TRIAL = Table(  # policies that may run unsigned; the first signed version ends it for ever
    "trial",
    TABLES,
    Column("policy", Text, primary_key=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("began_by", Text, nullable=False),
)

POLICY_VERSION = Table(
    "policy_version",
    TABLES,
    id_column("version_id", primary_key=True),
    Column("policy", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),  # the document as it was written
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),  # draft, scheduled, in_force or succeeded
    Column("agreement", Text, nullable=False),  # trial or signed
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("restored_from", Integer),  # number of the version whose text it has
    Column("tried_at", UtcDateTime),
    Column("tried_by", Text),
    id_column("tryout_id"),
    id_column("marketing_signed_by"),
    Column("marketing_signed_at", UtcDateTime),
    Column("marketing_comment", Text),
    id_column("sales_signed_by"),
    Column("sales_signed_at", UtcDateTime),
    Column("sales_comment", Text),
    Column("starts_at", UtcDateTime),  # of a scheduled one
    Column("scheduled_by", Text),
    Column("activated_at", UtcDateTime),
    Column("activated_by", Text),
    Column("succeeded_at", UtcDateTime),
    Column("retired_at", UtcDateTime),  # succeeded by none
    Column("retired_by", Text),
    Column("retired_why", Text),
    Column("trial_of", Text),  # of one in force unsigned: the trial that lets it be
    UniqueConstraint("policy", "number"),
    ForeignKeyConstraint(["trial_of"], ["trial.policy"]),
    ForeignKeyConstraint(["marketing_signed_by"], ["person.person_id"]),
    ForeignKeyConstraint(["sales_signed_by"], ["person.person_id"]),
    # What may decide is not left to the code that asks: these hold whoever writes.
    CheckConstraint("state IN ('draft', 'scheduled', 'in_force', 'succeeded')", name="state"),
    CheckConstraint("marketing_signed_by <> sales_signed_by", name="two_people"),
    CheckConstraint(
        "tried_at IS NOT NULL OR (marketing_signed_by IS NULL AND sales_signed_by IS NULL)",
        name="tried_before_signed",
    ),
    CheckConstraint(
        "agreement = 'trial' OR (agreement = 'signed'"
        " AND marketing_signed_by IS NOT NULL AND sales_signed_by IS NOT NULL)",
        name="signed_by_both",
    ),
    CheckConstraint(
        "state <> 'in_force' OR agreement = 'signed' OR trial_of IS NOT NULL",
        name="signed_or_on_trial",
    ),
    CheckConstraint("trial_of = policy", name="own_trial"),
    CheckConstraint(
        "state <> 'scheduled' OR (agreement = 'signed' AND starts_at IS NOT NULL)",
        name="scheduled_signed",
    ),
)

for _state in ("in_force", "scheduled"):  # one version of each policy at most
    _is = POLICY_VERSION.c.state == _state
    Index(
        f"uq_policy_version_{_state}",
        POLICY_VERSION.c.policy,
        unique=True,
        postgresql_where=_is,
        sqlite_where=_is,
    )

POLICY_REVIEW = Table(  # a review that was held
    "policy_review",
    TABLES,
    id_column("review_id", primary_key=True),
    Column("policy", Text, nullable=False),
    id_column("version_id", nullable=False),  # the one in force then
    Column("number", Integer, nullable=False),
    Column("held_at", UtcDateTime, nullable=False),
    id_column("held_by", nullable=False),
    Column("comment", Text, nullable=False),
    Column("targets", Json, nullable=False),  # as they were measured then
)
Index("ix_policy_review_held", POLICY_REVIEW.c.policy, POLICY_REVIEW.c.held_at)

POLICY_PROPOSAL = Table(  # why a review was proposed, once for each reason
    "policy_proposal",
    TABLES,
    id_column("proposal_id", primary_key=True),
    id_column("version_id", nullable=False),
    Column("cause", Text, nullable=False),  # review_date, or the target that is missed
    Column("about", UtcDateTime, nullable=False),  # that date; since when the target's cases count
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("target", Json),  # as it was measured
    UniqueConstraint("version_id", "cause", "about"),
)

LEAD_SIGNALS = Table(
    "lead_signals",
    TABLES,
    id_column("lead_id", nullable=False),
    Column("shape", LargeBinary, nullable=False),  # of the fold; versions can share it
    Column("signals", LargeBinary, nullable=False),
    PrimaryKeyConstraint("lead_id", "shape"),
    sqlite_with_rowid=False,
)

FOLD = Table(  # the shapes that states are stored of, and how far old leads are folded for them
    "fold",
    TABLES,
    Column("shape", LargeBinary, primary_key=True),
    id_column("version_id", nullable=False),  # a version with this shape
    Column("state", Text, nullable=False),  # folding, folded or leaving
    id_column("cursor"),  # the last lead that was taken
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger),  # leads there were at the start
    Column("rate", Float),  # leads a second, of late
    Column("asked_by", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("moved_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    sqlite_with_rowid=False,
)

BATCH = Table(  # leads a version would call ready, listed for people to choose from
    "batch",
    TABLES,
    id_column("batch_id", primary_key=True),
    Column("policy", Text, nullable=False),
    id_column("version_id", nullable=False, index=True),
    id_column("compared_id"),  # the version that did not call them ready
    Column("state", Text, nullable=False),  # making, stopped, made, handing_over, handed_over…
    id_column("cursor"),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger),
    Column("rate", Float),
    Column("made_by", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("per_hour", Integer, nullable=False),
    Column("per_day", Integer, nullable=False),
    Column("handed_over_by", Text),  # who asked for it last
    Column("handed_over_at", UtcDateTime),
)

BATCH_ITEM = Table(
    "batch_item",
    TABLES,
    id_column("batch_id", nullable=False),
    id_column("lead_id", nullable=False),
    Column("state", Text, nullable=False),  # listed, waiting, handed_over or skipped
    Column("gate", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("engagement", Float, nullable=False),
    Column("fit", Float, nullable=False),
    Column("deciding", Json, nullable=False),  # ids of touches
    Column("why_not", Json, nullable=False),  # what the version compared with said
    Column("ticked_by", Text),
    Column("ticked_at", UtcDateTime),
    Column("reason", Text),  # why it was skipped
    id_column("handoff_id"),
    Column("settled_at", UtcDateTime),
    PrimaryKeyConstraint("batch_id", "lead_id"),
)
Index(
    "ix_batch_item_engagement", *(BATCH_ITEM.c[it] for it in ("batch_id", "engagement", "lead_id"))
)
Index("ix_batch_item_state", *(BATCH_ITEM.c[it] for it in ("batch_id", "state", "ticked_by")))
_HANDED_OVER = BATCH_ITEM.c.state == "handed_over"
Index(  # how many the last hour and day brought
    "ix_batch_item_handed_over",
    BATCH_ITEM.c.settled_at,
    postgresql_where=_HANDED_OVER,
    sqlite_where=_HANDED_OVER,
)

TRYOUT = Table(  # a candidate tried on history, from the request to its result
    "tryout",
    TABLES,
    id_column("tryout_id", primary_key=True),
    Column("state", Text, nullable=False),  # queued, running, done, stopped or failed
    Column("policy", Text, nullable=False),
    id_column("version_id"),  # of a stored candidate; null: its text is all there is
    Column("number", Integer),
    Column("text", Text, nullable=False),
    Column("digest", Text, nullable=False),
    id_column("against_id"),  # the version it is compared with; null: none
    Column("from_at", UtcDateTime, nullable=False),
    Column("to_at", UtcDateTime, nullable=False),
    Column("lateness", Text, nullable=False),  # as_received or as_happened
    Column("open_for_s", BigInteger),  # as asked for; null: by what sales took so far
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("leads_done", BigInteger, nullable=False),
    Column("leads_total", BigInteger),
    Column("touches", BigInteger, nullable=False),  # looked at so far
    Column("is_stopping", Boolean, nullable=False),  # somebody asked for an end
    Column("worker", Text),
    Column("leased_until", UtcDateTime),
    Column("tries", Integer, nullable=False),
    Column("error", Text),
    Column("result", Json),
)
Index("ix_tryout_created", TRYOUT.c.created_at, TRYOUT.c.tryout_id)
