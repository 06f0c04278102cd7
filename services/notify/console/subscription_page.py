"""The page of one subscription."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Response

from services.notify import readmodels
from services.notify.console.delivery_view import Line, lines
from services.notify.console.reasons import in_words
from services.notify.console.subscription_view import Card, cards, event_name, took
from services.notify.console.tools import Tools
from services.notify.domain.attempts import Reply
from services.notify.unit_of_work import UnitOfWork
from shared.console.visitor import Member
from shared.ids import new_id
from shared.problem import not_found

SAID = ("changed", "paused", "enabled", "disabled", "replayed", "redelivered")
LATEST = 5


@dataclass(frozen=True, slots=True)
class Running:
    """Something that is being sent again: how far, and what it is called."""

    word: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Shown:
    """All the page shows."""

    card: Card
    failed: int
    latest: list[Line]
    running: list[Running]
    secrets: list[tuple[str, datetime | None]]


async def show_subscription(
    tools: Tools,
    member: Member,
    subscription_id: str,
    said: str = "",
    refused: str = "",
    status: int = 200,
    tested: Reply | None = None,
) -> Response:
    """Return the page. ``said`` and ``refused`` are keys of what is told at its top."""
    words = tools.console.formats(member)

    def work(uow: UnitOfWork) -> Shown:
        row = readmodels.show_subscription(uow.conn, subscription_id)
        if row is None:
            raise not_found("subscription")
        wanted = readmodels.Wanted(subscription_id=subscription_id)
        latest, _ = readmodels.list_deliveries(uow.conn, None, LATEST, wanted)
        return Shown(
            card=cards(uow.conn, [row], words, member.zone)[0],
            failed=uow.deliveries.parked_of(subscription_id),
            latest=lines(uow.conn, latest, words, with_leads=member.may("leads:read")),
            running=running(row),
            secrets=[(one["secret"][-4:], _moment(one["until"])) for one in row.secrets],
        )

    found = await tools.parts.read(work)
    return tools.console.pages.show(
        member,
        "subscription.html",
        status,
        found=found,
        row=found.card.row,
        events=[event_name(kind, words) for kind in found.card.row.event_types],
        said=said,
        refused=refused,
        tested=tested,
        once=new_id(),
        why=in_words(words, tested.reason) if tested else "",
        took=lambda milliseconds: took(milliseconds, words),
        may_write=member.may("subscriptions:write"),
    )


def running(row: Any) -> list[Running]:
    """Return what is being sent again to a subscription."""
    found = (
        ("again_running", readmodels.replay_progress(row)),
        ("again_failed_running", readmodels.redelivery_progress(row)),
    )
    return [Running(word, *progress) for word, progress in found if progress is not None]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
