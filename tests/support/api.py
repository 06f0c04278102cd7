"""The product's HTTP API as its users call it, whichever process answers.

In the production world a path belongs to one service and that to some replicas; the same
table stands in ``deploy/nginx.conf``. Requests go to the replicas in turn, and a refused
connection is the caller's to see.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import count
from typing import Any

import httpx

TIMEOUT_S = 30.0
IDLE_S = 2.0  # below the five seconds after which the server closes an idle connection
OWNERS = (
    (re.compile(r"/hooks/"), "ingest"),
    (
        re.compile(
            r"/v1/(events|track|identify|page|screen|group|alias|batch|import|cloudevents"
            r"|sources|receipts|imports|ledger|touch-kinds)(/|$)"
        ),
        "ingest",
    ),
    (re.compile(r"/v1/(subscriptions|deliveries|feed|inbox)(/|$)"), "notify"),
    (re.compile(r"/v1/operations/ingest/"), "ingest"),
    (re.compile(r"/v1/operations/notify/"), "notify"),
)


def owner_of(path: str) -> str:
    """Return the service that answers ``path``."""
    bare = path.partition("?")[0]
    return next((service for pattern, service in OWNERS if pattern.match(bare)), "handoff")


class Refused(Exception):
    """The product answered with an error; the message holds the whole answer."""

    def __init__(self, response: httpx.Response):
        request = response.request
        super().__init__(
            f"{request.method} {request.url}: {response.status_code} {response.text[:2000]}"
        )
        self.response = response


class Api:
    """Calls with one key. ``urls`` are the addresses of each service's replicas."""

    def __init__(self, urls: Mapping[str, Sequence[str]], key: str, keep_alive: bool = True):
        """Build a client; without ``keep_alive`` each request has a connection of its own."""
        self.key = key
        self._urls = urls
        self._turns = count()
        self._http = httpx.AsyncClient(
            timeout=TIMEOUT_S,
            trust_env=False,
            limits=httpx.Limits(
                max_connections=100,
                max_keepalive_connections=20 if keep_alive else 0,
                keepalive_expiry=IDLE_S,
            ),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def url(self, path: str) -> str:
        """Return where a call of ``path`` goes next."""
        urls = self._urls[owner_of(path)]
        return urls[next(self._turns) % len(urls)] + path

    async def send(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """Send a request as it is; with our key unless ``headers`` say who sends."""
        given = {"authorization": f"Bearer {self.key}"} if headers is None else dict(headers)
        return await self._http.request(
            method, self.url(path), content=content, json=json, headers=given, params=params
        )

    async def get(self, path: str, **params: Any) -> Any:
        """Return the JSON of an answer; raises ``Refused`` for anything but a 2xx."""
        return _taken(await self.send("GET", path, params=params or None))

    async def post(self, path: str, json: Any = None) -> Any:
        """Post and return the JSON of the answer; raises ``Refused``."""
        return _taken(await self.send("POST", path, json=json))

    async def delete(self, path: str) -> None:
        """Delete; raises ``Refused``."""
        _taken(await self.send("DELETE", path))

    async def change(self, path: str, json: Any) -> Any:
        """Change what is shown at ``path``, naming the version we have just seen."""
        seen = await self.send("GET", path)
        _taken(seen)
        headers = {"authorization": f"Bearer {self.key}", "if-match": seen.headers["etag"]}
        return _taken(await self.send("PATCH", path, json=json, headers=headers))

    async def pages(self, path: str, **params: Any) -> AsyncIterator[dict[str, Any]]:
        """Yield what every page of a list holds, in its order."""
        cursor: str | None = None
        while True:
            turned = {} if cursor is None else {"cursor": cursor}
            page = await self.get(path, **params, **turned)
            (items,) = (value for value in page.values() if isinstance(value, list))
            for item in items:
                yield item
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def stream(self, path: str, headers: Mapping[str, str]) -> Any:
        """Open an answer that does not end; an async context manager of the response."""
        given = {"authorization": f"Bearer {self.key}", **headers}
        return self._http.stream("GET", self.url(path), headers=given, timeout=None)


def _taken(response: httpx.Response) -> Any:
    if not response.is_success:
        raise Refused(response)
    return response.json() if response.content else None
