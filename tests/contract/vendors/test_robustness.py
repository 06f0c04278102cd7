"""Every vendor: whatever a genuine sender posts is kept, read once, and hurts nobody."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from services.ingest.domain.incoming import Unreadable
from shared.contracts.touches import LeadIdentified, TouchRecorded
from tests.contract.vendors.attacks import odd_bodies, provable, reordered
from tests.contract.vendors.case import (
    CASES,
    NOON,
    Case,
    as_form_data,
    fields_of,
    is_form_data,
)
from tests.contract.vendors.sending import open_source, read, send, waiting
from tests.service.ingest.world import World

ALL = [pytest.param(case, id=case.vendor) for case in CASES.values()]
MOST = 4096 * 1024


@pytest.mark.parametrize("case", ALL)
def test_the_request_means_what_its_vendor_says(case: Case):
    call, options = case.call("web"), case.proofs[0].options
    call = case.proofs[0].prove(call, case.proofs[0].credential, NOON)

    [found] = read(waiting(call, case.vendor, NOON), options)

    assert not isinstance(found, Unreadable)
    data = found[1].data
    assert isinstance(data, TouchRecorded | LeadIdentified)
    expected = case.expected
    assert (data.touch if isinstance(data, TouchRecorded) else None) == expected.touch
    assert data.identifiers == [one.format("web") for one in expected.identifiers]
    assert data.occurred_at == (expected.occurred_at or NOON)
    if expected.source_event_id is not None:
        assert data.source_event_id == expected.source_event_id


@pytest.mark.parametrize("case", ALL)
async def test_a_repeated_delivery_counts_once(world: World, case: Case):
    proof = case.proofs[0]
    source = await open_source(world, case.vendor, proof.options, proof.known)

    for after in (timedelta(), case.repeats_for):
        world.clock.moment = NOON + after
        body = case.again if after and case.again else case.body
        call = proof.prove(case.call(source, body), proof.credential, world.clock.now())
        assert await send(world, call) == case.answered
        await world.read()

    line = await world.ledger(source)
    assert (line["published"], line["duplicates"], line["variants"]) == (1, 1, 0)
    assert (line["parked"], line["gap"]) == (0, 0)


@pytest.mark.parametrize("case", ALL)
def test_the_order_of_the_keys_says_nothing(case: Case):
    proof = case.proofs[0]
    turned = replace(case.call("web"), body=reordered(case.body))
    calls = [proof.prove(call, proof.credential, NOON) for call in (case.call("web"), turned)]

    one, other = (read(waiting(call, case.vendor, NOON), proof.options) for call in calls)

    assert [found[0] for found in other if not isinstance(found, Unreadable)] == [
        found[0] for found in one if not isinstance(found, Unreadable)
    ]


@pytest.mark.parametrize(
    "case", [pytest.param(one, id=one.vendor) for one in CASES.values() if one.unknown]
)
async def test_an_event_the_vendor_invents_tomorrow_is_kept(world: World, case: Case):
    assert case.unknown is not None
    body, name = case.unknown
    proof = case.proofs[0]
    source = await open_source(world, case.vendor, proof.options, proof.known)
    call = proof.prove(case.call(source, body), proof.credential, NOON)

    assert await send(world, call) == case.answered
    await world.read()

    line = await world.ledger(source)
    assert (line["published"], line["parked"], line["gap"]) == (1, 0, 0)
    detail = (await world.api("GET", f"/v1/sources/{source}")).json()
    assert [one["name"] for one in detail["unmapped"]] == [name]


@pytest.mark.parametrize("case", ALL)
async def test_any_body_of_a_genuine_sender_is_kept_and_is_no_fault_of_the_adapter(
    world: World, case: Case
):
    proof = case.proofs[0]
    source = await open_source(world, case.vendor, proof.options, proof.known)

    answers = {}
    for what, call in provable(proof, case.call(source), NOON, odd_bodies):
        answers[what] = await send(world, call)
    await world.read()

    assert {what: status for what, status in answers.items() if status != case.answered} == {}
    line = await world.ledger(source)
    assert (line["pending"], line["gap"]) == (0, 0)
    reasons = {one["reason"] for one in await world.receipts(source=source, limit="200")}
    assert "adapter_failed" not in reasons


@pytest.mark.parametrize("case", ALL)
async def test_a_body_that_is_not_what_its_encoding_says_is_parked(world: World, case: Case):
    proof = case.proofs[0]
    source = await open_source(world, case.vendor, proof.options, proof.known)
    call = proof.prove(case.call(source), proof.credential, NOON)

    for encoding in ("gzip", "br", "gzip, gzip"):
        assert await send(world, call.having(content_encoding=encoding)) == case.answered
    await world.read()

    reasons = {one["reason"] for one in await world.receipts(source=source)}
    assert reasons == {"broken_encoding", "unsupported_encoding"}


@pytest.mark.parametrize("case", ALL)
async def test_a_body_over_the_limit_is_413_and_one_below_is_kept(world: World, case: Case):
    proof = case.proofs[0]
    source = await open_source(world, case.vendor, proof.options, proof.known)
    room = MOST - len(proof.prove(case.call(source), proof.credential, NOON).body)

    for size, status in ((room, case.answered), (room + 2 * MOST, 413)):
        body = padding(case, size)
        call = proof.prove(case.call(source, body), proof.credential, NOON)
        assert await send(world, call) == status
    await world.read()

    assert (await world.ledger(source))["pending"] == 0


def padding(case: Case, room: int) -> bytes:
    """Return the case's body made as large as fits, and still what its content type says."""
    if is_form_data(case.body):
        return as_form_data([*fields_of(case.body), ("padding", "x" * (room - 200))])
    if case.body[:1] not in (b"{", b"["):
        return case.body + b"&padding=" + b"x" * (room - 9)
    content = orjson.loads(case.body)
    holder = content[0] if isinstance(content, list) else content
    holder["padding"] = "x" * (room - 100)
    return orjson.dumps(content)
