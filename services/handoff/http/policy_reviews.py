"""Reviews of policies over HTTP: those that were held, what speaks for one, the next date."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row

from services.handoff.handlers.policy_reviews import Standing, hold_review, standing
from services.handoff.http.handoffs import speaker
from services.handoff.http.policy_goals import Target
from services.handoff.store import people, reviews
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.contracts.handoffs import Person
from shared.idempotency import Answer, OnlyOnce, once
from shared.pages import Cursor, Limit, Page
from shared.problem import invalid
from shared.web import Permit


class NewReview(BaseModel):
    """A review that was held: both teams looked at the version in force."""

    model_config = ConfigDict(extra="forbid", strict=True)

    comment: str = Field(
        min_length=1, max_length=4000, description="What was looked at and agreed."
    )
    person: str | None = Field(
        default=None,
        max_length=254,
        description="E-mail or id of who says it. Only for keys that act for nobody.",
    )


class ReviewShown(BaseModel):
    """A review that was held."""

    review_id: str
    policy: str
    number: int = Field(description="The version that was in force.")
    version_id: str
    held_at: datetime
    by: Person
    comment: str
    targets: list[Target] = Field(
        description="The targets as they stood, over the hand-offs since the review before."
    )


class ProposalShown(BaseModel):
    """A reason to hold a review."""

    cause: str = Field(description="`review_date`, or the name of the target that is missed.")
    about: datetime = Field(
        description="The date that has come; of a target, since when its cases count."
    )
    proposed_at: datetime
    target: Target | None = Field(description="The target as it was measured.")


class NextReview(BaseModel):
    """What the next review of a policy will be about."""

    number: int = Field(description="The version in force.")
    reviewed_every_s: int
    last_reviewed_at: datetime | None
    due_at: datetime
    proposals: list[ProposalShown] = Field(description="Since the last review, oldest first.")


class ReviewsShown(Page[ReviewShown]):
    """A page of reviews, newest first, and the one that comes next."""

    next: NextReview | None = Field(description="Null: no version is in force.")


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/policies/{policy}/reviews``."""
    routes = APIRouter(prefix="/v1/policies/{policy}/reviews", tags=["policies"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "policies:read"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "policies:write"))]

    @routes.get("")
    async def list_reviews(
        policy: str, _caller: Reader, cursor: Cursor = None, limit: Limit = 50
    ) -> ReviewsShown:
        """List the reviews of a policy, newest first, with what speaks for another one."""

        def work(conn: Connection) -> ReviewsShown:
            stands = standing(unit_of_work(parts, conn), policy)
            rows, following = reviews.page_of_reviews(conn, policy, cursor, limit)
            return ReviewsShown(
                items=[_shown(row) for row in rows],
                next_cursor=following,
                next=_next(stands) if stands else None,
            )

        return await db.read(work)

    @routes.post("", status_code=201, response_model=ReviewShown)
    async def hold(policy: str, held: NewReview, caller: Writer, request: OnlyOnce) -> Response:
        """Say that a review was held. The next date counts from now; no rule changes by it."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                person = people.find_person(conn, speaker(caller, held.person))
                if person is None:
                    raise invalid("/person", "nobody here has that id or e-mail", "unknown_person")
                row = hold_review(uow, caller.name, policy, person, held.comment)
                return Answer(_shown(row).model_dump_json().encode())

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    return routes


def _shown(row: Row[Any]) -> ReviewShown:
    return ReviewShown(
        review_id=row.review_id,
        policy=row.policy,
        number=row.number,
        version_id=row.version_id,
        held_at=row.held_at,
        by=people.as_person(row),
        comment=row.comment,
        targets=[Target(**target) for target in row.targets],
    )


def _next(stands: Standing) -> NextReview:
    return NextReview(
        number=stands.number,
        reviewed_every_s=stands.reviewed_every_s,
        last_reviewed_at=stands.last_reviewed_at,
        due_at=stands.next_due_at,
        proposals=[
            ProposalShown(
                cause=one.cause,
                about=one.about,
                proposed_at=one.proposed_at,
                target=Target(**one.target) if one.target else None,
            )
            for one in stands.proposals
        ],
    )
