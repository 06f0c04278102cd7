"""Handoff's own metrics, beside those every service has."""

from prometheus_client import Counter, Gauge
from sqlalchemy import Connection

from services.handoff.store import batches, folds

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


def measure_changing(conn: Connection) -> None:
    """Set the gauges of what a change of version asks for."""
    REFOLD_LEADS_LEFT.set(folds.leads_left(conn))
    BATCH_LEADS_WAITING.set(batches.waiting_count(conn))
