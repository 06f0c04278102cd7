"""People of one house who are signed in, hand-offs of theirs, and what every page must have."""

from itertools import count

import pytest

from tests.service.handoff.recording import record
from tests.support.visiting import Visit, session_of, visitor

NUMBERS = count(1)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
}
MOST_BYTES = 120 * 1024
HOSTILE = "\u202e<script>alert(1)</script> \"'><img src=x onerror=alert(1)> " + "W" * 10_000


@pytest.fixture
async def rep(house):
    """Somebody with roles of a rep, who gets the next lead that is ready, and their visit."""
    number = next(NUMBERS)
    person = await house.add_person(f"Ana Pérez {number}", email=f"r{number}@a.com", language="es")
    return person | {
        "visit": visitor(house.http, await session_of(house.parts, person["person_id"]))
    }


async def role(house, *roles: str) -> Visit:
    number = next(NUMBERS)
    person = await house.add_person(
        f"Luz {number}", email=f"x{number}@a.com", roles=list(roles), language="en"
    )
    return visitor(house.http, await session_of(house.parts, person["person_id"]))


async def handed_to(house, person, email: str | None = None, **told) -> dict:
    """Let a lead ask for a demo; give the hand-off to ``person``."""
    lead = await record(house, email or f"l{next(NUMBERS)}@acme.com", "demo.requested", **told)
    found = await house.get("/v1/handoffs", params={"lead": lead})
    (handoff,) = found.json()["items"]
    answer = await house.post(
        f"/v1/handoffs/{handoff['handoff_id']}/assign",
        {"to": person["person_id"], "person": "admin@localhost.localdomain"},
    )
    assert answer.status_code == 200, answer.text
    return dict(handoff) | {"path": f"/handoffs/{handoff['handoff_id']}"}


async def stage(house, handoff) -> str:
    found = await house.get(f"/v1/handoffs/{handoff['handoff_id']}")
    return str(found.json()["stage"])
