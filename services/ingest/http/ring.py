"""The sources as the doors know them: in memory, because they are asked for every request.

Read again every two seconds, at once in the process that changed one, and before anybody is
refused: another replica may have made the source a moment ago.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from services.ingest.handlers.origins import origin_of
from services.ingest.store.sources import Credential, Source, all_sources, live_credentials
from services.ingest.vendors import VENDORS
from services.ingest.vendors.port import Credentials, Options, Vendor
from services.ingest.vendors.tokens import TOKEN_HEADER, hash_token, shown_tokens
from shared.db import Database

REFRESH_S = 2.0
SPACING_S = 0.05  # strangers cannot make us read more often than this


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A source whose door is open. ``arrives`` is the state its receipts begin in."""

    id: str
    name: str
    vendor: Vendor
    options: Options
    arrives: str
    credentials: Credentials


class SourceRing:
    """Every source that may send."""

    def __init__(self, db: Database):
        self._db = db
        self._by_name: Mapping[str, OpenSource] = {}
        self._by_token: Mapping[str, OpenSource] = {}
        # The same few credentials come again and again; hashing them anew costs.
        self._shown: dict[bytes, OpenSource] = {}
        self._looking: asyncio.Task[None] | None = None

    async def look_again(self) -> None:
        """Return once the sources were read by a look that began after the call."""
        if self._looking is not None:
            await asyncio.shield(self._looking)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        await asyncio.shield(self._looking)

    async def _look(self) -> None:
        try:
            await asyncio.sleep(SPACING_S)
            await self.refresh()
        finally:
            self._looking = None

    def named(self, name: str) -> OpenSource | None:
        return self._by_name.get(name)

    def showing_token(self, head: Mapping[bytes, bytes]) -> OpenSource | None:
        """Return the source whose token the request shows."""
        authorization = head.get(b"authorization")
        if authorization is not None and (source := self._shown.get(authorization)):
            return source
        headers = {
            name: head[name.encode()].decode("latin-1")
            for name in ("authorization", TOKEN_HEADER)
            if name.encode() in head
        }
        for token in shown_tokens(headers):
            if source := self.with_token(token):
                if authorization is not None and TOKEN_HEADER not in headers:
                    self._shown[authorization] = source
                return source
        return None

    def with_token(self, token: str) -> OpenSource | None:
        return self._by_token.get(hash_token(token))

    async def refresh(self) -> None:
        """Read the sources again."""

        def load(conn: Connection) -> tuple[list[Source], list[Credential]]:
            return all_sources(conn), live_credentials(conn, self._db.now(conn))

        sources, credentials = await self._db.read(load)
        by_source: dict[str, list[Credential]] = {}
        for credential in credentials:
            by_source.setdefault(credential.source_id, []).append(credential)
        opened = [
            _open(source, by_source.get(source.id, []))
            for source in sources
            if source.state != "archived"
        ]
        self._by_name = {source.name: source for source in opened}
        self._by_token = {
            digest: source
            for source in opened
            if source.vendor.credential(source.options) == "token"
            for digest in source.credentials.token_hashes
        }
        self._shown = {}

    async def run(self) -> None:
        """Refresh for ever. Ends by cancellation."""
        while True:
            await asyncio.sleep(REFRESH_S)
            await self.refresh()


def _open(source: Source, live: list[Credential]) -> OpenSource:
    return OpenSource(
        id=source.id,
        name=source.name,
        vendor=VENDORS[source.vendor],
        options=origin_of(source).options,
        arrives="held" if source.state == "paused" else "pending",
        credentials=Credentials(
            token_hashes=frozenset(one.hash for one in live if one.kind == "token"),
            secrets=[one.secret for one in live if one.secret is not None],
        ),
    )
