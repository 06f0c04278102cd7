"""The log: one JSON object a line from everybody, and nothing in it that is nobody's business."""

import subprocess
import sys
import time

import orjson
import pytest

from shared.logging import mask

PROGRAM = """
import logging, warnings
import structlog
from shared.logging import configure

configure("info", "json")
log = structlog.get_logger("relevo.sample")
structlog.contextvars.bind_contextvars(request_id="r-1")
log.info("lead_merged", lead_id="l-1", note="mail to ana@acme.com")
log.debug("not_shown")
logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
logging.getLogger("uvicorn.access").info("GET /v1/leads?email=ana@acme.com")
warnings.warn("old thing")

def fails():
    password = "local-variable"
    raise ValueError("no such person: ana@acme.com")

try:
    fails()
except ValueError:
    log.exception("handler_failed", key="rlv_0123456789abcdef")
    logging.getLogger("asyncio").error("Task exception", exc_info=True)
"""


@pytest.fixture(scope="module")
def output():
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert ran.stderr == ""
    return ran.stdout


@pytest.fixture(scope="module")
def lines(output):
    return [orjson.loads(line) for line in output.splitlines()]


def line(lines, event):
    return next(one for one in lines if one["event"].startswith(event))


def test_a_line_is_an_object_with_time_level_and_context(lines):
    merged = line(lines, "lead_merged")

    assert merged["timestamp"].endswith("Z")
    assert (merged["level"], merged["logger"]) == ("info", "relevo.sample")
    assert (merged["lead_id"], merged["request_id"]) == ("l-1", "r-1")


@pytest.mark.parametrize("logger", ["uvicorn.error", "asyncio", "py.warnings"])
def test_libraries_come_out_in_the_same_form(lines, logger):
    (found,) = (one for one in lines if one["logger"] == logger)

    assert found["timestamp"].endswith("Z")
    assert found["request_id"] == "r-1"


def test_a_fault_is_told_with_its_place_and_without_local_variables(lines, output):
    for event in ("handler_failed", "Task exception"):
        (fault,) = line(lines, event)["exception"]

        assert fault["exc_type"] == "ValueError"
        assert fault["exc_value"] == "no such person: [e-mail]"
        assert fault["frames"][-1]["name"] == "fails"
    assert "local-variable" not in output


def test_nothing_personal_and_no_secret_gets_through(lines, output):
    assert line(lines, "lead_merged")["note"] == "mail to [e-mail]"
    assert line(lines, "handler_failed")["key"] == "[secret]"
    assert "acme.com" not in output


def test_lines_below_the_level_and_access_lines_are_left_out(output):
    assert "not_shown" not in output
    assert "/v1/leads" not in output


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("ana.garcía+x@sub.acme.com.", "[e-mail]", id="address"),
        pytest.param("<ana@acme.com>, bob@acme.com", "<[e-mail]>, [e-mail]", id="addresses"),
        pytest.param("key=rlv_abcdefgh12", "key=[secret]", id="API key"),
        pytest.param("whsec_C2FVsBQIhrscChlQIMV+b5sS", "[secret]", id="webhook secret"),
        pytest.param(
            "Authorization: Bearer abc.def-123", "Authorization: Bearer [secret]", id="bearer"
        ),
        pytest.param(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "[signature]", id="signature"
        ),
        pytest.param(
            "postgresql://relevo:hunter2@db:5432/relevo",
            "postgresql://relevo:[secret]@db:5432/relevo",
            id="password in a URL",
        ),
        pytest.param(
            "duplicate key\nDETAIL:  Key (name)=(Ana\nGarcía) already exists.",
            "duplicate key\nDETAIL: [values]",
            id="values PostgreSQL repeats",
        ),
        pytest.param(
            "invalid input for query argument $1: 'Ana' (invalid UUID)\n[SQL: SELECT 1]",
            "invalid input for query argument $1: [value]\n[SQL: SELECT 1]",
            id="values asyncpg repeats",
        ),
        pytest.param(
            "https://relevo.acme.com/leads/7", "https://relevo.acme.com/leads/7", id="URL"
        ),
        pytest.param("12:30 @ noon", "12:30 @ noon", id="nothing"),
    ],
)
def test_what_is_masked_and_what_is_not(text, masked):
    assert mask(text) == masked


def test_masking_reaches_every_depth_and_leaves_other_values():
    line = {"a": [{"b": ("ana@acme.com", 1)}], "ana@acme.com": None, "n": 1.5}

    assert mask(line) == {"a": [{"b": ["[e-mail]", 1]}], "[e-mail]": None, "n": 1.5}


@pytest.mark.parametrize("text", ["x" * 200_000, "x@" * 100_000, "a." * 100_000, "://:" * 50_000])
def test_masking_a_long_line_takes_no_time(text):
    started = time.process_time()
    mask(text)

    assert time.process_time() - started < 2
