"""A person at a terminal: reads what a command prints there, types, and presses Ctrl-C."""

import os
import sys
from collections.abc import Mapping

import pexpect

WITHIN_S = 30
COLUMNS = 200


class Terminal:
    """The ``relevo`` command, run at a terminal of its own."""

    def __init__(self, environment: Mapping[str, str], *arguments: str):
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "services", *arguments],
            env={**os.environ, **environment, "NO_COLOR": "1", "TERM": "xterm"},
            dimensions=(50, COLUMNS),
            encoding="utf-8",
            timeout=WITHIN_S,
        )

    def until(self, text: str) -> str:
        """Return what is printed before and with ``text``, once it is there."""
        self._child.expect_exact(text)
        return f"{self._child.before}{text}"

    def types(self, line: str) -> None:
        """Type a line."""
        self._child.sendline(line)

    def interrupts(self) -> None:
        """Press Ctrl-C."""
        self._child.sendintr()

    def ends(self) -> tuple[int | None, str]:
        """Return the exit code, and what was printed since."""
        self._child.expect(pexpect.EOF)
        self._child.close()
        return self._child.exitstatus, self._child.before or ""
