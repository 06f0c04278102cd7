"""A real PostgreSQL for the tests: a private cluster on a free loopback port.

Its settings are Debian's own, durable ones included, so what a test learns about a commit
holds in production. ``RELEVO_TEST_POSTGRES_URL`` gives a running server instead; its user
must be allowed to create databases.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from tests.support.processes import Child, free_port

GIVEN_URL = "RELEVO_TEST_POSTGRES_URL"
OWNER = "postgres"  # Debian's account of the server; the server refuses to run as root
READY_WITHIN_S = 60
LOOK_AGAIN_S = 0.02


class Postgres:
    """A running server; ``url`` leads to its maintenance database.

    ``start`` starts its process, the first time and again; None when the environment gave
    the server, which therefore cannot be crashed.
    """

    def __init__(self, url: str, start: Callable[[], Child] | None = None):
        self.url = url
        self._start = start
        self._child = start() if start is not None else None

    @property
    def is_ours(self) -> bool:
        """True when the server can be crashed."""
        return self._start is not None

    def crash(self) -> None:
        """End the server without a checkpoint; what was committed is in its log."""
        assert self._child is not None, "the server was given to us"
        self._child.terminate(signal.SIGQUIT)

    async def start_again(self) -> None:
        """Start the crashed server and return once it has recovered."""
        assert self._start is not None, "the server was given to us"
        self._child = self._start()
        await self.until_ready()

    async def until_ready(self) -> None:
        """Return when the server answers."""
        async with asyncio.timeout(READY_WITHIN_S):
            while True:
                if self._child is not None:
                    self._child.check()
                try:
                    return await self._execute("SELECT 1")
                except (OSError, asyncpg.CannotConnectNowError):
                    await asyncio.sleep(LOOK_AGAIN_S)

    @asynccontextmanager
    async def database(self, template: str = "template0") -> AsyncIterator[str]:
        """Create a database, yield its URL and drop it again, open connections or not.

        ``template`` is the name of the database to copy; nobody may be connected to it.
        """
        name = f"relevo_{uuid.uuid4().hex}"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield urlsplit(self.url)._replace(path=f"/{name}").geturl()
        finally:
            await self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def server_binaries() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres``, the newest one installed, or None."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: int(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def lacking() -> str | None:
    """Return why no PostgreSQL can be had on this machine, with the remedy; None when it can."""
    if os.environ.get(GIVEN_URL) or server_binaries():
        return None
    return f"no PostgreSQL server; install the package postgresql or set {GIVEN_URL}"


@asynccontextmanager
async def running_postgres() -> AsyncIterator[Postgres]:
    """Yield the server given by the environment, else a private one that ends with the block."""
    if url := os.environ.get(GIVEN_URL):
        yield Postgres(url)
        return
    user = OWNER if os.geteuid() == 0 else None
    root = Path(tempfile.mkdtemp(prefix="relevo-postgres-"))
    try:
        if user:
            shutil.chown(root, user)
        server = _make(root, user)
        try:
            await server.until_ready()
            yield server
        finally:
            # Its data goes anyway, so it may be killed where it does not obey: a postmaster
            # that is told to quit while it handles another signal can wait for itself.
            with suppress(subprocess.TimeoutExpired):
                server.crash()
    finally:
        shutil.rmtree(root)


def _make(root: Path, user: str | None) -> Postgres:
    binaries = server_binaries()
    if binaries is None:
        raise FileNotFoundError("PostgreSQL's server is not installed")
    cluster = root / "cluster"
    subprocess.run(
        [str(binaries / "initdb"), "--username", OWNER, "--auth", "trust", "--encoding", "UTF8"]
        + ["--no-locale", "--no-sync", "--pgdata", str(cluster)],
        check=True,
        capture_output=True,
        user=user,
        cwd=root,
    )
    port = free_port()
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": ""}
    command = [str(binaries / "postgres"), "-D", str(cluster)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return Postgres(
        f"postgresql://{OWNER}@127.0.0.1:{port}/postgres",
        start=lambda: Child(command, root / "log", user=user),
    )
