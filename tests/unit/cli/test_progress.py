"""Long work tells on a terminal how far it is, and says nothing elsewhere."""

import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from werkzeug import Request, Response

PAGES = {None: ("2", 200), "2": ("3", 200), "3": (None, 7)}


@pytest.fixture
def url(receiver_server) -> Iterator[str]:
    """A Relevo with three pages of leads, and 2,007 receipts that can be read again."""
    retried = iter([500, 2000, 2007])

    def leads(request: Request) -> Response:
        following, count = PAGES[request.args.get("cursor")]
        lead = dict.fromkeys(("lead_id", "name", "account_domain", "first_seen_at"), "")
        items: list[dict[str, object]] = [{**lead, "identifiers": []}] * count
        return Response(json.dumps({"items": items, "next_cursor": following}))

    def retry(_request: Request) -> Response:
        count = next(retried)
        state = "running" if count < 2007 else "done"
        found = {"id": "r", "total": 2007, "retried": count, "state": state}
        return Response(json.dumps(found))

    receiver_server.clear()
    receiver_server.expect_request("/v1/leads").respond_with_handler(leads)
    receiver_server.expect_request("/v1/receipts/retry").respond_with_handler(retry)
    receiver_server.expect_request("/v1/receipts/retries/r").respond_with_handler(retry)
    yield receiver_server.url_for("/")
    receiver_server.clear()


def relevo(url: str, *arguments: str, terminal: bool) -> tuple[str, str]:
    """Run a command; return what it wrote to standard output and to standard error."""
    main, other = pty.openpty()
    told: list[bytes] = []

    def listen() -> None:
        try:
            while some := os.read(main, 4096):
                told.append(some)
        except OSError:  # nobody holds the other end any more
            return

    listener = threading.Thread(target=listen)
    listener.start()
    done = subprocess.run(
        [sys.executable, "-m", "services", *arguments, "--url", url, "--key", "rlv_key"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=other if terminal else subprocess.PIPE,
        env={**os.environ, "TERM": "xterm"},
        text=True,
        check=True,
    )
    os.close(other)
    listener.join()
    os.close(main)
    return done.stdout, b"".join(told).decode() if terminal else done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("leads", "list", "--limit", "1000"), "400 so far", id="pages of a list"),
        pytest.param(("receipts", "retry", "--all"), "2000/2007", id="receipts"),
    ],
)
@pytest.mark.parametrize("terminal", [True, False], ids=["on a terminal", "in a pipe"])
def test_long_work_tells_how_far_it_is(url, arguments, said, terminal):
    _, told = relevo(url, *arguments, "--json", terminal=terminal)

    assert (said in told) == terminal


def test_what_is_told_is_no_part_of_the_result(url):
    result, _ = relevo(url, "receipts", "retry", "--all", "--json", terminal=True)

    assert json.loads(result)["retried"] == 2007
