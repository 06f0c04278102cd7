"""What has to be done now and then: forgetting the old, and minding subscriptions that fail."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

import structlog

from services.notify.channels import Channel
from services.notify.domain.attempts import Reply
from services.notify.handlers.replay_events import replay_events
from services.notify.handlers.watch_subscriptions import (
    ContactMail,
    note_warned,
    tell_admins,
    watch_subscriptions,
)
from services.notify.unit_of_work import UnitOfWork
from shared.wakeup import Wakeup

log = structlog.get_logger(__name__)

PRUNE_EVERY_S = 3_600.0
PRUNE_ROWS = 2_000  # per transaction, so that events do not wait for what is forgotten
WATCH_EVERY_S = 60.0
REPLAY_EVERY_S = 0.2
REPLAYS_LOOK_S = 5.0  # how soon a replay is seen whose process died

T = TypeVar("T")
Forget = Callable[[UnitOfWork, int], int]


class Write(Protocol):
    """Runs a function in one transaction."""

    async def __call__(self, work: Callable[[UnitOfWork], T]) -> T: ...


def every(interval_s: float, work: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[None]]:
    """Return the loop that does ``work`` now and every ``interval_s`` after."""

    async def loop() -> None:
        while True:
            await work()
            await asyncio.sleep(interval_s)

    return loop


async def prune(write: Write, forget: Sequence[Forget]) -> None:
    """Delete what is kept long enough, a little at a time."""
    for some in forget:
        while await write(lambda uow: some(uow, PRUNE_ROWS)) >= PRUNE_ROWS:  # noqa: B023 - awaited at once
            pass


async def replay(
    write: Write,
    is_replaying: Callable[[], Awaitable[bool]],
    started: Wakeup,
    wake_sender: Callable[[], None],
) -> None:
    """Take replays further, a step at a time, for ever; ``started`` tells of a new one."""
    while True:
        while await is_replaying():
            if await write(replay_events):
                wake_sender()
            await asyncio.sleep(REPLAY_EVERY_S)
        await started.wait(REPLAYS_LOOK_S)


async def watch(write: Write, mail: Channel) -> None:
    """Disable what fails for too long, and tell the contacts, or else the admins.

    A mail counts as sent once the server has it: told twice is better than never.
    """
    for one in await write(watch_subscriptions):
        reply = await _mailed(one, mail)
        if reply is not None and reply.ok:
            await write(lambda uow: note_warned(uow, [one.subscription_id]))  # noqa: B023 - awaited at once
        elif reply is None or reply.is_final:
            admins = await write(lambda uow: tell_admins(uow, one))  # noqa: B023 - awaited at once
            log.warning(
                "subscription_fails", subscription_id=one.subscription_id, admins_told=admins
            )


async def _mailed(one: ContactMail, mail: Channel) -> Reply | None:
    """Mail the contact; return how that went, None where there is no way."""
    if one.contact_email is None or not mail.is_usable(one.contact_email):
        return None
    reply = await mail.send(one.contact_email, one.message, one.message_id)
    if not reply.ok:
        log.warning("contact_not_told", subscription_id=one.subscription_id, reason=reply.reason)
    return reply
