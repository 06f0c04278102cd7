"""A `relevo serve` as somebody starts it at a prompt, on an embedded product of its own.

For what a person or a supervisor sees of one process; ``product`` has the whole product in
both its worlds.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RELEVO = (sys.executable, "-m", "services")
LISTENS = re.compile(r"Relevo listens on http://127\.0\.0\.1:(\d+)")
WITHIN_S = 60


class Served:
    """A running `relevo serve`; ``told`` is what it wrote to standard error.

    ``terminal`` lets it write to a terminal, else to a pipe.
    """

    def __init__(self, environment: Mapping[str, str], *arguments: str, terminal: bool = False):
        reading, writing = os.openpty() if terminal else os.pipe()
        self.process = subprocess.Popen(
            [*RELEVO, "serve", *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=writing,
        )
        os.close(writing)
        self.told: list[str] = []
        self._listens = threading.Event()
        self._reading = threading.Thread(target=self._read, args=(reading,))
        self._reading.start()
        self._listens.wait(WITHIN_S)
        found = LISTENS.search("".join(self.told))
        assert found, "".join(self.told)
        self.port = int(found[1])

    def _read(self, reading: int) -> None:
        # A terminal whose other side is closed ends with an error, not with an empty line.
        with contextlib.suppress(OSError), open(reading) as lines:
            for line in lines:
                self.told.append(line)
                if LISTENS.search(line):
                    self._listens.set()
        self._listens.set()

    def get(self, path: str) -> tuple[int, Any]:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def end(self, *signals: signal.Signals) -> int:
        for one in signals:
            self.process.send_signal(one)
        code = self.process.wait(WITHIN_S)
        self._reading.join()
        return code


def on(directory: Path) -> dict[str, str]:
    """Return the settings of an embedded product that keeps its data there."""
    return {
        "RELEVO_DATABASE_URL": f"sqlite:///{directory}",
        "RELEVO_BUS_URL": f"sqlite:///{directory}",
    }
