"""Processes that share one database, and the bus their events leave for."""

import pytest

from shared import lease as lease_module
from shared import outbox as outbox_module
from tests.service.shared.outbox.processes import TABLES, Log, Process


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(outbox_module, "ERROR_WAIT_S", 0.05)
    monkeypatch.setattr(outbox_module, "STANDBY_S", 0.02)
    monkeypatch.setattr(lease_module, "STANDBY_S", 0.01)


@pytest.fixture
async def log(bus):
    return await Log(bus).start()


@pytest.fixture
async def new_process(open_database, bus):
    async def new_process(clock=None):
        return Process(await open_database(TABLES, clock), bus)

    return new_process
