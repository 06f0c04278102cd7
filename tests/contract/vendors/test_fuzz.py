"""Every vendor: no request, however bent, makes an adapter raise anything but its own errors."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.ingest.vendors.port import BadCredentials
from tests.contract.vendors.case import CASES, NOON, Call, Case, Proof, Unprovable
from tests.contract.vendors.mutation import VALUES, as_bytes, bent_bodies, bent_bytes
from tests.contract.vendors.sending import open_source, send
from tests.contract.vendors.taking import takes
from tests.fuzz.__main__ import fuzz
from tests.service.ingest.world import World

ALL = [pytest.param(case, id=case.vendor) for case in CASES.values()]
FEW = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
BENT_HEADERS = [
    *("content-type", "content-encoding", "authorization", "x-relevo-token", "traceparent"),
    *("user-agent", "accept", "webhook-request-origin", "ce-id", "ce-specversion", "expect"),
]
HEADER = st.text(st.characters(max_codepoint=255), max_size=80) | st.sampled_from(
    ["t=1,v1=", "v1,", "sha256=", "Basic ", "Bearer ", "9" * 12, "1772452800000", "=" * 9]
)


@pytest.mark.parametrize("case", ALL)
@FEW
@given(data=st.data())
def test_a_body_of_another_shape_is_read_or_unreadable(case: Case, data: st.DataObject):
    takes(case, replace(case.call("web"), body=data.draw(bent_bodies(case))))


@pytest.mark.parametrize("case", ALL)
@FEW
@given(data=st.data())
def test_a_body_of_other_bytes_is_read_or_unreadable(case: Case, data: st.DataObject):
    takes(case, replace(case.call("web"), body=data.draw(bent_bytes(case.body))))


@pytest.mark.parametrize("case", ALL)
@FEW
@given(content=VALUES)
def test_any_json_is_read_or_unreadable(case: Case, content: object):
    call = case.call("web", b"")
    takes(case, replace(call, body=as_bytes(content)))


@pytest.mark.parametrize(
    ("case", "proof"),
    [
        pytest.param(case, proof, id=f"{case.vendor} {proof.id}")
        for case in CASES.values()
        for proof in case.proofs
    ],
)
@FEW
@given(data=st.data())
def test_bent_headers_are_never_believed(case: Case, proof: Proof, data: st.DataObject):
    genuine = proof.prove(case.call("web"), proof.credential, NOON)
    bent = dict.fromkeys(sorted(genuine.headers), HEADER)
    headers: Mapping[str, str] = data.draw(st.fixed_dictionaries({}, optional=bent))
    request = replace(case.call("web", data.draw(st.binary(max_size=60))), headers=headers).request

    with pytest.raises(BadCredentials):
        case.adapter.verify(request, case.credentials(proof), case.options(proof), NOON)


@st.composite
def requests(draw: st.DrawFn, case: Case, proof: Proof, source: str) -> Call:
    """Draw a request to the hook: mostly genuine, sometimes by somebody else, bent at will."""
    plain = case.call(source)
    body = draw(bent_bodies(case) | bent_bytes(plain.body) | st.binary(max_size=200))
    call = replace(plain, body=body)
    who = draw(st.sampled_from([proof.credential, proof.credential, proof.other]))
    with suppress(Unprovable):
        call = proof.prove(call, who, NOON)
    more = draw(st.dictionaries(st.sampled_from(BENT_HEADERS), HEADER, max_size=3))
    url = call.url + draw(st.sampled_from(["", "", "?event=%FF", "/x", "?token=%00", "&a=[]"]))
    method = draw(st.sampled_from(["POST", "POST", "POST", "PUT", "GET", "HEAD", "OPTIONS"]))
    return Call(url, call.body, {**call.headers, **more}, method)


@pytest.mark.parametrize("case", ALL)
async def test_the_hook_answers_any_request_as_documented_and_keeps_what_it_takes(
    world: World, case: Case
):
    proof = case.proofs[0]
    source = await open_source(world, case.vendor, proof.options, proof.known)
    hook = (await world.http.get("/openapi.json")).json()["paths"]["/hooks/{source}"]
    calls: list[Call] = []

    @settings(FEW, max_examples=80, phases=[Phase.generate], database=None)
    @given(call=requests(case, proof, source))
    def draw(call: Call) -> None:
        calls.append(call)

    draw()
    answers = [(call, await send(world, call)) for call in calls]
    await world.read()

    # PUT is taken as POST is, HEAD as GET.
    documented = {
        method: {int(status) for status in hook[as_what]["responses"]} | {case.answered}
        for method, as_what in (
            *(("POST", "post"), ("PUT", "post")),
            *(("GET", "get"), ("HEAD", "get"), ("OPTIONS", "options")),
        )
    }
    assert [one for one in answers if one[1] not in documented[one[0].method]] == []
    assert {case.answered, 401} <= {status for _, status in answers}
    line = await world.ledger(source)
    assert (line["pending"], line["gap"]) == (0, 0)
    reasons = {one["reason"] for one in await world.receipts(source=source, limit="200")}
    assert "adapter_failed" not in reasons


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is published for Linux only")
def test_bytes_bent_by_what_the_code_does_with_them_are_read_or_unreadable(tmp_path: Path):
    """A short run for each vendor; ``make fuzz`` takes a minute for each."""
    took = fuzz(list(CASES), tmp_path / "corpus", tmp_path / "finds", inputs=300)

    assert {vendor for vendor, inputs in took.items() if inputs >= 300} == set(CASES)
