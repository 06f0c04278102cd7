"""Something bad happens to the whole product under load; afterwards the invariants are asked.

Marketing tools send, reps answer, a CRM takes webhooks (refusing some at first) and another
system follows by SSE, all the while. Then the load ends, the product drains within a
minute, is stopped in an orderly way, and everything is judged by what it left behind.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Protocol

from tests.support.agreement import agreement
from tests.support.api import Api
from tests.support.events import Follower
from tests.support.evidence import Seen, gather_evidence
from tests.support.inside import Inside, inside
from tests.support.installation import add_sources, hire, subscribe
from tests.support.invariants import violations
from tests.support.product import Product, running_product
from tests.support.receivers import Receiver
from tests.support.reps import Reps
from tests.support.sending import Sender, Sent
from tests.support.smtp import MailSink
from tests.support.waiting import eventually, until_none
from tests.support.workload import KINDS, Workload, write_workload
from tests.support.worlds import Servers

DRAINED_WITHIN_S = 60.0
ACCEPT_IN = "5s"
PEOPLE_A_WAVE = 2 * len(KINDS)
WORKERS = 12
REST_S = 0.5  # at most, after each request: a load that leaves room to recover in
REFUSED = 0.05  # of the events, once each: the third retry would come after minutes


class Trouble(Protocol):
    """What happens to the product. Everything runs again, and is ready, when it returns."""

    async def run(self) -> None: ...


@dataclass
class Load:
    """Waves of people, one after the other, until told that it is enough."""

    api: Api
    credentials: dict[str, str]
    seed: int
    waves: list[Workload] = field(default_factory=list)
    sent: Sent = field(default_factory=Sent)

    async def run(self, is_enough: asyncio.Event) -> None:
        sender = Sender(self.api, self.seed, WORKERS, REST_S)
        self.sent, now = sender.sent, datetime.now(UTC)
        for wave in count(1):
            prefix = f"w{wave}"
            people = write_workload(
                self.seed + wave, PEOPLE_A_WAVE, now, self.credentials, tuple(KINDS), 1, prefix
            )
            self.waves.append(people)
            await sender.send(people.calls)
            if is_enough.is_set():
                return


@dataclass(frozen=True)
class Scene:
    """Where an ordeal takes place, and who sees it from outside."""

    servers: Servers
    folder: Path
    receiver: Receiver
    mails: MailSink


async def survive(
    scene: Scene, seed: int, trouble: Callable[[Product], Trouble], replicas: int = 2
) -> Sent:
    """Run the product under load and in ``trouble``, let it drain, and judge it.

    Returns what the senders were told.
    """
    print(f"seed {seed}")
    receiver, mails = scene.receiver, scene.mails
    receiver.refuse_once(REFUSED, seed)
    settings = {"RELEVO_FOLD_UPDATES_S": "1", "RELEVO_SMTP_URL": mails.url}
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(scene.servers.world(scene.folder, replicas))
        running = running_product(world, agreement(accept_in=ACCEPT_IN), settings)
        product = await stack.enter_async_context(running)
        await hire(product.api)
        # Hooks come from anywhere: each on a connection of its own, none that could be cut.
        senders = product.api_with(product.admin_key, keep_alive=False)
        stack.push_async_callback(senders.close)
        load = Load(senders, await add_sources(product.api), seed)
        subscription = await subscribe(product.api, receiver.url)
        reps, follower = Reps(product.api, receiver, seed), Follower(product.api)
        following = asyncio.create_task(follower.run())
        try:
            bad = trouble(product)
            await under_load(load, reps, bad)
            print(f"{bad}\nanswers {dict(load.sent.answers)}, {len(load.waves)} waves of people")
            look = await stack.enter_async_context(inside(world))
            await drained(look, follower)
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
        assert await product.stop() == [0] * len(product.replicas)

        seen = Seen(
            workloads=load.waves,
            posted=receiver.requests,
            mails=mails.mails,
            streamed=follower.events,
            given=reps.given,
            ignored=frozenset(reps.ignored),
            subscription_id=subscription["subscription_id"],
            secret=subscription["secret"],
        )
        assert load.sent.unexpected == []
        found = violations(await gather_evidence(world, look, seen))
        assert not found, "\n".join(found)
        return load.sent


async def under_load(load: Load, reps: Reps, trouble: Trouble) -> None:
    """Send and answer while it happens; return once all that was begun is answered."""
    is_enough, all_is_said = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(load.run(is_enough))
        group.create_task(reps.run(all_is_said))
        await trouble.run()
        is_enough.set()
        await sending
        all_is_said.set()


async def drained(look: Inside, follower: Follower) -> None:
    """Return once nothing is left to do, the last clocks have run out, and all are told."""
    try:
        print(f"drained within {await until_none(look.backlog, DRAINED_WITHIN_S):.1f} s")
    except TimeoutError:
        for delivery in await look.unsettled():
            print(delivery)
        raise

    async def quiet() -> bool:
        return not await look.clocks() and not await look.backlog()

    async def caught_up() -> bool:
        return await look.events_in_feed() == len({event["id"] for event in follower.events})

    await eventually(quiet, DRAINED_WITHIN_S, "the clocks to run out")
    await eventually(caught_up, DRAINED_WITHIN_S, "the stream to catch up")
