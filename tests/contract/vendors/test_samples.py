"""Every vendor: recorded requests are believed, and mean what the manifest says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.domain.incoming import Unreadable
from services.ingest.vendors.port import BadCredentials
from tests.contract.vendor_samples import Sample, samples
from tests.contract.vendors.attacks import changed
from tests.contract.vendors.case import CASES, Case
from tests.contract.vendors.manifest import (
    call_of,
    check,
    is_told,
    names_nobody,
    options_for,
    proof_of,
    received_at,
    signed_at,
)
from tests.contract.vendors.sending import open_source, read, send, waiting
from tests.service.ingest.world import World

SECOND = timedelta(seconds=1)
CASE_OF = {folder: case for case in CASES.values() for folder in case.samples}
RECORDED = samples(*CASE_OF)


def case_of(sample: Sample) -> Case:
    return CASE_OF[sample.vendor]


def those(wanted: Callable[[Sample], object]) -> list[Any]:
    """Return the recorded requests that are ``wanted``; where there are none, that is told."""
    return [one for one in RECORDED if one.values[0] is None or wanted(one.values[0])]


def is_believed(sample: Sample, body: bytes) -> bool:
    """Return whether the adapter believes the recorded request with this body."""
    case, proof = case_of(sample), proof_of(case_of(sample), sample)
    request = replace(call_of(sample), body=body).request
    credentials, options = case.credentials(proof), case.options(proof)
    try:
        case.adapter.verify(request, credentials, options, signed_at(sample))
    except BadCredentials:
        return False
    return True


@pytest.mark.parametrize("sample", RECORDED)
async def test_a_recorded_request_is_believed_and_counted(world: World, sample: Sample):
    case = case_of(sample)
    proof = proof_of(case, sample)
    world.clock.moment = signed_at(sample)
    source = await open_source(world, case.vendor, proof.options, proof.known)

    status = await send(world, call_of(sample, source))
    await world.read()

    on_a_door = sample.path.startswith("/v1/") or sample.method != "POST"
    assert status == (200 if on_a_door else case.answered)
    if not sample.events:
        return  # recorded for its signature alone
    told = [event for event in sample.events if is_told(event)]
    repeated = [event for event in told if "duplicate_of" in event]
    nobody = [event for event in told if names_nobody(event)]
    line = await world.ledger(source)
    assert (line["published"], line["duplicates"], line["parked"], line["gap"]) == (
        len(told) - len(repeated) - len(nobody),
        len(repeated),
        len(nobody),
        0,
    )


@pytest.mark.parametrize("sample", those(lambda one: one.method == "POST" and one.events))
def test_a_recorded_request_tells_what_the_manifest_says(sample: Sample):
    case = case_of(sample)
    receipt = waiting(call_of(sample), case.vendor, received_at(case, sample))

    found = read(receipt, options_for(case, sample), case.vendor)

    events = [event for event in sample.events if is_told(event)]
    assert len(found) == len(events)
    for event, one in zip(events, found, strict=True):
        if names_nobody(event):
            assert isinstance(one, Unreadable)
            assert one.code == "no_identity"
            continue
        assert not isinstance(one, Unreadable), one.message
        touch, envelope = one
        check(case, event, None if touch.mark is None else touch.mark.made_by, envelope)


@pytest.mark.parametrize("sample", those(lambda one: proof_of(case_of(one), one).covers_body))
def test_a_recorded_request_with_a_changed_body_is_not_believed(sample: Sample):
    assert is_believed(sample, sample.body)

    for what, body in changed(sample.body):
        if body != sample.body:
            assert not is_believed(sample, body), what


@pytest.mark.parametrize("sample", those(lambda one: proof_of(case_of(one), one).window))
def test_a_recorded_request_is_not_believed_outside_its_window(sample: Sample):
    case, proof = case_of(sample), proof_of(case_of(sample), sample)
    request, credentials = call_of(sample).request, case.credentials(proof)
    options, at = case.options(proof), signed_at(sample)
    assert proof.window is not None

    case.adapter.verify(request, credentials, options, at + proof.window)
    for moment in (at + proof.window + SECOND, at - proof.window - SECOND):
        with pytest.raises(BadCredentials):
            case.adapter.verify(request, credentials, options, moment)
