"""What the product stands on goes away under load, and it is restarted itself: nobody notices,
or is told to come again. Afterwards the invariants hold.
"""

import asyncio
import socket

import pytest

from tests.support.chaos import Outage, Rollout
from tests.support.kafka import Kafka, running_kafka
from tests.support.ordeal import Scene, survive
from tests.support.product import Product, running_product
from tests.support.waiting import eventually
from tests.support.worlds import Servers

SEED = 31
STOPS_WITHIN_S = 20.0


@pytest.mark.postgres
@pytest.mark.kafka
async def test_without_kafka_every_event_is_taken_and_arrives_later(
    postgres, tmp_path, receiver, mail_sink
):
    async with running_kafka() as kafka:
        scene = Scene(Servers(postgres, kafka), tmp_path, receiver, mail_sink)

        def outage(product: Product) -> Outage:
            return Outage(product, lambda: stop(kafka), lambda: start(kafka), 1, away_s=8)

        sent = await survive(scene, SEED, outage, replicas=1)

    assert set(sent.answers) == {200, 202}, "no sender was sent away"


def stop(kafka: Kafka) -> None:
    for broker in kafka.brokers:
        broker.process.kill()


async def start(kafka: Kafka) -> None:
    for broker in kafka.brokers:
        broker.start()
    await kafka.until_ready()


@pytest.mark.postgres
@pytest.mark.kafka
async def test_when_postgresql_crashes_nothing_that_was_acknowledged_is_lost(
    postgres, kafka, tmp_path, receiver, mail_sink
):
    if not postgres.is_ours:
        pytest.skip("the server was given to us, so it is not ours to crash")
    scene = Scene(Servers(postgres, kafka), tmp_path, receiver, mail_sink)

    def outage(product: Product) -> Outage:
        return Outage(product, postgres.crash, postgres.start_again, times=2, away_s=3)

    sent = await survive(scene, SEED, outage, replicas=1)

    assert set(sent.answers) <= {200, 202, 503}


async def test_a_rollout_cuts_no_request_and_ends_every_process_in_time(
    servers, tmp_path, receiver, mail_sink
):
    rollouts = []

    def rollout(product: Product) -> Rollout:
        rollouts.append(Rollout(product))
        return rollouts[0]

    sent = await survive(Scene(servers, tmp_path, receiver, mail_sink), SEED, rollout)

    assert set(rollouts[0].codes) == {0}
    assert max(rollouts[0].seconds) <= STOPS_WITHIN_S
    assert sent.broken == []


async def test_who_was_let_in_before_sigterm_is_still_answered(tmp_path):
    async with Servers().world(tmp_path) as world, running_product(world) as product:
        (replica,) = product.replicas
        connection = socket.create_connection(("127.0.0.1", replica.port))
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        ending = asyncio.create_task(replica.terminate())
        await eventually(lambda: is_refused(replica.port), STOPS_WITHIN_S, "the door to close")
        connection.sendall(b"Host: x\r\n\r\n")
        answer = await asyncio.to_thread(connection.recv, 100)
        connection.close()

        assert answer.startswith(b"HTTP/1.1 200")
        assert await ending == 0


async def is_refused(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False
