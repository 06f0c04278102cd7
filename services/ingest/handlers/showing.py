"""What a stored receipt tells, read once more for people to see. Nothing is published."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Row

from services.ingest.handlers.repairs import look_through, waiting_of
from services.ingest.store.sources import Source
from shared.contracts.touches import LeadIdentified, TouchRecorded

MOST = 20


def told_by(row: Row[Any], source: Source) -> Iterator[TouchRecorded | LeadIdentified]:
    """Yield what the first readable events of a receipt say, as they would be read now."""
    for one in islice(look_through(waiting_of(row), source), MOST):
        if one.data is not None:
            yield one.data
