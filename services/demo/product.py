"""The product of the demonstration: a real `relevo serve all` in a process of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from services.cli.failure import Failure
from services.configuration import ADMIN_KEY_FILE
from services.demo.cast import US

LISTENS = re.compile(r"Relevo listens on (\S+)")
READY_WITHIN_S = 30.0
LOOK_AGAIN_S = 0.02
STOP_WITHIN_S = 10.0


class Product:
    """The standalone product on an empty directory; as a context manager it is stopped again."""

    def __init__(self, directory: Path, port: int):
        self._directory = directory
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.log = directory / "relevo.log"
        self.url = ""
        self.key = ""
        self.ready_after_s = 0.0

    def __enter__(self) -> Self:
        started = time.monotonic()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "services", "serve", "all", "--port", str(self._port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment(os.environ),
            )
        try:
            self.url = self._await_url(started + READY_WITHIN_S)
        except BaseException:
            self.__exit__()
            raise
        self.ready_after_s = time.monotonic() - started
        self.key = (self._directory / ADMIN_KEY_FILE).read_text().strip()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait(self) -> None:
        """Return when the product ends, by itself or by Ctrl-C."""
        assert self._process is not None
        self._process.wait()

    def _environment(self, ours: Mapping[str, str]) -> dict[str, str]:
        """Return an environment without anybody's own settings: every run is the same."""
        theirs = {name: value for name, value in ours.items() if not name.startswith("RELEVO_")}
        return {
            **theirs,
            "RELEVO_DATABASE_URL": f"sqlite:///{self._directory}",
            "RELEVO_BUS_URL": f"sqlite:///{self._directory}",
            "RELEVO_POLICY_FILE": str(Path(__file__).with_name("policy.yaml")),
            "RELEVO_COMPANY": "Alisio",
            "RELEVO_LANGUAGE": "es",
            "RELEVO_ZONE": "Europe/Madrid",
            "RELEVO_OWNER_NAME": "Gloria Sanz",
            "RELEVO_OWNER_EMAIL": f"gloria.sanz@{US}",
        }

    def _await_url(self, until: float) -> str:
        assert self._process is not None
        while time.monotonic() < until:
            if found := LISTENS.search(self.log.read_text(errors="replace")):
                return found[1]
            if self._process.poll() is not None:
                break
            time.sleep(LOOK_AGAIN_S)
        lines = self.log.read_text(errors="replace").splitlines()[-10:]
        raise Failure("the product did not start", lines, f"its log: {self.log}")
