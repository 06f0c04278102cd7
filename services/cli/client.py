"""Speaking to a running Relevo over its HTTP API.

By the standard library: a command must start at once, and the address is the one its user
gave. What the services send to the outside goes through ``shared.egress`` instead, whose
guard exists because there the addresses come from other people.
"""

import http.client
import json
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

from services.cli.failure import Failure
from services.cli.output import progress

TIMEOUT_S = 30
PAGE = 200
IDLE_S = 2.0  # the server closes a connection nobody used for five seconds
Query = Mapping[str, str | int | None]


class Refused(Failure):
    """The server answered with a problem: {status} {code}."""

    def __init__(self, status: int, problem: dict[str, Any], retry_after_s: float | None = None):
        places = [
            f"{one.get('pointer', '')}: {one['message']}" for one in problem.get("errors", ())
        ]
        remedy = "give a key with --key or RELEVO_KEY" if status == 401 else ""
        message = problem.get("message") or problem.get("detail") or "no reason given"
        super().__init__(f"{message} ({status})", places, remedy, problem)
        self.status = status
        self.code = problem.get("code", "")
        self.retry_after_s = retry_after_s


class Api:
    """One connection to the API, kept open over many requests. Not for several threads."""

    def __init__(self, url: str, key: str | None):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Failure(f"{url!r} is no http or https URL", remedy="give one with --url")
        self.url = url.rstrip("/")
        self._prefix = parts.path.rstrip("/")
        self._headers = {"accept": "application/json"}
        if key:
            self._headers["authorization"] = f"Bearer {key}"
        self._used_at = 0.0
        self._connection = (
            http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=TIMEOUT_S, context=ssl.create_default_context()
            )
            if parts.scheme == "https"
            else http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_S)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def start_over(self) -> None:
        """Drop what an interrupted request left on the connection; the next one opens another."""
        self._connection.close()

    def get(self, path: str, query: Query | None = None) -> Any:
        """Return the answer to a GET. Raises ``Failure``, as all requests do."""
        return self.call("GET", path, query=query)

    def post(self, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """Return the answer to a POST of ``body`` as JSON."""
        return self.call("POST", path, body=body, headers=headers)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the decoded answer; None when it has no body. Raises ``Failure``."""
        content = None if body is None else json.dumps(body).encode()
        kind = {} if content is None else {"content-type": "application/json"}
        answer = self.send(method, _with_query(path, query), content, {**kind, **(headers or {})})
        return json.loads(answer) if answer else None

    def page(self, method: str, path: str, query: Query, body: Any = None) -> str:
        """Return an answer that is text for people. Raises ``Failure``."""
        content = None if body is None else json.dumps(body).encode()
        kind = {} if content is None else {"content-type": "application/json"}
        return self.send(method, _with_query(path, query), content, kind).decode()

    def pages(self, path: str, query: Query | None = None, at_most: int | None = None) -> list[Any]:
        """Return the items of all pages, or the first ``at_most``."""
        items, cursor = self._page(path, query, PAGE if at_most is None else min(PAGE, at_most))
        if not cursor:
            return items
        with progress() as tell:
            while cursor and (at_most is None or len(items) < at_most):
                tell(f"{len(items)} so far")
                wanted = PAGE if at_most is None else min(PAGE, at_most - len(items))
                more, cursor = self._page(path, {**(query or {}), "cursor": cursor}, wanted)
                items += more
        return items

    def _page(self, path: str, query: Query | None, limit: int) -> tuple[list[Any], str | None]:
        page = self.get(path, {**(query or {}), "limit": limit})
        return page["items"], page.get("next_cursor")

    def send(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> bytes:
        """Send bytes as they are and return the answer's."""
        response = self._respond(method, path, content, headers)
        answer = response.read()
        if response.status >= 400:
            raise Refused(response.status, _problem(answer), _seconds(response))
        return answer

    def events(self, path: str, query: Query | None = None) -> Iterator[tuple[str, Any]]:
        """Yield (id, event) of a server-sent event stream for as long as it is open."""
        headers = {"accept": "text/event-stream"}
        response = self._respond("GET", _with_query(path, query), None, headers)
        if response.status >= 400:
            raise Refused(response.status, _problem(response.read()))
        last_id, data = "", b""
        while line := response.readline():
            name, _, value = line.rstrip(b"\r\n").partition(b":")
            if name == b"id":
                last_id = value.strip().decode()
            elif name == b"data":
                data += value.strip()
            elif not line.strip() and data:
                yield last_id, json.loads(data)
                data = b""

    def _respond(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        if time.monotonic() - self._used_at > IDLE_S:
            self._connection.close()  # the next request opens it again
        try:
            self._connection.request(
                method, f"{self._prefix}{path}", content, {**self._headers, **headers}
            )
            return self._connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from None
        finally:
            self._used_at = time.monotonic()

    def _unreachable(self, error: Exception) -> Failure:
        self._connection.close()
        return Failure(
            f"{self.url} does not answer: {error}",
            remedy="start it with: relevo serve    or name another with --url or RELEVO_URL",
        )


def part(text: str) -> str:
    """Return ``text`` as one part of a path."""
    return quote(text, safe="")


def _with_query(path: str, query: Query | None) -> str:
    given = {name: value for name, value in (query or {}).items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def _seconds(response: http.client.HTTPResponse) -> float | None:
    """Return how long the server asks to wait; None when it does not say it in seconds."""
    told = response.headers.get("retry-after", "")
    return float(told) if told.isascii() and told.isdigit() else None


def _problem(answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    return {"message": answer[:200].decode(errors="replace").strip() or "an empty answer"}
