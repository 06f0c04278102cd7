"""What the domain knows of a touch: one thing a lead did."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, Literal, NamedTuple

MadeBy = Literal["human", "machine", "unsure"]

OLDEST_QUALIFYING = timedelta(days=90)
"""A touch that was older than this when it reached us tells a story and qualifies nobody."""

_OLDEST_QUALIFYING_MS = OLDEST_QUALIFYING // timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TouchFact(NamedTuple):
    """One touch, as the fold reads it. Moments are aware; ``properties`` may be nested."""

    touch_id: str
    kind: str
    occurred_at: datetime
    received_at: datetime
    made_by: MadeBy
    properties: Mapping[str, Any]


class Weight(IntEnum):
    """What a touch can change."""

    NONE = 0  # nothing a gate looks at: no signal asks for it, or it is weak or doubtful
    JUDGED = 1  # gates look at it
    NEWS = 2  # and it speaks for the lead


def epoch_us(moment: datetime) -> int:
    """Return ``moment`` (aware) as microseconds since 1970, exactly."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def epoch_ms(moment: datetime) -> int:
    """Return ``moment`` (aware) as whole milliseconds since 1970, the fold's unit of time."""
    return epoch_us(moment) // 1000


def moment_at(us: int) -> datetime:
    """Return the moment so many microseconds after 1970 began, in UTC."""
    return _EPOCH + timedelta(microseconds=us)


def is_late(occurred_ms: int, received_ms: int) -> bool:
    """Return whether a touch was too old at its receipt to qualify anybody."""
    return received_ms - occurred_ms > _OLDEST_QUALIFYING_MS
