"""Fixtures of notify's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.notify.api import Api, open_api
from tests.service.notify.world import World, open_world
from tests.support.smtp import MailSink


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
