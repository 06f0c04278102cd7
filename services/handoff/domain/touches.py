"""What the domain knows of a touch: one thing a lead did."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

MadeBy = Literal["human", "machine", "unsure"]

OLDEST_QUALIFYING = timedelta(days=90)
"""A touch that was older than this when it reached us tells a story and qualifies nobody."""

_OLDEST_QUALIFYING_MS = OLDEST_QUALIFYING // timedelta(milliseconds=1)


class TouchFact(NamedTuple):
    """One touch, as the fold reads it. Moments are aware; ``properties`` may be nested."""

    touch_id: str
    kind: str
    occurred_at: datetime
    received_at: datetime
    made_by: MadeBy
    properties: Mapping[str, Any]


def epoch_ms(moment: datetime) -> int:
    """Return ``moment`` (aware) as milliseconds since 1970, the fold's unit of time."""
    return round(moment.timestamp() * 1000)


def is_late(occurred_ms: int, received_ms: int) -> bool:
    """Return whether a touch was too old at its receipt to qualify anybody."""
    return received_ms - occurred_ms > _OLDEST_QUALIFYING_MS
