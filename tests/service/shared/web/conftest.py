"""A small service behind the door, and somebody who may do everything there."""

from types import SimpleNamespace

import httpx
import pytest

from shared.access import KeyRing
from shared.service import Service
from shared.web import build_app
from tests.service.shared.web.sample import ADMIN, KEYS, TABLES, hot, nothing, routes


@pytest.fixture
def database_url(sqlite_url):
    """Return one world's database: nothing here depends on which."""
    return sqlite_url


@pytest.fixture
async def db(open_database):
    return await open_database(TABLES)


@pytest.fixture
async def keys(db):
    return KeyRing(db, KEYS, ADMIN)


@pytest.fixture
def door(db, keys):
    service = Service(
        name="sample",
        db=db,
        bus=SimpleNamespace(),
        router=routes(keys),
        loops={},
        prepare=nothing,
        measure=nothing,
        hot={("POST", "/v1/events"): hot, ("POST", "/hooks/"): hot},
    )
    return build_app([service], "1.2.3")


@pytest.fixture
async def client(door):
    transport = httpx.ASGITransport(app=door, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://relevo",
        headers={"Authorization": f"Bearer {ADMIN}"},
    ) as client:
        yield client
