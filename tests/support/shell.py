"""A prompt beside a running product: commands as people type them."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from services.cli.app import app
from tests.support.served import RELEVO, WITHIN_S, Served, on


class Shell:
    """A prompt beside a running product."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*RELEVO, *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )

    def relevo(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.relevo(*words, "--json"))

    def refused(self, *words: str) -> str:
        done = self.run(*words)
        assert (done.returncode, done.stdout) == (1, "")
        return done.stderr


class SameProcess(Shell):
    """The same prompt without a process for each command: for tests that type many."""

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        with chdir(self.folder):
            done = CliRunner().invoke(app, words, env=self.environment)
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


@contextmanager
def shell_beside(directory: Path, kind: type[Shell] = Shell) -> Iterator[Shell]:
    """Serve a new product and yield a prompt beside it, in an empty folder."""
    data, folder = directory / "data", directory / "folder"
    folder.mkdir()
    served = Served(on(data), "--port", "0")
    try:
        yield kind(folder, {**os.environ, **on(data), "RELEVO_PORT": str(served.port)})
    finally:
        served.end(signal.SIGTERM)
