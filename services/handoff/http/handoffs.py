"""Hand-offs over HTTP: what was handed over, to whom, and sales' answers.

A key bound to a person who may not see all leads sees that person's hand-offs only;
another one answers 404, like an unknown one.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection, Row

from services.handoff import readmodels
from services.handoff.domain.handoff import Stage
from services.handoff.handlers.answer_handoffs import answer
from services.handoff.handlers.clock_times import clock_times, pauses_shown
from services.handoff.handlers.money import Amount, Currency, check_money
from services.handoff.handlers.read_answers import KINDS, Answer, Besides
from services.handoff.handlers.told_answers import colleague
from services.handoff.store import people
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared import idempotency
from shared.access import Caller, KeyRing
from shared.contracts.handoffs import Person
from shared.fields import Moment
from shared.idempotency import OnlyOnce
from shared.pages import Cursor, Limit, Page, PathId
from shared.problem import Problem, invalid, not_found
from shared.web import Permit

Text = Annotated[str | None, Field(default=None, max_length=2000)]


class HandoffSummary(BaseModel):
    """A hand-off as lists show it."""

    handoff_id: str
    lead_id: str
    lead_name: str
    policy: str
    version: int
    agreement: str
    cycle: int
    gate: str
    tier: str
    stage: str
    engagement: float
    fit: float
    decided_at: datetime
    due_at: datetime
    owner: Person
    accepted_by: str | None
    accepted_at: datetime | None
    attempts: int
    first_attempt_at: datetime | None
    talked_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None
    reason: str | None
    text: str | None
    returns_at: datetime | None
    amount: float | None
    currency: str | None


class DeadlineShown(BaseModel):
    """A clock of a hand-off, and what it was counted on."""

    kind: str
    step: int = Field(description="1: the lead's own clock; 2: the share of a later owner.")
    starts_at: datetime
    within_s: int = Field(description="What the policy promises, in seconds of the calendar.")
    due_at: datetime
    calendar: str
    revision: int | None = Field(description="Of the calendar; null: day and night.")
    explanation: dict[str, str] | None = Field(
        default=None, description="How the due time came about, in words, by language."
    )
    state: Literal["running", "paused", "late", "stopped"] | None = None
    stopped_at: datetime | None = Field(
        default=None, description="When what was owed was done; null while it runs."
    )
    evidence: str | None = Field(
        default=None, description="What stopped it: `accept`, `attempt`, `reject`, `won`…"
    )
    took_s: int | None = Field(default=None, description="Wall-clock seconds, so far or in all.")
    took_working_s: int | None = Field(
        default=None, description="The same in the calendar's time; pauses do not count."
    )
    paused_s: int | None = Field(default=None, description="Wall-clock seconds of pauses in it.")
    left_working_s: int | None = Field(
        default=None, description="What is left of the promise, in the calendar's time."
    )
    late_s: int | None = Field(default=None, description="Wall-clock seconds behind the due time.")
    late_working_s: int | None = Field(default=None, description="The same in working time.")
    ladder_step: str | None = Field(
        default=None, description="Who hears next: `remind`, `manager`, `reassign`, `last_resort`."
    )
    next_step_at: datetime | None = None
    told_at: datetime | None = Field(
        default=None, description="When somebody but the owner last heard that it is not answered."
    )


class PauseShown(BaseModel):
    """A stretch in which the clocks did not run."""

    pause_id: str
    reason: str
    reason_title: dict[str, str]
    text: str | None
    began_at: datetime
    until: datetime
    by: str = Field(description="Id of the person who paused them.")
    ended_by: str | None = Field(description="Who ended it before its time; else null.")
    is_on: bool


class HandoffShown(HandoffSummary):
    """A hand-off with its frozen context and all that happened to it."""

    sales_ready: dict[str, Any] = Field(description="The context as it was at the decision.")
    group: list[dict[str, Any]] = Field(
        description="The people of the account it is for together, and when each joined; empty "
        "where it is for the lead alone."
    )
    deadlines: list[DeadlineShown] = Field(description="Its clocks, as they stand now.")
    pauses: list[PauseShown]
    assignments: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    told: list[dict[str, Any]] = Field(description="Who was told, over which channel, and when.")


class Said(BaseModel):
    """What somebody says about a hand-off."""

    model_config = ConfigDict(extra="forbid")

    person: str | None = Field(
        default=None,
        description="E-mail or id of who says it. Only for keys that act for nobody.",
    )
    text: Text
    external_id: str | None = Field(
        default=None,
        max_length=200,
        description="Your own id of this, in the CRM: told again it changes nothing.",
    )


class RightPersonGiven(BaseModel):
    """Who is the right one to talk to."""

    model_config = ConfigDict(extra="forbid")

    email: str | None = Field(default=None, max_length=320)
    name: str | None = Field(default=None, max_length=200)


class Verdict(Said):
    """Accept, or reject with a reason from the agreed list."""

    verdict: Literal["accept", "reject"]
    reason: str | None = None
    returns_at: Moment | None = Field(
        default=None, description="With a reason that recycles: not before this date."
    )
    returns_on: Literal["date", "new_evidence"] | None = Field(
        default=None,
        description="With a reason that recycles: `new_evidence` lets the lead return with "
        "something new behind the cool-down, whatever date the policy has.",
    )
    right_person: RightPersonGiven | None = Field(
        default=None,
        description="With the effect `ask_right_person`: who it is. With an address they become a "
        "lead and are handed over instead; otherwise marketing is asked.",
    )
    same_as: str | None = Field(
        default=None,
        max_length=100,
        description="With the effect `join`: the lead, or the hand-off of the lead, that is the "
        "same person. The two become one.",
    )
    works_on_it: str | None = Field(
        default=None,
        max_length=320,
        description="With the effect `join`: e-mail or id of who works on the lead already.",
    )


class Attempt(Said):
    """Somebody tried to reach the lead. ``reached``: there was a real talk."""

    channel: str = Field(default="call", max_length=40)
    reached: bool = False
    at: Moment | None = None


class Outcome(Said):
    """What became of an accepted hand-off."""

    outcome: Literal["unqualified", "sql", "opportunity", "won", "lost"] = Field(
        description="`unqualified`: sent back after work on it, by a reject reason. It is not lost."
    )
    reason: str | None = Field(
        default=None,
        max_length=200,
        description="With `lost`: why, in your words; with `unqualified`: a reject reason.",
    )
    amount: Amount
    currency: Currency
    at: Moment | None = Field(
        default=None, description="When it happened, by the CRM; now where missing."
    )

    @model_validator(mode="after")
    def _is_money(self) -> Self:
        check_money(self.amount, self.currency)
        return self


class NewOwner(Said):
    """Who owns the hand-off from now on."""

    to: str = Field(description="E-mail or id of the new owner.")


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/handoffs``."""
    routes = APIRouter(prefix="/v1/handoffs", tags=["handoffs"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "handoffs:read"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "handoffs:write"))]

    @routes.get("")
    async def list_handoffs(
        caller: Reader,
        stage: Stage | None = None,
        lead: PathId | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[HandoffSummary]:
        """List hand-offs, newest first."""
        items, following = await db.read(
            lambda conn: readmodels.list_handoffs(conn, cursor, limit, stage, only_of(caller), lead)
        )
        return Page(items=[HandoffSummary(**item) for item in items], next_cursor=following)

    @routes.get("/{handoff_id}")
    async def show_handoff(handoff_id: PathId, caller: Reader) -> HandoffShown:
        """Show a hand-off: who, why now, what they saw, who owns it, what was said."""
        return await db.read(
            lambda conn: shown(unit_of_work(parts, conn), handoff_id, only_of(caller))
        )

    @routes.post("/{handoff_id}/verdict", response_model=HandoffShown)
    async def give_verdict(
        handoff_id: PathId, said: Verdict, caller: Writer, request: OnlyOnce
    ) -> Response:
        """Accept or reject. The first answer counts; repeating it changes nothing."""
        return await take(
            handoff_id,
            caller,
            said,
            request,
            kind=said.verdict,
            reason=said.reason,
            text=said.text,
            besides=said,
        )

    @routes.post("/{handoff_id}/attempts", response_model=HandoffShown)
    async def report_attempt(
        handoff_id: PathId, said: Attempt, caller: Writer, request: OnlyOnce
    ) -> Response:
        """Report an attempt to reach the lead, or a real talk."""
        return await take(
            handoff_id,
            caller,
            said,
            request,
            kind="talked" if said.reached else "attempt",
            channel=said.channel,
            text=said.text,
            at=said.at,
        )

    @routes.post("/{handoff_id}/outcome", response_model=HandoffShown)
    async def report_outcome(
        handoff_id: PathId, said: Outcome, caller: Writer, request: OnlyOnce
    ) -> Response:
        """Report what became of it: qualified by sales, opportunity, won, lost."""
        return await take(
            handoff_id,
            caller,
            said,
            request,
            kind=KINDS[said.outcome],
            reason=said.reason,
            text=said.text,
            amount=said.amount,
            currency=said.currency,
            at=said.at,
        )

    @routes.post("/{handoff_id}/assign", response_model=HandoffShown)
    async def assign(
        handoff_id: PathId, said: NewOwner, caller: Writer, request: OnlyOnce
    ) -> Response:
        """Give the hand-off to another owner. The lead's own clock goes on."""
        to = await db.read(lambda conn: people.find_person(conn, said.to))
        if to is None or not to.active:
            message = "nobody who works here has that id or e-mail address"
            raise Problem(422, "unknown_person", message, [{"pointer": "/to", "message": message}])
        return await take(
            handoff_id,
            caller,
            said,
            request,
            kind="reassign",
            to=to.person_id,
            text=said.text,
        )

    async def take(
        handoff_id: str, caller: Caller, said: Said, request: OnlyOnce, **what: Any
    ) -> Response:
        def work(conn: Connection) -> idempotency.Answer:
            uow = unit_of_work(parts, conn)

            def act() -> idempotency.Answer:
                shown(uow, handoff_id, only_of(caller))
                person = find_speaker(uow, caller, said.person)
                if isinstance(verdict := what.get("besides"), Verdict):
                    what["besides"] = besides_of(conn, verdict)
                external_id = said.external_id
                answer(uow, Answer(handoff_id, person=person, external_id=external_id, **what))
                # Who gives it away sees what became of it, once more.
                return idempotency.done(shown(uow, handoff_id, None))

            return idempotency.once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    return routes


def besides_of(conn: Connection, said: Verdict) -> Besides:
    """Return what a rep said with the reason. Raises ``Problem`` (422) for an unknown person."""
    right = said.right_person
    return Besides(
        returns_at=said.returns_at,
        returns_on=said.returns_on,
        right_name=None if right is None else right.name,
        right_email=None if right is None else right.email,
        same_as=said.same_as,
        works_on_it=colleague(conn, said.works_on_it),
    )


def shown(uow: UnitOfWork, handoff_id: str, owner_id: str | None) -> HandoffShown:
    """Return a hand-off, of ``owner_id`` alone or anybody's. Raises ``Problem`` (404)."""
    found = readmodels.show_handoff(uow.conn, handoff_id, owner_id)
    if found is None:
        raise not_found("hand-off")
    times = clock_times(uow, handoff_id) or found["deadlines"]
    return HandoffShown(**found | {"deadlines": times, "pauses": pauses_shown(uow, handoff_id)})


def find_speaker(uow: UnitOfWork, caller: Caller, named: str | None) -> Row[Any]:
    """Return the person who answers. Raises ``Problem`` (422)."""
    person = people.find_person(uow.conn, speaker(caller, named))
    if person is None:
        raise invalid("/person", "nobody here has that id or e-mail address", "unknown_person")
    return person


def only_of(caller: Caller) -> str | None:
    """Return whose hand-offs alone the caller sees; None for everybody's."""
    return None if caller.may("leads:read") else caller.person_id


def speaker(caller: Caller, named: str | None) -> str:
    """Return who answers: the key's person, or the one named by a key that acts for nobody."""
    if caller.person_id is not None:
        return caller.person_id
    if named is None:
        message = "say who answers: this key acts for nobody"
        raise Problem(422, "person_missing", message, [{"pointer": "/person", "message": message}])
    return named
