"""Ids that follow a request through bus and webhooks."""

import re

import pytest
import structlog
from structlog.contextvars import get_contextvars, merge_contextvars
from structlog.testing import capture_logs

from shared.trace import carried_by, caused_by, continued, current, request_id, trace_id

GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"


def test_the_callers_trace_goes_on_under_a_step_of_our_own():
    ours = continued(GIVEN)

    assert trace_id(ours) == trace_id(GIVEN)
    assert ours.split("-")[2] != GIVEN.split("-")[2]
    assert ours.endswith("-00"), "a trace nobody samples stays unsampled"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param(GIVEN.upper(), id="upper case"),
        pytest.param("00-" + "0" * 32 + "-00f067aa0ba902b7-01", id="no trace"),
        pytest.param("00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01", id="no parent"),
        pytest.param("ff" + GIVEN[2:], id="no version"),
        pytest.param(GIVEN + "\n", id="a line more"),
    ],
)
def test_what_is_no_trace_context_begins_a_new_one(given):
    first, second = continued(given), continued(given)

    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", first)
    assert trace_id(first) != trace_id(second)


@pytest.mark.parametrize("given", ["abc", "A.b:c_d-9", "x" * 64])
def test_a_harmless_request_id_is_kept(given):
    assert request_id(given) == given


@pytest.mark.parametrize("given", [None, "", "x" * 65, "a b", "a\n", "ñ", "<b>"])
def test_any_other_request_id_is_replaced(given):
    assert re.fullmatch(r"[0-9a-f]{16}", request_id(given))


def test_what_follows_from_a_cause_belongs_to_its_trace_and_nothing_after_it_does():
    with caused_by(GIVEN):
        inside = current.get()
        with capture_logs([merge_contextvars]) as logged:
            structlog.get_logger().info("something")

    assert inside is not None
    assert trace_id(inside) == trace_id(GIVEN) == logged[0]["trace_id"]
    assert current.get() is None
    assert get_contextvars() == {}


def test_without_a_cause_a_trace_begins():
    with caused_by(None):
        first = current.get()
    with caused_by(None):
        second = current.get()

    assert first is not None
    assert second is not None
    assert trace_id(first) != trace_id(second)


@pytest.mark.parametrize(
    ("event", "found"),
    [
        pytest.param(b'{"id": "1", "traceparent": "%s"}' % GIVEN.encode(), GIVEN, id="there"),
        pytest.param(b'{"id": "1"}', None, id="not there"),
        pytest.param(b'{"traceparent": 7}', None, id="no text"),
        pytest.param(b"[1]", None, id="no event"),
        pytest.param(b"\xff", None, id="no JSON"),
    ],
)
def test_a_trace_is_found_in_the_bytes_of_an_event(event, found):
    assert carried_by(event) == found
