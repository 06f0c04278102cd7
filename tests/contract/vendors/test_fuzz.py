"""Every vendor: no request, however bent, makes an adapter raise anything but its own errors."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.ingest.vendors.port import BadCredentials
from tests.contract.vendors.case import CASES, NOON, Case, Proof
from tests.contract.vendors.mutation import VALUES, as_bytes, bent_bodies, bent_bytes
from tests.contract.vendors.taking import takes
from tests.fuzz.__main__ import run

ALL = [pytest.param(case, id=case.vendor) for case in CASES.values()]
FEW = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
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


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is published for Linux only")
def test_bytes_bent_by_what_the_code_does_with_them_are_read_or_unreadable(tmp_path: Path):
    """A few seconds for all vendors together; ``make fuzz`` takes a minute for each."""
    assert run("all", 5, tmp_path)
