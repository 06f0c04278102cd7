"""Fixtures of notify's tests."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.service.handoff.house import WORLDS, Ground
from tests.service.notify.api import Api, open_api
from tests.service.notify.world import World, open_world
from tests.support.smtp import MailSink, running_mail_sink


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Notify's core on an empty database, once per kind of database."""
    async with open_world(database_url, f"sqlite:///{tmp_path}") as world:
        yield world


@pytest.fixture
async def api(database_url: str, tmp_path: Path, mail_sink: MailSink) -> AsyncIterator[Api]:
    """Notify as a process runs it, with a mail server, once per kind of database."""
    async with open_api(database_url, f"sqlite:///{tmp_path}", smtp_url=mail_sink.url) as api:
        yield api


@pytest.fixture(scope="module")
async def standing_api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """One notify for all tests of a file that ask for what is refused, and so change nothing."""
    url = f"sqlite:///{tmp_path_factory.mktemp('notify')}"
    async with open_api(url, url) as api:
        yield api


@pytest.fixture(scope="module")
async def house_mail() -> AsyncIterator[MailSink]:
    """The mail server of a file's notify."""
    async with running_mail_sink() as sink:
        yield sink


@pytest.fixture(scope="module", params=WORLDS)
def ground(request: pytest.FixtureRequest) -> Ground:
    """What the database of a whole file stands on, once per world."""
    if request.param == "sqlite":
        return Ground()
    get = request.getfixturevalue
    return Ground(get("postgres"), get("postgres_with_tables"))


@pytest.fixture(scope="module")
async def house(
    ground: Ground, tmp_path_factory: pytest.TempPathFactory, house_mail: MailSink
) -> AsyncIterator[Api]:
    """One notify for all tests of a file, once per world; each test takes away what it adds."""
    directory = f"sqlite:///{tmp_path_factory.mktemp('house')}"
    async with AsyncExitStack() as stack:
        url = directory
        if ground.server is not None and ground.template is not None:
            url = await stack.enter_async_context(ground.server.database(template=ground.template))
        yield await stack.enter_async_context(open_api(url, directory, smtp_url=house_mail.url))
