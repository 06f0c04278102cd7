"""Fixtures of notify's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.notify.api import Api, open_api
from tests.service.notify.world import World, open_world
from tests.support.ground import Ground, NewData
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
async def standing_api(new_data: NewData) -> AsyncIterator[Api]:
    """One notify for all tests of a file that ask for what is refused, and so change nothing."""
    url = f"sqlite:///{new_data('notify')}"
    async with open_api(url, url) as api:
        yield api


@pytest.fixture(scope="module")
async def house_mail() -> AsyncIterator[MailSink]:
    """The mail server of a file's notify."""
    async with running_mail_sink() as sink:
        yield sink


@pytest.fixture(scope="module")
async def house(
    ground: Ground, tmp_path_factory: pytest.TempPathFactory, house_mail: MailSink
) -> AsyncIterator[Api]:
    """One notify for all tests of a file, once per world; each test takes away what it adds."""
    directory = tmp_path_factory.mktemp("house")
    async with (
        ground.database(directory) as url,
        open_api(url, f"sqlite:///{directory}", smtp_url=house_mail.url) as api,
    ):
        yield api
