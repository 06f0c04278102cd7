"""Child processes of the tests: real servers, and replicas of the product to kill.

A child never outlives the test run, not even one that is itself killed: on Linux the
kernel ends it together with the thread that started it. Start children on the main thread.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

# Below the range kernels give to outgoing connections, so that a server which is killed
# and started again finds its port still free.
PORTS = range(15_000, 32_000)


def free_port() -> int:
    """Return a loopback TCP port nobody listens on."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class ChildEnded(Exception):
    """A process ended that should be running; the message ends with the tail of its log."""


class Child:
    """A running process whose output goes to the file ``log``.

    ``user`` runs it as another user (root only); ``environment`` is added to ours.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
    ):
        self._name = Path(command[0]).name
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*_dies_with_us(), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
                env={**os.environ, **(environment or {})},
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def check(self) -> None:
        """Raise ``ChildEnded`` unless the process is running."""
        if not self.is_running:
            code = self._process.returncode
            raise ChildEnded(f"{self._name} ended with code {code}\n{self.log_tail()}")

    def log_tail(self, characters: int = 4_000) -> str:
        """Return the last of what the process wrote."""
        return self._log.read_text(errors="replace")[-characters:]

    def freeze(self) -> None:
        """Stop the process where it stands; its sockets stay open (SIGSTOP)."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the process at once, whatever it is doing (SIGKILL), and wait until it is gone."""
        self._process.kill()
        self._process.wait()

    def terminate(self, by: signal.Signals = signal.SIGTERM, timeout_s: float = 30) -> int:
        """Ask the process to end and return its exit code.

        Raises ``subprocess.TimeoutExpired``, and kills it, when it does not obey in time.
        """
        self._process.send_signal(by)
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def _dies_with_us() -> list[str]:
    """Return the command prefix that ties a child's life to ours, where there is one."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
