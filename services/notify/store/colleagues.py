"""Events about one lead can name colleagues of it, who may ask to be erased."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import orjson

from services.notify.domain.events import FeedEvent

NAMED_IN = {"handoff.sales_ready.v1": "group", "handoff.updated.v1": "people"}
NOBODY = "erased"


def unname(event: FeedEvent, lead_ids: Collection[str]) -> FeedEvent:
    """Return ``event`` without these leads, where it names them as colleagues."""
    people = event.data.get(NAMED_IN.get(event.type, ""), ())
    if not any(person["lead_id"] in lead_ids for person in people):
        return event
    payload = unnamed(event.type, event.payload, lead_ids)
    return replace(event, data=orjson.loads(payload)["data"], payload=payload)


def unnamed(event_type: str, payload: bytes, lead_ids: Collection[str]) -> bytes:
    """Return what is stored of an event, without these leads; that there was somebody stays."""
    told: dict[str, Any] = orjson.loads(payload)
    data = told["data"]
    gone: set[str] = set()
    for person in data.get(NAMED_IN[event_type], ()):
        if person["lead_id"] in lead_ids:
            gone |= {touch["touch_id"] for touch in person["touches"]}
            person |= {"name": NOBODY, "title": None, "email": None, "touches": []}
    if "touches" in data:
        data["touches"] = [one for one in data["touches"] if one["touch_id"] not in gone]
    return orjson.dumps(told)
