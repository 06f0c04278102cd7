"""Watching the real feed: every hand-off is told as it happens."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.cli.client import Api
from services.cli.failure import Failure

READY = "handoff.sales_ready.v1"


@dataclass
class Watch:
    """Reads the event stream in a thread of its own and keeps count."""

    url: str
    key: str
    tell: Callable[[dict[str, Any]], None]
    counts: dict[str, int] = field(default_factory=dict)
    ready: list[dict[str, Any]] = field(default_factory=list)
    first_at: float | None = None
    failure: Failure | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def start(self) -> None:
        """Begin to read; ends with the process."""
        threading.Thread(target=self._read, name="watch", daemon=True).start()

    def wait_until_quiet(self, quiet_s: float) -> None:
        """Return once no event came for ``quiet_s`` seconds."""
        with self._changed:
            while self._changed.wait(quiet_s):
                pass

    def _read(self) -> None:
        try:
            with Api(self.url, self.key) as api:
                for _, event in api.events("/v1/feed/stream", {"after": "0"}):
                    self._take(event)
        except Failure as failure:
            self.failure = failure

    def _take(self, event: dict[str, Any]) -> None:
        with self._changed:
            self.counts[event["type"]] = self.counts.get(event["type"], 0) + 1
            if event["type"] == READY:
                self.ready.append(event["data"])
            self._changed.notify_all()
        if event["type"] == READY:
            self.first_at = self.first_at or time.monotonic()
            self.tell(event["data"])
