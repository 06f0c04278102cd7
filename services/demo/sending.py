"""Sending the tools' requests, each with the proof its kind of tool shows."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from services.cli.client import Api
from services.demo.tools import Call


def send_all(
    api: Api,
    calls: Sequence[Call],
    credentials: dict[str, str],
    pace_s: float,
    sent: Callable[[Call], None],
) -> None:
    """Send every call in order, spread over ``pace_s`` seconds; ``sent`` hears of each."""
    started = time.monotonic()
    for index, call in enumerate(calls):
        ahead_s = pace_s * index / len(calls) - (time.monotonic() - started)
        if ahead_s > 0:
            time.sleep(ahead_s)
        api.send("POST", call.path, call.body, signed(call, credentials[call.tool]))
        sent(call)


def signed(call: Call, credential: str) -> dict[str, str]:
    """Return the headers of ``call`` with what proves whose it is."""
    if call.tool == "website":
        write_key = base64.b64encode(f"{credential}:".encode()).decode()
        return {**call.headers, "authorization": f"Basic {write_key}"}
    if call.tool != "webinars":
        return {**call.headers, "authorization": f"Bearer {credential}"}
    moment = str(int(datetime.now(UTC).timestamp()))
    key = base64.b64decode(credential.removeprefix("whsec_"))
    content = f"{call.message_id}.{moment}.".encode() + call.body
    digest = hmac.digest(key, content, hashlib.sha256)
    return {
        **call.headers,
        "webhook-id": call.message_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
