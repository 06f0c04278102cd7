"""What the database of many tests stands on: tables that are copied, never made again.

::

    async with ground.database(directory) as url: ...
"""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.postgres import Postgres

NewData = Callable[[str], Path]  # a name: a new directory with the files of all services

WORLDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@dataclass(frozen=True)
class Ground:
    """A directory with the files of all services, or a server and the database to copy."""

    files: Path | None = None
    server: Postgres | None = None
    template: str = ""

    @asynccontextmanager
    async def database(self, directory: Path) -> AsyncIterator[str]:
        """Yield the URL of a fresh database with every table; SQLite's is in ``directory``."""
        if self.server is not None:
            async with self.server.database(template=self.template) as url:
                yield url
        else:
            assert self.files is not None, "a ground has files or a server"
            yield copied(self.files, directory)


def ground_of(request: pytest.FixtureRequest) -> Ground:
    """Return the ground a fixture with ``params=WORLDS`` is asked for."""
    get = request.getfixturevalue
    if request.param == "sqlite":
        return Ground(files=get("sqlite_with_tables"))
    return Ground(server=get("postgres"), template=get("postgres_with_tables"))


def copied(files: Path, directory: Path) -> str:
    """Copy the database files there; return the URL of the copy."""
    for file in files.glob("*.db"):
        shutil.copy(file, directory)
    return f"sqlite:///{directory}"
