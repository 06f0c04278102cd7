"""The doors events come in by: plain ASGI endpoints, served before the router.

Vendor hooks check size and credentials on the raw bytes, store, and answer: nothing is
parsed before the answer, so no payload can be lost or hurt. Our own API checks first and
says what is wrong. Both answer after the commit, and never wait for anything behind it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from pydantic import ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from services.ingest.domain.incoming import Unreadable
from services.ingest.http.intake import Intake
from services.ingest.http.refusals import Refusals
from services.ingest.http.requests import HOOKS, Head, arrival, kept_path, request_of
from services.ingest.http.ring import OpenSource, SourceRing
from services.ingest.vendors import cloudevents, relevo, rudderstack, segment
from services.ingest.vendors.port import Answer, BadCredentials, Request
from services.ingest.vendors.refusing import Refusal, why_refused
from shared.body import LIMIT, decode, read_json, read_raw, too_large
from shared.clock import Clock
from shared.problem import Problem, pointer
from shared.web import send_bytes

log = structlog.get_logger(__name__)

METHODS = ("POST", "PUT", "GET", "HEAD", "OPTIONS")
ALLOW = {"Allow": "POST"}
SEGMENT_SPEAKERS = frozenset({segment.Segment.name, rudderstack.RudderStack.name})
EVENT = relevo.EVENT.validator.validate_python
EVENTS = relevo.EVENTS.validator.validate_python
Hot = Mapping[tuple[str, str], ASGIApp]


def bad_credentials() -> Problem:
    """Return the one answer to every doubt about who sends: 401, whatever was wrong.

    Senders switch a hook off after 403, 404 or 410.
    """
    return Problem(
        401,
        "bad_credentials",
        "this source is unknown here or the request does not prove that it comes from it",
        headers={"WWW-Authenticate": "Bearer"},
    )


class Doors:
    """Makes the endpoints; holds what they share."""

    def __init__(
        self,
        ring: SourceRing,
        intake: Intake,
        refusals: Refusals,
        clock: Clock,
        public_url: str,
        largest: int,
    ):
        self._ring = ring
        self._intake = intake
        self._refusals = refusals
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._largest = largest

    def hot(self) -> Hot:
        """Return every door by method and path."""
        doors: dict[tuple[str, str], ASGIApp] = {(method, HOOKS): self.hook for method in METHODS}
        doors["POST", "/v1/events"] = self.events
        for call in (*segment.CALLS, "batch", "import"):
            doors["POST", f"/v1/{call}"] = self.segment
        doors["POST", "/v1/cloudevents"] = self.cloudevents
        doors["OPTIONS", "/v1/cloudevents"] = self.greet_cloudevents
        return doors

    async def hook(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Store what a vendor posts; answer what it only asks."""
        name = scope["path"][len(HOOKS) :].partition("/")[0]  # a token may follow
        source = self._ring.named(name)
        if source is None:
            await self._ring.look_again()
            source = self._ring.named(name)
        if source is None:
            raise self._stranger(scope, "unknown_source")
        head: Head = scope["relevo.head"]
        try:
            body = await read_raw(receive, scope["headers"], self._largest)
        except Problem as fault:
            refusal = Refusal(fault.code)
            self._refusals.note(source.id, lambda: refusal)
            raise
        if scope["method"] != "POST" or self._ring.showing_token(head) is not source:
            request = request_of(scope, head, body, self._public_url)
            if greeting := source.vendor.greet(request):
                await _answer(send, greeting, request.method)
                return
            if request.method not in ("POST", "PUT"):
                detail = {"method": request.method}
                self._refusals.note(source.id, lambda: Refusal("method_not_allowed", detail))
                raise Problem(405, "method_not_allowed", "events are posted", (), ALLOW)
            self._verify(source, request)
        try:
            await self._intake.store(arrival(scope, source, source.vendor.name, head, body))
        except Problem as busy:
            busy.status = source.vendor.busy_status
            raise
        await _answer(send, source.vendor.accepted)

    async def events(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Store Relevo's own event JSON: one event or a list of them."""
        head, source = await self._admit(scope)
        body = await self._body(scope, receive, head, LIMIT, self._largest)
        events = count_events(read_json(body))
        stored = arrival(scope, source, relevo.Relevo.name, head, body, events)
        await self._intake.store(stored)
        answer = b'{"receipt_id": "%s", "events": %d}' % (stored.receipt_id.encode(), events)
        await send_bytes(send, 200, answer)

    async def segment(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Store a call of Segment's tracking API, or a batch of them."""
        head: Head = scope["relevo.head"]
        source = self._ring.showing_token(head)
        is_batch = scope["path"] in ("/v1/batch", "/v1/import")
        limit = self._largest if is_batch else LIMIT
        body = await self._body(scope, receive, head, limit, limit)
        content = read_json(body)
        if not isinstance(content, dict):
            raise Problem(400, "not_an_object", "the body must be a JSON object")
        source = source or self._by_write_key(content)
        if source is None:
            await self._ring.look_again()
            source = self._ring.showing_token(head) or self._by_write_key(content)
        if source is None:
            raise self._stranger(scope, "unknown_token")
        events = count_batch(content) if is_batch else 1
        if events:
            reader = source.vendor if source.vendor.name in SEGMENT_SPEAKERS else segment.Segment
            stored = arrival(scope, source, reader.name, head, body, events)
            await self._intake.store(stored)
        await _answer(send, segment.Segment.accepted)

    async def cloudevents(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Store CloudEvents in any of their three modes."""
        head, source = await self._admit(scope)
        body = await self._body(scope, receive, head, LIMIT, self._largest)
        events = count_cloudevents(head, body)
        if events:
            stored = arrival(scope, source, cloudevents.CloudEvents.name, head, body, events)
            await self._intake.store(stored)
        await _answer(send, cloudevents.CloudEvents.accepted)

    async def greet_cloudevents(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Consent to a sender of CloudEvents that asks first."""
        request = request_of(scope, scope["relevo.head"], b"", self._public_url)
        greeting = cloudevents.CloudEvents().greet(request)
        assert greeting is not None
        await _answer(send, greeting)

    async def _admit(self, scope: Scope) -> tuple[Head, OpenSource]:
        """Return the headers and whose token they show."""
        head: Head = scope["relevo.head"]
        source = self._ring.showing_token(head)
        if source is None:
            await self._ring.look_again()
            source = self._ring.showing_token(head)
        if source is None:
            raise self._stranger(scope, "unknown_token")
        return head, source

    def _stranger(self, scope: Scope, reason: str) -> Problem:
        """Return the refusal of a request that names no source of ours, and remember it."""
        self._refusals.note_stranger(reason, kept_path(scope["path"]))
        return bad_credentials()

    def _by_write_key(self, content: Mapping[str, Any]) -> OpenSource | None:
        """Return the source whose write key is in the body, where some clients put it."""
        key = content.get("writeKey")
        return self._ring.with_token(key) if isinstance(key, str) else None

    def _verify(self, source: OpenSource, request: Request) -> None:
        now = self._clock.now()
        given = (request, source.credentials, source.options, now)
        try:
            source.vendor.verify(*given)
        except BadCredentials:
            self._refusals.note(source.id, lambda: why_refused(source.vendor, *given))
            raise bad_credentials() from None
        except Exception as error:
            # Whatever garbage makes a check fail, it did not succeed.
            log.warning("verification_failed", source=source.name, error=type(error).__name__)
            self._refusals.note(source.id, lambda: Refusal("wrong_secret"))
            raise bad_credentials() from None

    async def _body(self, scope: Scope, receive: Receive, head: Head, one: int, many: int) -> bytes:
        """Return the inflated body: at most ``one`` bytes, or ``many`` when it is a list."""
        body = await read_raw(receive, scope["headers"], many)
        # What is stored is inflated, so the header goes.
        if encoding := head.pop(b"content-encoding", None):
            body = decode(body, encoding, many)
        if len(body) > one and body.lstrip()[:1] != b"[":
            raise too_large(one)
        return body


def count_events(content: Any) -> int:
    """Check Relevo's own JSON and return how many events it holds.

    Raises ``Problem`` (422) with the place of everything that is wrong.
    """
    many = isinstance(content, list)
    try:
        events = EVENTS(content) if many else [EVENT(content)]
    except ValidationError as error:
        raise invalid(error) from None
    if not all(map(relevo.names_somebody, events)):
        raise nobody(events, many=many)
    return len(events)


def nobody(events: Sequence[relevo.GivenEvent], *, many: bool) -> Problem:
    """Return the refusal of events that do not say who it was."""
    message = "email, user_id or anonymous_id must say who it was"
    places = [
        f"/{index}" if many else "/"
        for index, event in enumerate(events)
        if not relevo.names_somebody(event)
    ]
    errors = [{"pointer": place, "message": message, "kind": "nobody"} for place in places[:50]]
    return Problem(422, "invalid", f"{places[0]}: {message}", errors)


def invalid(error: ValidationError) -> Problem:
    """Return what pydantic found as a problem with JSON Pointers."""
    errors = [
        {"pointer": pointer(("body", *one["loc"])), "message": one["msg"], "kind": one["type"]}
        for one in error.errors(include_url=False, include_context=False, include_input=False)[:50]
    ]
    return Problem(422, "invalid", f"{errors[0]['pointer']}: {errors[0]['message']}", errors)


def count_batch(content: Mapping[str, Any]) -> int:
    """Return how many events a Segment batch holds; raise ``Problem`` when it holds no list."""
    batch = content.get("batch")
    if not isinstance(batch, list):
        raise Problem(400, "no_events", "/batch: there is no list `batch`")
    if len(batch) > segment.MOST_ITEMS:
        raise Problem(413, "too_many_events", f"more than {segment.MOST_ITEMS} events in one batch")
    return len(batch)


def count_cloudevents(head: Head, body: bytes) -> int:
    """Check CloudEvents and return how many there are.

    Raises ``Problem``: 415 for a format we do not read, 400 for what is no CloudEvent.
    """
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.items()}
    try:
        events = cloudevents.events_in(headers, body)
    except Unreadable as fault:
        status = 415 if fault.code == "unsupported_format" else 400
        raise Problem(status, fault.code, fault.message, _at(fault)) from None
    found = [cloudevents.fault_of(event, place) for place, event in events]
    faults = [fault for fault in found if fault is not None]
    if faults:
        errors = [error for fault in faults[:50] for error in _at(fault)]
        raise Problem(400, faults[0].code, f"{faults[0].place}: {faults[0].message}", errors)
    return len(events)


def _at(fault: Unreadable) -> Sequence[Mapping[str, str]]:
    return [{"pointer": fault.place or "/", "message": fault.message, "kind": fault.code}]


async def _answer(send: Send, answer: Answer, method: str = "POST") -> None:
    body = b"" if method == "HEAD" else answer.body
    await send_bytes(send, answer.status, body, headers=answer.headers)
