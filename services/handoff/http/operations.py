"""What who runs the installation looks after in handoff: parked events, and the audit."""

from fastapi import APIRouter

from services.handoff.store.tables import AUDIT, CONSUMER
from services.handoff.unit_of_work import Parts
from shared.access import KeyRing
from shared.operations import audit_router, parked_router
from shared.routes import gathered


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return handoff's routes below ``/v1/operations``."""
    return gathered(
        (
            parked_router(parts.db.service, parts.db, CONSUMER.parked, AUDIT, keys),
            audit_router("/v1/operations/audit", parts.db, AUDIT, keys),
        )
    )
