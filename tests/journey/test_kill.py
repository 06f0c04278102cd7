"""Processes are killed and frozen at random under load; afterwards the invariants hold.

A failure prints its seed; ``RELEVO_TEST_SEED`` repeats it, as far as processes can be made
to repeat themselves. The long run, ``make torture``, goes over ``RELEVO_TEST_ROUNDS`` seeds
with ``RELEVO_TEST_KILLS`` kills each.
"""

import os
from collections.abc import Callable

import pytest

from tests.support.chaos import Chaos
from tests.support.ordeal import Scene, survive
from tests.support.product import Product
from tests.support.worlds import Servers

SEED = int(os.environ.get("RELEVO_TEST_SEED", "20261122"))
KILLS = int(os.environ.get("RELEVO_TEST_KILLS", "100"))
ROUNDS = int(os.environ.get("RELEVO_TEST_ROUNDS", "3"))
FROZEN_S = 20.0  # longer than a lease and than a Kafka session


def chaos(seed: int, kills: int, frozen_s: float = 0.0) -> Callable[[Product], Chaos]:
    return lambda product: Chaos(product, seed, kills, frozen_s)


async def test_nothing_is_lost_or_doubled_when_the_one_process_is_killed(
    tmp_path, receiver, mail_sink
):
    scene = Scene(Servers(), tmp_path, receiver, mail_sink)
    await survive(scene, SEED, chaos(SEED, kills=20))


@pytest.mark.postgres
@pytest.mark.kafka
async def test_nothing_is_lost_or_doubled_when_replicas_are_killed_and_one_freezes(
    postgres, kafka, tmp_path, receiver, mail_sink
):
    scene = Scene(Servers(postgres, kafka), tmp_path, receiver, mail_sink)
    await survive(scene, SEED, chaos(SEED, 10, FROZEN_S))


@pytest.mark.torture
@pytest.mark.parametrize("seed", [SEED + number for number in range(1, ROUNDS + 1)])
async def test_torture_of_the_one_process(tmp_path, receiver, mail_sink, seed):
    scene = Scene(Servers(), tmp_path, receiver, mail_sink)
    await survive(scene, seed, chaos(seed, KILLS))


@pytest.mark.torture
@pytest.mark.postgres
@pytest.mark.kafka
@pytest.mark.parametrize("seed", [SEED + number for number in range(1, ROUNDS + 1)])
async def test_torture_of_the_replicas(postgres, kafka, tmp_path, receiver, mail_sink, seed):
    scene = Scene(Servers(postgres, kafka), tmp_path, receiver, mail_sink)
    await survive(scene, seed, chaos(seed, KILLS, FROZEN_S))
