"""Ingest's metrics. Labels are names of sources, never of people."""

from prometheus_client import Gauge

LEDGER = Gauge(
    "relevo_ledger_events",
    "Events of a source by what became of them; received is the sum of the others.",
    ("source", "state"),
)
LEDGER_GAP = Gauge(
    "relevo_ledger_gap", "Events of a source unaccounted for. Not 0: raise the alarm.", ("source",)
)
OLDEST_PENDING_SECONDS = Gauge(
    "relevo_receipt_oldest_pending_seconds",
    "Age of the oldest receipt that has not been read.",
    ("source",),
)
IMPORTED = Gauge(
    "relevo_imported_events",
    "Events of a source that files brought and nobody before.",
    ("source",),
)
PARKED_RECEIPTS = Gauge(
    "relevo_parked_receipts",
    "Receipts of a source that cannot be read, by the code of the reason.",
    ("source", "reason"),
)
RETRY_LEFT = Gauge(
    "relevo_retry_receipts_left", "Parked receipts that a retry has still to put back."
)
TOUCHES_MADE_BY = Gauge(
    "relevo_touches_made_by",
    "Touches of a source by who made them, as they are judged now.",
    ("source", "made_by"),
)
UNMAPPED_NAMES = Gauge(
    "relevo_unmapped_event_names", "Event names of a source without a touch kind.", ("source",)
)
