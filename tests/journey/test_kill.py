"""Processes are killed and frozen at random under load; afterwards the invariants hold.

A failure prints its seed; ``RELEVO_TEST_SEED`` repeats it, as far as processes can be made
to repeat themselves. The long run, ``make torture``, goes over ``RELEVO_TEST_ROUNDS`` seeds
with ``RELEVO_TEST_KILLS`` kills each.
"""

import asyncio
import os
import random
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from tests.support.agreement import agreement
from tests.support.api import Api
from tests.support.chaos import Chaos
from tests.support.events import Follower
from tests.support.evidence import Seen, gather_evidence
from tests.support.inside import Inside, inside
from tests.support.installation import add_sources, hire, subscribe
from tests.support.invariants import violations
from tests.support.product import running_product
from tests.support.receivers import Answer, Receiver
from tests.support.reps import Reps
from tests.support.sending import Sender, Sent
from tests.support.smtp import MailSink
from tests.support.waiting import eventually, until_none
from tests.support.workload import KINDS, Workload, write_workload
from tests.support.worlds import Servers

SEED = int(os.environ.get("RELEVO_TEST_SEED", "20261122"))
KILLS = int(os.environ.get("RELEVO_TEST_KILLS", "100"))
ROUNDS = int(os.environ.get("RELEVO_TEST_ROUNDS", "3"))

DRAINED_WITHIN_S = 60.0
FROZEN_S = 20.0  # longer than a lease and than a Kafka session
ACCEPT_IN = "5s"
PEOPLE_A_WAVE = 2 * len(KINDS)
WORKERS = 12
REST_S = 0.5  # at most, after each request: a load that leaves room to recover in
REFUSED = 0.05
REFUSALS_AMONG = 200  # requests; later ones are all taken, so that retries come to an end


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


def refusals(seed: int) -> list[Answer]:
    """Return what the CRM answers at first: mostly yes."""
    chance = random.Random(seed)
    return [Answer(503 if chance.random() < REFUSED else 200) for _ in range(REFUSALS_AMONG)]


async def survive(
    servers: Servers,
    folder: Path,
    receiver: Receiver,
    mails: MailSink,
    seed: int,
    kills: int,
    frozen_s: float = 0.0,
) -> None:
    """Run the product under load, kill it again and again, let it drain, and judge it."""
    print(f"seed {seed}, {kills} kills")
    receiver.answer_next(*refusals(seed))
    settings = {"RELEVO_FOLD_UPDATES_S": "1", "RELEVO_SMTP_URL": mails.url}
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(servers.world(folder, replicas=2))
        running = running_product(world, agreement(accept_in=ACCEPT_IN), settings)
        product = await stack.enter_async_context(running)
        await hire(product.api)
        load = Load(product.api, await add_sources(product.api), seed)
        subscription = await subscribe(product.api, receiver.url)
        reps, follower = Reps(product.api, receiver, seed), Follower(product.api)
        look = await stack.enter_async_context(inside(world))
        following = asyncio.create_task(follower.run())
        try:
            chaos = Chaos(product, seed, kills, frozen_s)
            await under_load(load, reps, chaos)
            print(f"{chaos.done}; answers {dict(load.sent.answers)}; {len(load.waves)} waves")
            print(f"drained within {await until_none(look.backlog, DRAINED_WITHIN_S):.1f} s")
            await all_told(look, follower)
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


async def under_load(load: Load, reps: Reps, chaos: Chaos) -> None:
    """Send and answer while processes die; return once all that was begun is answered."""
    is_enough, all_is_said = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(load.run(is_enough))
        group.create_task(reps.run(all_is_said))
        await chaos.run()
        is_enough.set()
        await sending
        all_is_said.set()


async def all_told(look: Inside, follower: Follower) -> None:
    """Return once the last clocks have run out and everybody has heard of it."""

    async def quiet() -> bool:
        return not await look.clocks() and not await look.backlog()

    async def caught_up() -> bool:
        return await look.events_in_feed() == len({event["id"] for event in follower.events})

    await eventually(quiet, DRAINED_WITHIN_S, "the clocks to run out")
    await eventually(caught_up, DRAINED_WITHIN_S, "the stream to catch up")


async def test_nothing_is_lost_or_doubled_when_the_one_process_is_killed(
    tmp_path, receiver, mail_sink
):
    await survive(Servers(), tmp_path, receiver, mail_sink, SEED, kills=20)


@pytest.mark.postgres
@pytest.mark.kafka
async def test_nothing_is_lost_or_doubled_when_replicas_are_killed_and_one_freezes(
    postgres, kafka, tmp_path, receiver, mail_sink
):
    servers = Servers(postgres, kafka)
    await survive(servers, tmp_path, receiver, mail_sink, SEED, kills=10, frozen_s=FROZEN_S)


@pytest.mark.torture
@pytest.mark.parametrize("seed", [SEED + number for number in range(1, ROUNDS + 1)])
async def test_torture_of_the_one_process(tmp_path, receiver, mail_sink, seed):
    await survive(Servers(), tmp_path, receiver, mail_sink, seed, KILLS)


@pytest.mark.torture
@pytest.mark.postgres
@pytest.mark.kafka
@pytest.mark.parametrize("seed", [SEED + number for number in range(1, ROUNDS + 1)])
async def test_torture_of_the_replicas(postgres, kafka, tmp_path, receiver, mail_sink, seed):
    servers = Servers(postgres, kafka)
    await survive(servers, tmp_path, receiver, mail_sink, seed, KILLS, frozen_s=FROZEN_S)
