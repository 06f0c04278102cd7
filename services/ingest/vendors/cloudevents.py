"""CloudEvents 1.0 over HTTP: binary, structured and batched, with the webhook handshake.

(https://github.com/cloudevents/spec: http-protocol-binding.md, json-format.md,
http-webhook.md.) 202 says stored and not yet processed, as the webhook profile asks.
The data is read by the usual names, see ``plain``.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import unquote_to_bytes

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import text_of
from services.ingest.vendors.bodies import fingerprint, json_of
from services.ingest.vendors.plain import plain_touch
from services.ingest.vendors.port import Answer, Options, Receipt, Request
from services.ingest.vendors.tokens import ShowsToken

BATCH = "application/cloudevents-batch"
STRUCTURED = "application/cloudevents"
REQUIRED = ("id", "source", "type")
MOST_ITEMS = 5000
ATTRIBUTE = re.compile(r"[a-z0-9]{1,64}", re.ASCII)
ORIGIN = re.compile(r"[A-Za-z0-9.-]{1,253}", re.ASCII)


class CloudEvents(ShowsToken):
    """Any producer of CloudEvents."""

    name: ClassVar[str] = "cloudevents"
    title: ClassVar[str] = "CloudEvents"
    accepted: ClassVar[Answer] = Answer(202, b'{"success": true}')

    def greet(self, request: Request) -> Answer | None:
        """Consent to a sender that asks first; the two headers are the consent, not the code."""
        if request.method != "OPTIONS":
            return super().greet(request)
        origin = request.headers.get("webhook-request-origin", "")
        headers = {"Allow": "POST, OPTIONS"}
        if ORIGIN.fullmatch(origin):
            headers |= {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"}
        return Answer(200, b"", headers)

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        for place, event in events_in(receipt.headers, receipt.body):
            fault = fault_of(event, place)
            yield fault if fault is not None else _read(event, place)


def mode_of(headers: Mapping[str, str]) -> str:
    """Return how the event is carried: ``batch``, ``structured`` or ``binary``; else why not."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith((BATCH, STRUCTURED)):
        if not kind.endswith("+json") and kind not in (BATCH, STRUCTURED):
            raise Unreadable("unsupported_format", f"{kind} is not read here; send JSON")
        return "batch" if kind.startswith(BATCH) else "structured"
    return "binary"


def events_in(headers: Mapping[str, str], body: bytes) -> list[tuple[str, Any]]:
    """Return the events of a request with the place of each, unchecked."""
    mode = mode_of(headers)
    if mode == "binary":
        return [("", _binary(headers, body))]
    content = json_of(body)
    if mode == "structured":
        return [("", content)]
    if not isinstance(content, list):
        raise Unreadable("not_a_list", "a batch is a JSON list")
    if len(content) > MOST_ITEMS:
        raise Unreadable("too_many_events", f"more than {MOST_ITEMS} events in one batch")
    return [(f"/{index}", event) for index, event in enumerate(content)]


def fault_of(event: Any, place: str) -> Unreadable | None:
    """Return what makes ``event`` no CloudEvent 1.0, or None."""
    if not isinstance(event, Mapping):
        return Unreadable("not_an_object", "an event must be a JSON object", place)
    if event.get("specversion") != "1.0":
        return Unreadable("bad_specversion", "specversion must be 1.0", f"{place}/specversion")
    for name in REQUIRED:
        if not isinstance(event.get(name), str) or not event[name]:
            return Unreadable("missing_attribute", f"{name} must be a text", f"{place}/{name}")
    if "data" in event and "data_base64" in event:
        return Unreadable("two_data", "data and data_base64 exclude each other", place)
    return None


def _binary(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    event: dict[str, Any] = {}
    for name, value in headers.items():
        if name.startswith("ce-") and ATTRIBUTE.fullmatch(name[3:]):
            event[name[3:]] = _decoded(value, f"/ce-{name[3:]}")
    kind = headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if body and (kind.endswith(("/json", "+json")) or body.lstrip()[:1] == b"{"):
        event["data"] = json_of(body)
    return event


def _decoded(value: str, place: str) -> str:
    """Return an attribute out of its header: percent-encoded UTF-8, perhaps in quotes."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        raise Unreadable("bad_attribute", "an attribute is not UTF-8", place) from None


def _read(event: Mapping[str, Any], place: str) -> IncomingTouch | Unreadable:
    data = event.get("data")
    if isinstance(encoded := event.get("data_base64"), str):
        try:
            data = json_of(base64.b64decode(encoded, validate=True))
        except (ValueError, Unreadable):
            return Unreadable("bad_data", "data_base64 holds no JSON", f"{place}/data_base64")
    touch = plain_touch(data if isinstance(data, Mapping) else {}, f"{place}/data")
    subject = text_of(event.get("subject"))
    email = touch.email or (subject if subject and "@" in subject else None)
    return replace(
        touch,
        fingerprint=fingerprint(event),
        source_event_id=f"{event['source']} {event['id']}",
        name=event["type"],
        email=email,
        user_id=touch.user_id or (subject if subject and email is None else None),
        occurred_at=first_told([event.get("time"), touch.occurred_at]),
        place=place,
    )
