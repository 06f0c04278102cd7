"""A person was erased: what the feed and the deliveries hold of the lead goes.

The event that says so stays, and goes to every subscription that wants it, so that those
who copied what came before can delete it too. What is being sent at this very moment cannot
be called back.
"""

from collections.abc import Sequence

from services.notify.domain.events import ERASED, FeedEvent
from services.notify.store.colleagues import unname
from services.notify.store.erasing import forget_leads
from services.notify.unit_of_work import UnitOfWork


def erase_leads(uow: UnitOfWork, events: Sequence[FeedEvent]) -> Sequence[FeedEvent]:
    """Forget the leads that ``events`` say were erased; return what is left of ``events``."""
    last = {
        lead_id: place
        for place, event in enumerate(events)
        if event.type == ERASED
        for lead_id in (event.lead_id, *event.data.get("merged_lead_ids", ()))
        if lead_id is not None
    }
    if not last:
        return events
    told = forget_leads(uow.conn, sorted(last), uow.now)
    for event in events:
        if event.type == ERASED and event.lead_id is not None:
            uow.audit("relevo", "lead.erased", event.lead_id, detail=told)
    return [
        unname(event, [one for one, end in last.items() if place < end])
        for place, event in enumerate(events)
        if event.type == ERASED or place > last.get(event.lead_id or "", -1)
    ]
