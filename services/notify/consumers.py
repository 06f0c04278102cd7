"""What notify reads from the bus, and how it reads it."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.notify.domain.events import FeedEvent
from shared.contracts import Catalogue, UnreadableEvent
from shared.contracts.directory import KeyChanged, PersonChanged, SessionChanged

HANDOFFS = "relevo.handoffs.v1"
DIRECTORY = "relevo.directory.v1"

directory_events = Catalogue.of(PersonChanged, KeyChanged, SessionChanged)


class FeedReader:
    """Reads every event of the hand-offs' topic, of whatever type, and keeps its bytes."""

    def read(self, value: bytes, kind: str | None = None) -> FeedEvent:
        """Return what decides who is told; raises ``UnreadableEvent``."""
        try:
            event = orjson.loads(value)
            data = event["data"]
            handoff = data.get("handoff")
            return FeedEvent(
                id=event["id"],
                type=event["type"],
                key=event.get("partitionkey") or event["subject"],
                lead_id=data.get("lead_id") if handoff is None else handoff["lead_id"],
                policy=_policy(handoff, data),
                sequence=int(event.get("sequence", 0)),
                traceparent=event.get("traceparent"),
                handoff=handoff,
                data=data,
                payload=value,
            )
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise UnreadableEvent(f"not an event of a hand-off: {error!r}") from error


def _policy(handoff: Mapping[str, Any] | None, data: Mapping[str, Any]) -> str | None:
    named = data.get("policy") if handoff is None else handoff.get("policy")
    return named if isinstance(named, str) else None
