"""What must be empty, over HTTP: leads that fell between two stools."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from services.handoff.domain.leaks import REMEDIES, SHOWN, TITLES, LeakKind
from services.handoff.domain.questions import Titles
from services.handoff.store import leaks
from services.handoff.unit_of_work import Parts
from shared.access import KeyRing
from shared.web import Permit


class LeakExample(BaseModel):
    """One lead, or one hand-off, and since when."""

    lead_id: str
    handoff_id: str | None
    owner: str | None = Field(description="Name of the hand-off's owner, if there is one.")
    since: datetime = Field(
        description="When the lead became ready; of what is overdue when it was due."
    )
    link: str = Field(description="The hand-off, else the lead, in the API.")


class LeaksOfKind(BaseModel):
    """One thing that must never be, and how often it is."""

    kind: LeakKind
    count: int
    title: dict[str, str]
    what_to_do: dict[str, str]
    examples: list[LeakExample] = Field(description=f"The {SHOWN} oldest.")


class LeaksShown(BaseModel):
    """Everything that must be empty, empty or not."""

    at: datetime
    total: int
    leaks: list[LeaksOfKind]


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the route ``/v1/leaks``."""
    routes = APIRouter(prefix="/v1/leaks", tags=["operations"])
    db = parts.db
    base = str(parts.settings.public_url).rstrip("/")

    @routes.get("", dependencies=[Depends(Permit(keys, "operations:read"))])
    async def list_leaks() -> LeaksShown:
        """List what must be empty: leads without hand-off or owner, clocks that stand still…"""
        return await db.read(find)

    def find(conn: Connection) -> LeaksShown:
        now = db.now(conn)
        counts, examples = leaks.counts(conn, now), leaks.examples(conn, now)
        found = [
            LeaksOfKind(
                kind=kind,
                count=count,
                title=_said(TITLES[kind]),
                what_to_do=_said(REMEDIES[kind]),
                examples=[_example(row) for row in examples[kind]],
            )
            for kind, count in counts.items()
        ]
        return LeaksShown(at=now, total=sum(counts.values()), leaks=found)

    def _example(row: Any) -> LeakExample:
        what = f"handoffs/{row.handoff_id}" if row.owner_id else f"leads/{row.lead_id}"
        return LeakExample(
            lead_id=row.lead_id,
            handoff_id=row.handoff_id,
            owner=row.owner,
            since=row.since,
            link=f"{base}/v1/{what}",
        )

    return routes


def _said(text: Titles) -> dict[str, str]:
    return {"es": text.es, "en": text.en}
