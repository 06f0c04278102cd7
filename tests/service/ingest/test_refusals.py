"""What the doors refuse is told to those who connect a tool, and to nobody else."""

import hmac
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.http.refusals import Refusals
from tests.service.ingest.world import World

SECRET = "a-secret-of-thirty-two-characters"
BODY = b'{"event_type": "form_response"}'
OTHER = "another-secret-of-thirty-characters"
CALENDLY = "calendly-webhook-signature"
A_WHILE = timedelta(seconds=2)


async def refused(world: World, name: str) -> dict[str, Any]:
    """Return the latest refusal of a source, as written by the loop."""
    latest: dict[str, Any] = (await shown(world, name))["refusals"][0]
    return latest


async def shown(world: World, name: str) -> Any:
    owner = getattr(world.service.loops["refusals"], "__self__", None)
    assert isinstance(owner, Refusals)
    await owner.write()
    answer = await world.api("GET", f"/v1/sources/{name}/refusals")
    assert answer.status_code == 200
    return answer.json()


def calendly(secret: str, at: float) -> dict[str, str]:
    mac = hmac.new(secret.encode(), f"{int(at)}.".encode() + BODY, "sha256").hexdigest()
    return {CALENDLY: f"t={int(at)},v1={mac}"}


@pytest.mark.parametrize(
    ("headers", "path", "reason"),
    [
        ({}, "", "no_token"),
        ({"authorization": "Bearer src_another"}, "", "wrong_token"),
        ({}, "?token=src_another", "wrong_token"),
        ({}, "/src_another", "wrong_token"),
        ({"typeform-signature": "sha256=x"}, "", "other_tool"),
    ],
)
async def test_why_a_token_was_not_believed(world, headers, path, reason):
    await world.source("web")

    answer = await world.http.post(f"/hooks/web{path}", content=BODY, headers=headers)

    assert answer.status_code == 401
    assert reason not in answer.text
    told = await refused(world, "web")
    assert (told["reason"], told["count"]) == (reason, 1)


@pytest.mark.parametrize(
    ("headers", "reason", "detail"),
    [
        ({}, "no_signature", {}),
        ({CALENDLY: "t=1,v1=x"}, "wrong_secret", {}),
        ({"x-cal-signature-256": "x"}, "other_tool", {"vendors": ["calcom"]}),
        ({"authorization": "Bearer src_ours"}, "token_not_signature", {}),
    ],
)
async def test_why_a_signature_was_not_believed(world, headers, reason, detail):
    await world.source("meetings", "calendly", secret=SECRET)

    answer = await world.http.post("/hooks/meetings", content=BODY, headers=headers)

    assert answer.status_code == 401
    told = await refused(world, "meetings")
    assert (told["reason"], told["detail"]) == (reason, detail)


async def test_a_wrong_secret_is_told_from_a_wrong_clock(world):
    await world.source("meetings", "calendly", secret=SECRET)
    now = world.clock.now().timestamp()

    for secret, at, reason in ((OTHER, now, "wrong_secret"), (SECRET, now - 600, "stale")):
        world.clock.moment += A_WHILE
        sent = await world.http.post("/hooks/meetings", content=BODY, headers=calendly(secret, at))
        assert sent.status_code == 401
        assert (await refused(world, "meetings"))["reason"] == reason
    assert (await refused(world, "meetings"))["detail"] == {"seconds": 604}


async def test_a_tool_that_signs_is_told_to_a_source_with_a_token(world):
    await world.source("forms", "typeform", options={"signed": False})

    await world.http.post("/hooks/forms", content=BODY, headers={"typeform-signature": "sha256=x"})

    assert (await refused(world, "forms"))["reason"] == "signature_not_token"


async def test_requests_elsewhere_are_told_without_their_tokens(world):
    await world.source("web")

    for path in ("/hooks/wbe/src_one-of-ours?token=src_x", "/v1/track"):
        world.clock.moment += A_WHILE
        headers = {"authorization": "Bearer src_nobodys"}
        assert (await world.http.post(path, content=b"{}", headers=headers)).status_code == 401

    told = (await shown(world, "web"))["elsewhere"]
    assert [(one["reason"], one["detail"]) for one in told] == [
        ("unknown_token", {"path": "/v1/track"}),
        ("unknown_source", {"path": "/hooks/wbe"}),
    ]


async def test_other_refusals_are_told_too(world):
    await world.source("web")

    await world.http.request("OPTIONS", "/hooks/web")
    assert (await refused(world, "web"))["reason"] == "method_not_allowed"
    world.clock.moment += A_WHILE
    await world.http.post("/hooks/web", content=b"x" * (5 * 1024 * 1024))
    assert (await refused(world, "web"))["reason"] == "body_too_large"


async def test_a_flood_is_one_row_and_looked_into_seldom(world):
    await world.source("web")

    for _ in range(50):
        await world.http.post("/hooks/web", content=BODY)
    told = await shown(world, "web")

    assert [(one["reason"], one["count"]) for one in told["refusals"]] == [("no_token", 50)]


async def test_what_is_believed_is_no_refusal(world):
    token = await world.source("web")

    await world.send("/hooks/web", {"event": "Demo Requested", "email": "ana@acme.com"}, token)

    assert await shown(world, "web") == {"refusals": [], "elsewhere": []}


async def test_refusals_are_forgotten_after_a_day(world):
    await world.source("web")
    await world.http.post("/hooks/web", content=BODY)
    assert (await shown(world, "web"))["refusals"]

    world.clock.moment += timedelta(days=1, seconds=1)
    await world.upkeep.make_round()

    assert (await shown(world, "web"))["refusals"] == []


async def test_a_source_that_is_not_there_is_404(world):
    assert (await world.api("GET", "/v1/sources/nowhere/refusals")).status_code == 404


async def test_a_receipt_says_what_it_tells(world):
    token = await world.source("web")
    events = [
        {"event": "Demo Requested", "email": "ana@acme.com", "id": "1"},
        {"event": "Demo Requested"},
        {"email": "bob@acme.com"},
    ]
    await world.send("/hooks/web", events, token)
    await world.read()
    [receipt] = await world.receipts(source="web")

    detail = (await world.api("GET", f"/v1/receipts/{receipt['id']}")).json()

    first, second = detail["told"]
    assert (first["touch"], first["identity"]) == ("demo.requested", "email:ana@acme.com")
    assert second["identity"] == "email:bob@acme.com"
    assert "touch" not in second
    assert [fault["code"] for fault in detail["faults"]] == ["no_identity"]
