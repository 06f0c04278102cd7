"""The two worlds of the product, made of the real parts a test run has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.kafka import Kafka
from tests.support.postgres import Postgres
from tests.support.product import World


@dataclass(frozen=True)
class Servers:
    """What a world stands on: a data directory alone, or PostgreSQL and Kafka."""

    postgres: Postgres | None = None
    kafka: Kafka | None = None

    @asynccontextmanager
    async def world(self, folder: Path, replicas: int = 1) -> AsyncIterator[World]:
        """Yield an empty world that is gone with the block; ``replicas`` count in production."""
        if self.postgres is None or self.kafka is None:
            url = f"sqlite:///{folder}/data"
            yield World("embedded", url, url, folder)
            return
        async with self.postgres.database() as url:
            try:
                yield World("production", url, self.kafka.url, folder, replicas)
            finally:
                await self.kafka.clear()
