"""How far background work is, as every route shows it."""

from typing import Any, Self

from pydantic import BaseModel, Field
from sqlalchemy import Row


class Progress(BaseModel):
    """How far work over all leads is."""

    done: int = Field(description="Leads looked at.")
    total: int | None = Field(description="Leads there are to look at; null before the start.")
    leads_per_s: float | None = Field(description="Of late, rests included; null at rest.")
    seconds_left: int | None = Field(description="An estimate; null where there is none.")

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Return how far the work is that ``row`` (of ``fold`` or ``batch``) keeps."""
        left = None if row.total is None else row.total - row.done
        seconds = round(left / row.rate) if left is not None and row.rate else None
        rate = None if row.rate is None else round(row.rate, 1)
        return cls(done=row.done, total=row.total, leads_per_s=rate, seconds_left=seconds)
