"""The README, followed by somebody who knows nothing else."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import WITHIN_S, Served, on

README = Path(__file__).parents[2] / "README.md"
ASKED_AT_MOST = 500


class Newcomer:
    """Types the README's blocks into a shell, at a product that runs."""

    def __init__(self, served: Served, directory: Path):
        self._directory = directory
        self._environment = {
            **os.environ,
            **on(directory / "data"),
            "RELEVO_PORT": str(served.port),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        self._replaced = {"127.0.0.1:8480": f"127.0.0.1:{served.port}"}

    def learns(self, word: str, meaning: str) -> None:
        """Type ``meaning`` wherever the README says ``word`` from now on."""
        self._replaced[word] = meaning

    def types(self, first_words: str) -> str:
        """Type the block that begins so; return what was printed."""
        script = next(block for block in BLOCKS if block.startswith(first_words))
        for word, meaning in self._replaced.items():
            script = script.replace(word, meaning)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self._directory,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def types_until(self, wanted: str, first_words: str) -> str:
        """Type the block again and again, as people do who wait for something."""
        printed = ""
        for _ in range(ASKED_AT_MOST):
            printed = self.types(first_words)
            if wanted in printed:
                return printed
        raise AssertionError(printed)


BLOCKS = re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.fixture
def newcomer(tmp_path) -> Iterator[Newcomer]:
    served = Served(on(tmp_path / "data"), "--port", "0")
    yield Newcomer(served, tmp_path)
    served.end(signal.SIGTERM)


def test_a_newcomer_gets_from_an_empty_product_to_a_hand_off_and_a_crm(newcomer):
    newcomer.types("relevo people add")
    token = newcomer.types("relevo sources add website").splitlines()[-1]
    newcomer.learns("src_what_was_printed", token)
    assert "success" in newcomer.types("export TOKEN")

    seen = newcomer.types_until("Ana Ruiz", "relevo handoffs list")
    assert "Rosa" in seen
    assert "demo.requested" in seen

    assert newcomer.types("relevo subscriptions add").splitlines()[-1].startswith("whsec_")
    newcomer.learns("rlv_what_was_printed", newcomer.types("relevo keys create").strip())
    newcomer.types_until("handoff.sales_ready.v1", "export KEY")
    assert "ready: asked_for_us" in newcomer.types("relevo policy show")
    assert "Leads handed over" in newcomer.types("relevo policy try --policy")
