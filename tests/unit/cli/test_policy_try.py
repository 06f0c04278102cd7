"""``relevo policy try`` waits, can be stopped, and says what came of it."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

ROOT = Path(__file__).parents[3]
POLICY = ROOT / "services" / "demo" / "policy.yaml"
TRYOUT: dict[str, Any] = {
    "tryout_id": "t1",
    "policy": "alisio",
    "state": "running",
    "leads_done": 3,
    "leads_total": 10,
    "error": None,
    "result": None,
}
WITHIN_S = 30


@pytest.fixture
def server(receiver_server):
    receiver_server.clear()
    yield receiver_server
    receiver_server.clear()


def start(server, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "services", "policy", *arguments],
        cwd=ROOT,
        env={**os.environ, "RELEVO_URL": server.url_for("/"), "RELEVO_KEY": "rlv_key"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_ctrl_c_stops_the_try_out_itself(server):
    asked, stopped = threading.Event(), threading.Event()

    def show(_request: Request) -> Response:
        asked.set()
        return Response(json.dumps(TRYOUT))

    def stop(_request: Request) -> Response:
        stopped.set()
        return Response(json.dumps({**TRYOUT, "state": "running"}))

    server.expect_request("/v1/policies/tryouts", method="POST").respond_with_json(TRYOUT)
    server.expect_request("/v1/policies/tryouts/t1", method="GET").respond_with_handler(show)
    server.expect_request("/v1/policies/tryouts/t1/stop").respond_with_handler(stop)
    command = start(server, "try", str(POLICY))
    assert asked.wait(WITHIN_S)
    command.send_signal(signal.SIGINT)
    _, errors = command.communicate(timeout=WITHIN_S)

    assert stopped.is_set()
    assert (command.returncode, errors.strip()) == (1, "relevo: stopped")


@pytest.mark.parametrize(
    ("ended", "message"),
    [
        ({"state": "failed", "error": "Problem: 3 to mend"}, "failed: Problem: 3 to mend"),
        ({"state": "stopped"}, "stopped"),
    ],
)
def test_a_try_out_that_ended_otherwise_is_told(server, ended, message):
    server.expect_request("/v1/policies/tryouts").respond_with_json({**TRYOUT, **ended})
    command = start(server, "try", str(POLICY), "--days", "30")
    _, errors = command.communicate(timeout=WITHIN_S)

    assert (command.returncode, errors.strip()) == (1, f"relevo: the try-out is {message}")


def test_what_is_asked_for_is_what_was_typed(server):
    taken: list[Any] = []

    def take(request: Request) -> Response:
        taken.append(request.get_json())
        return Response(json.dumps({**TRYOUT, "state": "stopped"}))

    server.expect_request("/v1/policies/tryouts").respond_with_handler(take)
    typed = "--policy alisio --number 4 --against 2 --from 2026-01-01T00:00Z --as-happened"
    start(server, "try", *typed.split(), "--open-days", "1.5").communicate(timeout=WITHIN_S)

    assert taken == [
        {
            "policy": "alisio",
            "number": 4,
            "against": 2,
            "days": 90,
            "from_at": "2026-01-01T00:00Z",
            "lateness": "as_happened",
            "open_for_s": 129_600,
        }
    ]
