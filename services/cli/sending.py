"""Sending a file's rows part by part, whatever happens between two parts.

The server knows how far the file is. Whoever starts again asks it and goes on there; an
answer that got lost is made up for by looking. So no part is taken twice, and a rejected
row is told even when the answer that rejected it never arrived.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from services.cli.client import Api, Refused, part
from services.cli.failure import Failure
from services.cli.rejects import Rejects
from shared.exports import Export, Record

ROWS = 500
BYTES = 160 * 1024  # of rows in one request; the API takes 256 KiB
WAIT_S = 0.3
LONGEST_WAIT_S = 30.0
PATIENCE_S = 60.0  # for a server that does not answer: it may be starting again
BUSY = frozenset({429, 503})

Tell = Callable[[int, int], None]


@dataclass
class Batch:
    """Some rows of a file in their order: those that can be sent, and the others' faults."""

    before: int
    """How many rows of the file are in front of it."""
    records: list[Record] = field(default_factory=list)
    encoded: list[bytes] = field(default_factory=list)
    sent: list[Record] = field(default_factory=list)
    unsent: list[Record] = field(default_factory=list)
    size: int = 0

    def add(self, record: Record) -> None:
        """Put a row in."""
        self.records.append(record)
        content = b""
        if record.row is not None:
            content = json.dumps(record.row, ensure_ascii=False, separators=(",", ":")).encode(
                "utf-8", "replace"
            )
            if len(content) > BYTES:
                record = Record(record.line, record.text, None, f"is larger than {BYTES} bytes")
        if record.row is None:
            self.unsent.append(record)
            return
        self.encoded.append(content)
        self.sent.append(record)
        self.size += len(content)

    @property
    def is_full(self) -> bool:
        return len(self.records) >= ROWS or self.size >= BYTES

    @property
    def end(self) -> int:
        """How many rows of the file there are up to its end."""
        return self.before + len(self.records)

    def behind(self, position: int) -> "Batch":
        """Return what is left of it behind the first ``position`` rows of the file."""
        return _batch(position, self.records[max(0, position - self.before) :])

    def until(self, position: int) -> "Batch":
        """Return its rows among the first ``position`` of the file."""
        return _batch(self.before, self.records[: max(0, position - self.before)])

    def body(self, headings: list[str] | None, more: dict[str, Any]) -> bytes:
        """Return the request with these rows."""
        start = json.dumps({"headings": headings, **more}).encode()
        return start[:-1] + b', "rows": [' + b",".join(self.encoded) + b"]}"

    def reject(self, faults: list[dict[str, Any]], rejects: Rejects) -> None:
        """Note what was rejected of it, in the order of the file."""
        found = [
            (self.sent[one["row"]], one["column"], one["code"], one["message"]) for one in faults
        ]
        found += [(one, "", "unreadable", one.fault) for one in self.unsent]
        for record, column, code, message in sorted(found, key=lambda one: one[0].line):
            rejects.add(record, column, code, message)


def batches(export: Export) -> Iterator[Batch]:
    """Yield a file's rows in batches."""
    batch = Batch(0)
    for record in export.records():
        batch.add(record)
        if batch.is_full:
            yield batch
            batch = Batch(batch.end)
    if batch.records:
        yield batch


def _batch(before: int, records: list[Record]) -> Batch:
    batch = Batch(before)
    for record in records:
        batch.add(record)
    return batch


@dataclass
class Sender:
    """Sends one file into one import."""

    api: Api
    export: Export
    source: str
    started: dict[str, Any]
    """The import as the server showed it at the start."""
    rejects: Rejects
    tell: Tell

    def send(self) -> None:
        """Send what the server has not got yet. Raises ``Failure``."""
        position = self.started["position"]
        for batch in batches(self.export):
            done = batch.until(position)
            if done.records and self.rejects.is_written:
                self._judge_again(done)  # taken by a run before; the file is to have them all
            left = batch.behind(position) if batch.before < position else batch
            while left.records:
                position = self._send(left)
                left = left.behind(position)
            self.tell(batch.end, self.export.total)

    def _send(self, batch: Batch) -> int:
        """Send a batch; return behind which row the import is now."""
        more = {"after": batch.before, "unreadable": len(batch.unsent)}
        body = batch.body(self.export.headings, more)
        try:
            answer = patiently(lambda: self._post(f"/v1/imports/{self.started['id']}/rows", body))
        except Refused as refused:
            if refused.code != "moved_on":
                raise
            position = int(patiently(self._look)["position"])
            if position <= batch.before:
                raise  # somebody began it anew meanwhile
            self._judge_again(batch.until(position))
            return position
        batch.reject(answer["faults"], self.rejects)
        return int(answer["position"])

    def _judge_again(self, batch: Batch) -> None:
        """Find out what was rejected of rows whose answer is not known."""
        found = check(self.api, self.source, self.export, self.started["plan"], batch)
        batch.reject(found["faults"], self.rejects)

    def _look(self) -> Any:
        return self.api.get(f"/v1/imports/{self.started['id']}")

    def _post(self, path: str, body: bytes) -> Any:
        return json.loads(self.api.send("POST", path, body, {"content-type": "application/json"}))


def check(
    api: Api, source: str, export: Export, plan: dict[str, Any], batch: Batch, show: int = 0
) -> Any:
    """Return what would be taken of a batch."""
    body = batch.body(export.headings, {"plan": plan, "show": show})
    path = f"/v1/sources/{part(source)}/imports/check"
    headers = {"content-type": "application/json"}
    return patiently(lambda: json.loads(api.send("POST", path, body, headers)))


def patiently(request: Callable[[], Any]) -> Any:
    """Return the answer to a request that may be repeated.

    Waits as long as the server asks to, and a minute for one that does not answer.
    """
    silent_since: float | None = None
    while True:
        wait_s = WAIT_S
        try:
            return request()
        except Refused as refused:
            if refused.status not in BUSY:
                raise
            silent_since = None if refused.code == "must_wait" else silent_since or time.monotonic()
            wait_s = min(refused.retry_after_s or WAIT_S, LONGEST_WAIT_S)
            problem: Failure = refused
        except Failure as failure:
            silent_since = silent_since or time.monotonic()
            problem = failure
        if silent_since is not None and time.monotonic() - silent_since > PATIENCE_S:
            problem.remedy = "give the same command again: it goes on where it stopped"
            raise problem
        time.sleep(wait_s)
