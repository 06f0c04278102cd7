"""What a stored receipt tells, read once more for people to see. Nothing is published."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Row

from services.ingest.domain.incoming import Unreadable
from services.ingest.handlers.origins import adapter_for, origin_of
from services.ingest.handlers.reading import event_of, key_of, tell
from services.ingest.store.heads import read_head
from services.ingest.store.receipts import Waiting
from services.ingest.store.sources import Source
from shared.contracts.touches import LeadIdentified, TouchRecorded

MOST = 20


def told_by(row: Row[Any], source: Source) -> Iterator[TouchRecorded | LeadIdentified]:
    """Yield what the first readable events of a receipt say, as they would be read now."""
    waiting = Waiting(
        id=row.id,
        source_id=row.source_id,
        vendor=row.vendor,
        received_at=row.received_at,
        head=read_head(bytes(row.request)),
        body=bytes(row.body),
        events=row.events,
        published=row.published,
        duplicates=row.duplicates,
        was_read=row.read_at is not None,
    )
    origin = origin_of(source)
    vendor, options = adapter_for(waiting, origin)
    for told in islice(tell(waiting, vendor, options), MOST):
        if isinstance(told.event, Unreadable):
            continue
        try:
            envelope, _ = event_of(told.event, waiting, origin, key_of(told.event, row.id, 0))
        except Unreadable:
            continue
        assert isinstance(envelope.data, TouchRecorded | LeadIdentified)
        yield envelope.data
