"""Handoff's own metrics, beside those every service has."""

from datetime import datetime

from prometheus_client import Counter, Gauge
from sqlalchemy import Connection

from services.handoff.store import batches, folds, leaks

REFOLD_LEADS_LEFT = Gauge(
    "relevo_refold_leads_left", "Leads still to be folded in the background for a new version."
)
BATCH_LEADS_WAITING = Gauge(
    "relevo_batch_leads_waiting", "Leads ticked in a batch that wait to be handed over."
)
FELL_BACK = Counter(
    "relevo_handoffs_fell_back_total",
    "Hand-offs nobody of a team could take, so that a named person got them.",
    ["code"],
)

LEAKS = Gauge("relevo_leaks", "What must never be, by kind: see `relevo audit leaks`.", ["kind"])


def measure_leaks(conn: Connection, now: datetime) -> None:
    """Set the gauge of each kind of leak. Asked once a minute, not at each scrape."""
    for kind, count in leaks.counts(conn, now).items():
        LEAKS.labels(kind).set(count)


def measure_changing(conn: Connection) -> None:
    """Set the gauges of what a change of version asks for."""
    REFOLD_LEADS_LEFT.set(folds.leads_left(conn))
    BATCH_LEADS_WAITING.set(batches.waiting_count(conn))
