"""PostgreSQL behind ``shared.db``: a pool of asyncpg connections, one schema per service."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import orjson
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.db_errors import NotDurable
from shared.db_sqlite import to_json

T = TypeVar("T")

POOL = 10
OVERFLOW = 10
CONNECT_WITHIN_S = 10


class PostgresBackend:
    """One schema of a PostgreSQL database; ``url`` may say whatever libpq's URLs may say."""

    def __init__(self, url: str, schema: str):
        self._engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            json_serializer=to_json,
            json_deserializer=orjson.loads,
            hide_parameters=True,  # an error's text must not carry personal data
            pool_size=POOL,
            max_overflow=OVERFLOW,
            connect_args={
                "dsn": url,  # read by asyncpg: sslmode and the like
                "timeout": CONNECT_WITHIN_S,
                "server_settings": {
                    "search_path": schema,
                    "application_name": schema,
                    # a process that froze inside a transaction must not hold its locks for ever
                    "idle_in_transaction_session_timeout": "10s",
                    "jit": "off",
                },
            },
        )
        self.failed = asyncio.Event()  # never: the server looks after its own disk
        # One snapshot for all statements of a read; costs no round trip of its own.
        self._reading = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    async def start(self) -> None:
        """Connect; raises ``NotDurable``."""
        async with self._engine.connect() as conn:
            for setting in ("fsync", "synchronous_commit"):
                value = (await conn.exec_driver_sql(f"SHOW {setting}")).scalar_one()
                if value == "off":
                    raise NotDurable(f"PostgreSQL runs with {setting} = off")

    async def stop(self) -> None:
        """Close the pool."""
        await self._engine.dispose()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction of its own."""
        async with self._engine.begin() as conn:
            return await conn.run_sync(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on one snapshot."""
        async with self._reading.connect() as conn:
            return await conn.run_sync(work)
