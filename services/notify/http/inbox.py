"""The console's inbox over HTTP: what the key's person was told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row

from services.notify import readmodels
from services.notify.domain.attempts import Sent
from services.notify.domain.messages import Message, Notice
from services.notify.handlers.own_channels import own_channels, test_message
from services.notify.handlers.read_inbox import inbox_page, mark_read
from services.notify.unit_of_work import Parts
from shared.access import Caller
from shared.pages import Cursor, Limit, Page, PathId
from shared.problem import Problem
from shared.web import Permit


class InboxSection(BaseModel):
    """A heading and its lines."""

    heading: str
    lines: list[str]


class InboxLink(BaseModel):
    """Where to go from here."""

    text: str
    url: str
    kind: str = Field(
        description="`accept` or `reject`: a page to answer on, without signing in; shown to keys "
        "with the scope `handoffs:write`. `open`: the hand-off's page."
    )


class InboxMessage(BaseModel):
    """A message in the reader's language. All texts are plain."""

    message_id: str
    step: str = Field(
        description="`new`, `reassigned`, `taken`, `reminded`, `escalated`, `rescheduled`, "
        "`update` or `review`; for admins also `subscription`, about one that fails."
    )
    handoff_id: str | None = Field(description="Null where it is about a policy or a subscription.")
    lead_id: str | None
    title: str
    intro: str
    sections: list[InboxSection]
    links: list[InboxLink]
    footer: str
    created_at: datetime
    read_at: datetime | None


class ReadCount(BaseModel):
    """How many messages were unread until now."""

    read: int


class OwnChannel(BaseModel):
    """One way to the key's person."""

    model_config = ConfigDict(from_attributes=True)

    channel: str = Field(description="`email`, `slack`, `teams`, `webhook` or `inbox`.")
    address: str
    is_usable: bool = Field(description="Something can be sent there as things are set up.")


class OwnChannels(BaseModel):
    """How the key's person hears of leads."""

    channels: list[OwnChannel] = Field(description="In the order they are tried; mail at last.")


class ChannelTest(BaseModel):
    """Which of one's own channels is tried."""

    model_config = ConfigDict(extra="forbid")

    channel: Literal["email", "slack", "teams", "webhook"]


class ChannelTested(BaseModel):
    """How a test message was taken."""

    ok: bool
    outcome: Sent
    status: int | None
    reason: str


def router(
    parts: Parts, compose: Callable[[Notice], Message], language: str, zone: str
) -> APIRouter:
    """Return the routes below ``/v1/inbox``; ``language`` and ``zone`` where a person has none."""
    routes = APIRouter(prefix="/v1/inbox", tags=["inbox"])
    Person = Annotated[Caller, Depends(Permit(parts.keys, "inbox:read"))]

    @routes.get("")
    async def list_messages(
        caller: Person, unread: bool = False, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[InboxMessage]:
        """List the messages of the key's person, newest first."""
        person_id = _person(caller)

        def work(conn: Connection) -> tuple[list[tuple[Row[Any], Notice | None]], str | None]:
            rows, following = readmodels.list_notifications(
                conn, person_id, cursor, limit, unread=unread
            )
            return inbox_page(parts.unit(conn), rows), following

        found, following = await parts.db.read(work)
        may_answer = caller.may("handoffs:write")
        items = [
            _shown(row, compose(notice if may_answer else replace(notice, asked=None)))
            for row, notice in found
            if notice is not None
        ]
        return Page(items=items, next_cursor=following)

    @routes.post("/read")
    async def read_all(caller: Person) -> ReadCount:
        """Mark all messages as read."""
        person_id = _person(caller)
        return ReadCount(read=await parts.write(lambda uow: mark_read(uow, person_id, None)))

    @routes.get("/channels")
    async def channels(caller: Person) -> OwnChannels:
        """Say how the key's person hears of leads."""
        person_id = _person(caller)
        ways = await parts.read(lambda uow: own_channels(uow, person_id))
        return OwnChannels(channels=[OwnChannel.model_validate(way) for way in ways])

    @routes.post("/channels/test")
    async def test(caller: Person, what: ChannelTest) -> ChannelTested:
        """Send the key's person a test message now, and say how it was taken."""
        person_id = _person(caller)
        route, message = await parts.write(
            lambda uow: test_message(uow, caller.name, person_id, what.channel, language, zone)
        )
        reply = await parts.say(route, message)
        return ChannelTested(
            ok=reply.ok, outcome=reply.outcome, status=reply.status, reason=reply.reason
        )

    @routes.post("/{message_id}/read")
    async def read_one(message_id: PathId, caller: Person) -> ReadCount:
        """Mark one message as read. Repeating it changes nothing."""
        person_id = _person(caller)
        return ReadCount(read=await parts.write(lambda uow: mark_read(uow, person_id, message_id)))

    return routes


def _person(caller: Caller) -> str:
    if caller.person_id is None:
        raise Problem(403, "not_a_person", "this key acts for nobody, so it has no inbox")
    return caller.person_id


def _shown(row: Row[Any], message: Message) -> InboxMessage:
    return InboxMessage(
        message_id=row.id,
        step=row.step,
        handoff_id=row.handoff_id,
        lead_id=row.lead_id,
        title=message.title,
        intro=message.intro,
        sections=[
            InboxSection(heading=one.heading, lines=list(one.lines)) for one in message.sections
        ],
        links=[InboxLink(text=one.text, url=one.url, kind=one.kind) for one in message.buttons],
        footer=message.footer,
        created_at=row.created_at,
        read_at=row.read_at,
    )
