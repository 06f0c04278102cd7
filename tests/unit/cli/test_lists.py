"""``relevo lists``, ``leads override`` and ``policy retire`` ask for what was typed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

ROOT = Path(__file__).parents[3]
COMPETITORS: dict[str, Any] = {
    "name": "competitors",
    "number": 3,
    "size": 2,
    "added": 1,
    "removed": 0,
    "digest": "0" * 64,
    "made_at": "2026-03-02T12:00:00Z",
    "made_by": "eva",
    "why": "new in the market",
    "used_by": ["inbound"],
}
LEAD = "01890000-0000-7000-8000-000000000001"


@pytest.fixture
def server(receiver_server):
    receiver_server.clear()
    yield receiver_server
    receiver_server.clear()


def run(server, *arguments: str, given: str | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "services", *arguments],
        cwd=ROOT,
        env={**os.environ, "RELEVO_URL": server.url_for("/"), "RELEVO_KEY": "rlv_key"},
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def answering(server, path: str, method: str, answer: Any) -> list[tuple[str, Any]]:
    """Answer requests with ``answer``; return where they will be found."""
    asked: list[tuple[str, Any]] = []

    def handle(request: Request) -> Response:
        body = request.get_json() if request.data else None
        asked.append((request.full_path.rstrip("?"), body))
        return Response("" if answer is None else json.dumps(answer), status=200 if answer else 204)

    server.expect_request(path, method=method).respond_with_handler(handle)
    return asked


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        pytest.param(
            ("add", "competitors", "rival.com", "--why", "new"),
            {"add": ["rival.com"], "why": "new"},
            id="added",
        ),
        pytest.param(
            ("remove", "competitors", "rival.com"),
            {"remove": ["rival.com"], "why": ""},
            id="removed",
        ),
    ],
)
def test_values_are_added_and_removed(server, arguments, body):
    server.expect_request("/v1/lists/competitors", method="GET").respond_with_json(COMPETITORS)
    asked = answering(server, "/v1/lists/competitors/values", "POST", COMPETITORS)
    done = run(server, "lists", *arguments)

    assert done.returncode == 0, done.stderr
    assert "competitors" in done.stdout
    assert [{key: one[1].get(key) for key in body} for one in asked] == [body]


def test_the_lists_are_listed_with_the_policies_that_name_them(server):
    page = {"items": [COMPETITORS], "next_cursor": None}
    answering(server, "/v1/lists", "GET", page)
    done = run(server, "lists", "list")

    assert done.returncode == 0, done.stderr
    assert "competitors" in done.stdout
    assert "inbound" in done.stdout


def test_a_policy_is_retired_with_the_reason(server):
    version = {
        "policy": "inbound",
        "number": 4,
        "step": "succeeded",
        "state": "succeeded",
        "agreement": "signed",
    }
    asked = answering(server, "/v1/policies/inbound/retire", "POST", version)
    done = run(server, "policy", "retire", "inbound", "--why", "one for all now")

    assert done.returncode == 0, done.stderr
    assert asked == [("/v1/policies/inbound/retire", {"why": "one for all now"})]
    assert done.stdout.strip() == "inbound version 4: succeeded"


def test_a_persons_word_is_one_of_two(server):
    done = run(server, "leads", "override", LEAD, "--reason", "x")

    assert done.returncode == 1
    assert "either --ready or --hold" in done.stderr


def test_a_lead_is_held_back_until_a_moment(server):
    word = {"override_id": "o1", "ready": False, "reason": "in talks"}
    asked = answering(server, f"/v1/leads/{LEAD}/override", "PUT", word)
    until = "2026-09-01T00:00:00Z"
    done = run(
        server, "leads", "override", LEAD, "--hold", "--reason", "in talks", "--until", until
    )

    assert done.returncode == 0, done.stderr
    assert [body for _, body in asked] == [{"ready": False, "reason": "in talks", "until": until}]
