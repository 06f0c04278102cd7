"""Request and trace ids: taken from the caller, made where missing, carried with every event."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import getrandbits  # ids to find things by, no secrets

import orjson
import structlog

TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")

current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def continued(traceparent: str | None) -> str:
    """Return the trace context to pass on: the caller's trace, or a new one."""
    match = TRACEPARENT.fullmatch(traceparent) if traceparent else None
    trace, flags = match.groups() if match else (f"{getrandbits(128):032x}", "01")
    return f"00-{trace}-{getrandbits(64):016x}-{flags}"


@contextmanager
def caused_by(traceparent: str | None) -> Iterator[None]:
    """Let what is staged and logged in the block belong to the trace of its cause.

    Without a cause that has a trace, one begins here.
    """
    context = continued(traceparent)
    token = current.set(context)
    try:
        with structlog.contextvars.bound_contextvars(trace_id=trace_id(context)):
            yield
    finally:
        current.reset(token)


def carried_by(event: bytes) -> str | None:
    """Return the trace context in the bytes of an event; None where there is none to be read."""
    try:
        found = orjson.loads(event)["traceparent"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


def trace_id(traceparent: str) -> str:
    """Return the 32 hexadecimal digits that name the whole trace."""
    return traceparent.split("-")[1]


def request_id(given: str | None) -> str:
    """Return the caller's request id where it is harmless text, else a new one."""
    if given is not None and REQUEST_ID.fullmatch(given):
        return given
    return f"{getrandbits(64):016x}"
