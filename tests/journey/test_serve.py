"""`relevo serve`, `migrate` and `doctor` as processes: what people and supervisors see."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from services.cli.client import Api
from tests.support.served import RELEVO, WITHIN_S, Served, on


@pytest.fixture(scope="module")
def directory(tmp_path_factory) -> Path:
    return Path(tmp_path_factory.mktemp("served") / "data")


@pytest.fixture(scope="module")
def served(directory) -> Iterator[Served]:
    one = Served(on(directory), "--port", "0", terminal=True)
    yield one
    if one.process.poll() is None:
        one.end(signal.SIGKILL)


@pytest.fixture
def fresh(tmp_path) -> dict[str, str]:
    return on(tmp_path / "data")


def run(environment: Mapping[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*RELEVO, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )


def is_refused(port: int) -> bool:
    """Return whether nobody is accepted at ``port`` any more."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


def slow_request(port: int) -> socket.socket:
    """Return the connection of a request the server has begun, whose body is not complete."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(
        b"POST /v1/people HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    )
    assert connection.recv(100).startswith(b"HTTP/1.1 100")
    connection.sendall(b"{")
    return connection


def test_it_is_ready_once_it_says_where_it_listens(served):
    status, answer = served.get("/readyz")

    assert (status, answer["status"]) == (200, "ok")


def test_the_first_start_shows_the_admin_key_on_a_terminal(served, directory):
    key = (directory / "admin-key").read_text().strip()

    assert key in [line.strip() for line in served.told]


def test_into_a_log_goes_only_where_the_admin_key_is(fresh, tmp_path):
    first = Served(fresh, "--port", "0")
    first.end(signal.SIGTERM)

    assert not any("rlv_" in line for line in first.told)
    assert any(str(tmp_path / "data" / "admin-key") in line for line in first.told)


def test_the_data_are_for_their_owner_alone(served, directory):
    files = [path for path in directory.iterdir() if path.is_file()]

    assert {path.name for path in files} >= {"ingest.db", "handoff.db", "notify.db", "bus.db"}
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []


def test_two_processes_never_share_a_data_directory(served, directory):
    second = run(on(directory), "serve", "--port", "0")

    assert second.returncode == 1
    assert "stop the other one" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_port_in_use_is_told_before_anything_is_started(served, fresh, tmp_path):
    second = run(fresh, "serve", "--port", str(served.port))

    assert second.returncode == 1
    assert f"127.0.0.1:{served.port} is in use" in second.stderr
    assert not (tmp_path / "data").exists()


def test_the_doctor_finds_a_served_product_well(served, directory):
    here = {**on(directory), "RELEVO_URL": f"http://127.0.0.1:{served.port}"}

    done = run(here, "doctor", "--json")

    told = {one["check"]: one for one in json.loads(done.stdout)}
    found = {check: one["status"] for check, one in told.items()}
    assert done.returncode == 0, done.stdout
    assert [found[f"{name} database"] for name in ("ingest", "handoff", "notify")] == ["ok"] * 3
    assert (found["bus"], found["server"], found["mail"]) == ("ok", "ok", "warn")
    assert found["refold"] == "ok"
    assert "RELEVO_PUBLIC_URL is not set: messages carry no links" in told["links"]["detail"]


def test_the_probe_of_containers_says_well_or_not(served):
    probe = [sys.executable, "-m", "services.probe", "/readyz"]
    well = {**os.environ, "RELEVO_PORT": str(served.port)}

    assert subprocess.run(probe, env=well, check=False).returncode == 0
    assert subprocess.run(probe, env={**well, "RELEVO_PORT": "9"}, check=False).returncode == 1


def test_sigterm_drains_and_ends_well(served):
    """A request that is under way at the signal still gets its answer."""
    connection = slow_request(served.port)

    served.process.send_signal(signal.SIGTERM)
    while not is_refused(served.port):
        pass
    connection.sendall(b"}")

    assert connection.recv(100).startswith(b"HTTP/1.1 401")
    connection.close()
    assert served.end() == 0


def test_the_next_start_keeps_the_key_to_itself_and_a_second_sigterm_ends_at_once(directory):
    again = Served(on(directory), "--port", "0")
    connection = slow_request(again.port)
    again.process.send_signal(signal.SIGTERM)
    while not is_refused(again.port):
        pass

    assert again.end(signal.SIGTERM) == 128 + signal.SIGTERM
    connection.close()
    assert any("admin-key" in line for line in again.told)
    assert not any("rlv_" in line for line in again.told)


def test_production_does_not_start_unsafely_and_says_all_that_is_wrong(fresh):
    unsafe = {
        **fresh,
        "RELEVO_ENVIRONMENT": "production",
        "RELEVO_PUBLIC_URL": "http://relevo.acme.com",
        "RELEVO_ADMIN_KEY": "secret",
        "RELEVO_LANGAUGE": "es",
    }

    done = run(unsafe, "serve", "--port", "0")

    assert done.returncode == 1
    assert "RELEVO_PUBLIC_URL is not https" in done.stderr
    assert "RELEVO_ADMIN_KEY is shorter" in done.stderr
    assert "did you mean RELEVO_LANGUAGE?" in done.stderr


@pytest.mark.parametrize(("environment", "code"), [("development", 0), ("production", 1)])
def test_a_misspelt_name_keeps_production_from_migrating_and_is_told_elsewhere(
    fresh, tmp_path, environment, code
):
    given = {**fresh, "RELEVO_ENVIRONMENT": environment, "RELEVO_DATABSE_URL": "sqlite:///other"}

    done = run(given, "migrate")

    assert done.returncode == code
    assert "did you mean RELEVO_DATABASE_URL?" in done.stderr
    assert (tmp_path / "data").exists() == (code == 0)


def test_a_broken_policy_stops_the_first_start_and_says_where(fresh, tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("policy: broken\nsignals: {}\n")

    done = run({**fresh, "RELEVO_POLICY_FILE": str(policy)}, "serve", "--port", "0")

    assert done.returncode == 1
    assert f"{policy}:" in done.stderr
    assert "Traceback" not in done.stderr


def test_migrating_makes_the_tables_and_again_changes_nothing(fresh):
    first = run(fresh, "migrate", "--json")
    second = run(fresh, "migrate", "--json")

    assert [one["service"] for one in json.loads(first.stdout)] == ["ingest", "handoff", "notify"]
    assert all(one["migrations"] for one in json.loads(first.stdout))
    assert not any(one["migrations"] for one in json.loads(second.stdout))


def test_the_doctor_changes_nothing_before_the_first_start(fresh, tmp_path):
    done = run(fresh, "doctor")

    assert done.returncode == 0, done.stdout
    assert not (tmp_path / "data").exists()


def test_the_doctor_fails_what_fails_and_says_what_to_do(fresh, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "admin-key").write_text("rlv_x")
    (tmp_path / "data" / "admin-key").chmod(0o644)
    (tmp_path / "data" / "link-key").write_text("x")
    (tmp_path / "data" / "link-key").chmod(0o644)
    broken = {
        **fresh,
        "RELEVO_DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:9/none",
        "RELEVO_SMTP_URL": "smtp://127.0.0.1:9",
    }

    done = run(broken, "doctor", "--json")

    found = json.loads(done.stdout)
    failed = {one["check"] for one in found if one["status"] == "fail"}
    assert done.returncode == 1
    assert failed >= {"ingest database", "mail", "admin key", "link key"}
    assert all(one["remedy"] for one in found if one["status"] == "fail")
    assert "nothing" not in done.stdout


def test_events_are_taken_while_kafka_is_away(tmp_path):
    key = "k" * 32
    away = {
        **on(tmp_path / "data"),
        "RELEVO_BUS_URL": "kafka://127.0.0.1:9",
        "RELEVO_ADMIN_KEY": key,
    }
    served = Served(away, "ingest", "--port", "0")
    with Api(f"http://127.0.0.1:{served.port}", key) as admin:
        source = admin.post("/v1/sources", {"name": "website", "vendor": "relevo"})
        token = {"authorization": f"Bearer {source['credential']['value']}"}
        event = {"email": "ana@lead.example", "event": "demo.requested"}

        answer = admin.post("/v1/events", event, token)

        assert answer["events"] == 1
        assert [line["received"] for line in admin.get("/v1/ledger")["sources"]] == [1]
    assert served.end(signal.SIGTERM) == 0
