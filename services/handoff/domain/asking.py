"""How a condition says of its fields what people write there, and what it counts."""

from typing import Literal

Asked = Literal["signals", "count", "people", "points", "positive_points", "duration", "facts"]
Unit = Literal["points", "touches", "signals", "people"]


def asks(what: Asked, doc: str) -> dict[str, str]:
    """Say of a condition's field what people write there, and what it means."""
    return {"asks": what, "doc": doc}
