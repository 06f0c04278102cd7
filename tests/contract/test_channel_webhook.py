"""A person's own webhook, and the events that systems get: signed, retried, judged alike."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import svix.webhooks
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from services.notify.channels.events import post_event
from services.notify.channels.parts import Parts
from services.notify.channels.posting import retry_after
from services.notify.channels.webhook import Webhook
from services.notify.domain.deliveries import Delivery, Endpoint
from services.notify.domain.messages import Message, Section
from shared.addresses import networks
from shared.egress import Egress
from shared.http_connection import Answer as HttpAnswer
from shared.signing import new_secret
from tests.builders import Lead
from tests.support.processes import free_port
from tests.support.receivers import Answer

SECRET, OLD = new_secret(), new_secret()
MESSAGE = Message("es", "Nuevo lead", "Hola:", (Section("Quién", ("Ana",)),), ())


def now() -> datetime:
    """Verifiers compare with the clock of the machine."""
    return datetime.now(UTC)


@pytest.fixture
async def egress():
    egress = Egress(networks("127.0.0.0/8"))
    yield egress
    await egress.close()


def delivery(url, secrets=(SECRET,), headers=None, **changes):
    event = Lead().sales_ready()
    values: dict[str, Any] = {
        "id": "1",
        "claim": 1,
        "claimed_until": now(),
        "queue": "crm",
        "channel": "webhook",
        "address": "",
        "event_id": event.id,
        "event_type": event.type,
        "key": event.key,
        "lead_id": event.subject,
        "handoff_id": None,
        "failures": 0,
        "log": (),
        "payload": event.to_bytes(),
        "traceparent": event.traceparent,
        "endpoint": Endpoint("crm", "webhook", url, headers or {}, tuple(secrets), "en", "UTC"),
    }
    return Delivery(**(values | changes))


async def test_a_system_gets_the_very_bytes_of_the_event_signed(egress, receiver):
    sent = delivery(receiver.url, headers={"X-Tenant": "acme"})
    reply = await post_event(egress, sent, now())
    request = receiver.requests[0]

    Verifier(SECRET).verify(request.body, dict(request.headers))
    assert reply.ok
    assert request.body == sent.payload
    assert request.headers["webhook-id"] == sent.event_id
    assert request.headers["content-type"] == "application/cloudevents+json"
    assert request.headers["traceparent"] == sent.traceparent
    assert request.headers["x-tenant"] == "acme"


@pytest.mark.parametrize("secret", [SECRET, OLD], ids=["new", "old"])
async def test_during_a_rotation_both_secrets_verify(egress, receiver, secret):
    await post_event(egress, delivery(receiver.url, secrets=(SECRET, OLD)), now())
    request = receiver.requests[0]

    Verifier(secret).verify(request.body, dict(request.headers))
    svix.webhooks.Webhook(secret).verify(request.body, dict(request.headers))


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        pytest.param(SECRET, "verified", id="new"),
        pytest.param(OLD, "verified", id="old"),
        pytest.param(new_secret(), "No matching signature found", id="another"),
    ],
)
async def test_the_verifiers_for_node_say_the_same(egress, receiver, node, secret, said):
    await post_event(egress, delivery(receiver.url, secrets=(SECRET, OLD)), now())
    request = receiver.requests[0]

    found = await node(
        "verify",
        {
            "secret": secret,
            "headers": dict(request.headers),
            "body": b64encode(request.body).decode(),
        },
    )

    assert found == {"standardwebhooks": said, "svix": said}


@pytest.mark.parametrize("library", [Verifier, svix.webhooks.Webhook], ids=["standard", "svix"])
async def test_another_secret_does_not_verify(egress, receiver, library):
    await post_event(egress, delivery(receiver.url), now())
    request = receiver.requests[0]

    with pytest.raises(WebhookVerificationError):
        library(OLD).verify(request.body, dict(request.headers))


@pytest.mark.parametrize(
    ("status", "ok"), [(200, True), (204, True), (301, False), (400, False), (410, False)]
)
async def test_success_is_a_2xx_and_nothing_else(egress, receiver, status, ok):
    receiver.answer_next(Answer(status, {"Location": receiver.url}, b"why"))

    reply = await post_event(egress, delivery(receiver.url), now())

    assert (reply.ok, reply.status, reply.is_gone) == (ok, status, status == 410)
    assert len(receiver.requests) == 1


async def test_a_refusal_is_told_with_the_beginning_of_the_answer(egress, receiver):
    receiver.answer_next(Answer(500, body=b"Traceback \x00\xff ..." + b"x" * 9000))

    reply = await post_event(egress, delivery(receiver.url), now())

    assert reply.reason == "http 500"
    assert reply.snippet.startswith("Traceback \ufffd\ufffd ...")
    assert len(reply.snippet) <= 4096


async def test_nobody_there_is_not_sent_and_silence_is_unknown(receiver):
    receiver.answer_next(Answer(held=True))
    hurried = Egress(networks("127.0.0.0/8"), deadline_s=0.2)

    nobody = await post_event(hurried, delivery(f"http://127.0.0.1:{free_port()}/"), now())
    silence = await post_event(hurried, delivery(receiver.url), now())
    receiver.release()

    assert (nobody.outcome, silence.outcome) == ("not_sent", "unknown")


async def test_an_internal_address_is_not_called(receiver):
    reply = await post_event(Egress(), delivery(receiver.url), now())

    assert (reply.ok, reply.outcome) == (False, "not_sent")
    assert receiver.requests == []


async def test_an_event_the_feed_has_let_go_is_not_tried_again(egress, receiver):
    reply = await post_event(egress, delivery(receiver.url, payload=b""), now())

    assert (reply.ok, reply.is_final) == (False, True)


async def test_a_person_gets_the_message_as_json(egress, receiver):
    channel = Webhook(Parts(egress, now, webhook_secret=SECRET))
    reply = await channel.send(receiver.url, MESSAGE, "message-1")
    request = receiver.requests[0]

    Verifier(SECRET).verify(request.body, dict(request.headers))
    assert reply.ok
    assert orjson.loads(request.body) == {
        "id": "message-1",
        "language": "es",
        "title": "Nuevo lead",
        "intro": "Hola:",
        "sections": [{"heading": "Quién", "lines": ["Ana"]}],
        "buttons": [],
        "footer": "",
    }


async def test_without_a_secret_the_message_still_has_an_id(egress, receiver):
    await Webhook(Parts(egress, now)).send(receiver.url, MESSAGE, "message-1")
    headers = receiver.requests[0].headers

    assert headers["webhook-id"] == "message-1"
    assert "webhook-signature" not in headers


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("120", 120, id="seconds"),
        pytest.param(" 5 ", 5, id="with spaces"),
        pytest.param("99999999999", 10**7, id="absurd"),
        pytest.param("-5", None, id="negative"),
        pytest.param("soon", None, id="a word"),
        pytest.param("٣", None, id="Arabic digits"),
        pytest.param("", None, id="empty"),
    ],
)
def test_the_wait_a_receiver_asks_for_is_read_or_ignored(value, seconds):
    asked = retry_after(HttpAnswer(429, {"retry-after": value}, b""), now())

    assert asked == (None if seconds is None else timedelta(seconds=seconds))


def test_the_wait_may_be_a_date():
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    late = HttpAnswer(503, {"retry-after": "Mon, 02 Mar 2026 12:10:00 GMT"}, b"")
    past = HttpAnswer(503, {"retry-after": "Mon, 02 Mar 2026 11:00:00 GMT"}, b"")

    assert retry_after(late, now) == timedelta(minutes=10)
    assert retry_after(past, now) == timedelta(0)
