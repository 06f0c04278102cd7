"""Fixtures of all tests: real servers, started when the first test asks for them.

A test that uses ``postgres``, ``kafka`` or ``node`` in any way is left out where the machine
lacks the part; with ``RELEVO_TEST_REQUIRE=all`` (CI) the run fails instead.
"""

import gc
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import structlog
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser
from pytest_httpserver import HTTPServer

from tests.support import node_packages, parts
from tests.support.adapters import keep_adapters
from tests.support.browser import running_browser
from tests.support.ground import WORLDS, Ground, NewData, copied, ground_of
from tests.support.kafka import Kafka, given_or_running_kafka, running_kafka
from tests.support.memory import keep_temporary_files_in_memory
from tests.support.migrations import migrate_all
from tests.support.postgres import Postgres, running_postgres
from tests.support.receivers import Receiver, running_receiver
from tests.support.smtp import MailSink, running_mail_sink

# A slow machine is no failure, and what one run says every run must say: the examples of a law
# are drawn from its name. Others are found with `--hypothesis-profile explore`.
settings.register_profile(
    "explore", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("relevo", settings.get_profile("explore"), derandomize=True)
settings.load_profile("relevo")

keep_temporary_files_in_memory()
keep_adapters()

# A run in the background ignores Ctrl-C, and its children would: some are told to stop by it.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A test needs a part when it carries the part's marker or uses one of these fixtures.
FIXTURES = {
    "postgres": {"postgres", "postgres_url", "migrated_postgres_url"},
    "kafka": {"kafka", "kafka_cluster", "kafka_url"},
    "node": {"node"},
    "browser": {"browser"},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a server, and leave out those whose server is missing."""
    for item in items:
        for part, fixtures in FIXTURES.items():
            if fixtures & set(getattr(item, "fixturenames", ())):
                item.add_marker(part)
    missing = parts.missing()
    if missing and parts.all_required():
        raise pytest.UsageError(f"{parts.REQUIRE}=all, but: {'; '.join(missing.values())}")
    for item in items:
        for part, reason in missing.items():
            if item.get_closest_marker(part):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what stays to the end, and let it come less often.

    The modules and thousands of tests are a million objects, and each app of a test leaves
    thirty thousand; looking through them all again and again took a quarter of the run.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was left out and how to get it."""
    if missing := parts.missing():
        told = "; ".join(f"{part} ({reason})" for part, reason in missing.items())
        terminalreporter.write_line(f"Left out on this machine: {told}", yellow=True)


@pytest.fixture(scope="session", autouse=True)
def logs_are_pytests() -> None:
    """Give our log lines to pytest as one plain text each: it shows those of a failed test."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[Postgres]:
    """A PostgreSQL server; ``async with postgres.database() as url`` for a fresh database."""
    async with running_postgres() as server:
        yield server


@pytest.fixture
async def postgres_url(postgres: Postgres) -> AsyncIterator[str]:
    """The URL of an empty PostgreSQL database of this test alone."""
    async with postgres.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an empty data directory of this test alone."""
    return f"sqlite:///{tmp_path}"


@pytest.fixture(scope="session")
async def postgres_with_tables(postgres: Postgres) -> AsyncIterator[str]:
    """The name of a database that holds every service's tables, empty, to be copied."""
    async with postgres.database() as url:
        await migrate_all(url)
        yield urlsplit(url).path[1:]


@pytest.fixture(scope="session")
async def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that holds every service's tables, empty, to be copied."""
    directory = tmp_path_factory.mktemp("tables")
    await migrate_all(f"sqlite:///{directory}")
    return directory


@pytest.fixture(scope="session")
def new_data(tmp_path_factory: pytest.TempPathFactory, sqlite_with_tables: Path) -> NewData:
    """Make a data directory with every service's tables, empty, of that name."""

    def new_data(name: str) -> Path:
        directory = tmp_path_factory.mktemp(name)
        copied(sqlite_with_tables, directory)
        return directory

    return new_data


@pytest.fixture
async def migrated_postgres_url(
    postgres: Postgres, postgres_with_tables: str
) -> AsyncIterator[str]:
    async with postgres.database(template=postgres_with_tables) as url:
        yield url


@pytest.fixture
def migrated_sqlite_url(tmp_path: Path, sqlite_with_tables: Path) -> str:
    return copied(sqlite_with_tables, tmp_path)


@pytest.fixture(params=WORLDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of this test alone with every service's tables, all of them empty.

    A test that uses it runs once per world. The tables are copied, because making them
    costs more than most tests.
    """
    return str(request.getfixturevalue(f"migrated_{request.param}_url"))


@pytest.fixture(scope="module", params=WORLDS)
def ground(request: pytest.FixtureRequest) -> Ground:
    """What the databases of a whole file are copied from, once per world."""
    return ground_of(request)


@pytest.fixture(scope="session")
async def kafka() -> AsyncIterator[Kafka]:
    """One broker for the whole run; its topics stay from test to test."""
    async with given_or_running_kafka() as cluster:
        yield cluster


@pytest.fixture
async def kafka_url(kafka: Kafka) -> AsyncIterator[str]:
    """The bus URL of a broker without any topic."""
    yield kafka.url
    await kafka.clear()


@pytest.fixture(scope="session")
async def kafka_cluster() -> AsyncIterator[Kafka]:
    """Three brokers of the run's own, for tests that kill or freeze some; mend them after."""
    async with running_kafka(brokers=3) as cluster:
        yield cluster


@pytest.fixture
async def mail_sink() -> AsyncIterator[MailSink]:
    """A mail server on a free port that keeps what it is sent."""
    async with running_mail_sink() as sink:
        yield sink


@pytest.fixture
def node() -> Callable[[str, Any], Awaitable[Any]]:
    """Run a program that uses a vendor's client for Node.js; give and take JSON."""
    return node_packages.run


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for the whole run; ``tests.support.browser.window`` opens windows of it."""
    async with running_browser() as chromium:
        yield chromium


@pytest.fixture(scope="session")
def receiver_server() -> Iterator[HTTPServer]:
    """The server behind all receivers; threaded, so that a held answer holds up no other."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        yield server


@pytest.fixture
async def new_receiver(receiver_server: HTTPServer) -> AsyncIterator[Callable[[], Receiver]]:
    """Make a receiver, any number of times: a CRM and a Slack, say."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(running_receiver(receiver_server))


@pytest.fixture
async def receiver(new_receiver: Callable[[], Receiver]) -> Receiver:
    """One HTTP receiver: webhook, Slack or Teams."""
    return new_receiver()
