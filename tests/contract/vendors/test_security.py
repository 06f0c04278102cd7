"""Every vendor, every way it proves itself: only genuine requests come in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.vendors import VENDORS
from services.ingest.vendors.port import BadCredentials
from tests.contract.vendors.attacks import forgeries, proofs_in
from tests.contract.vendors.case import CASES, NOON, TOKEN, Case, Proof
from tests.contract.vendors.sending import open_source, send
from tests.service.ingest.world import World


def proofs(wanted: Callable[[Proof], bool] = lambda _: True) -> list[Any]:
    """Return every vendor with every way it proves itself, as test parameters."""
    return [
        pytest.param(case, proof, id=f"{case.vendor} {proof.id}")
        for case in CASES.values()
        for proof in case.proofs
        if wanted(proof)
    ]


PROOFS = proofs()


def test_every_vendor_has_a_case():
    assert set(CASES) == set(VENDORS)


def test_every_kind_of_credential_a_vendor_takes_has_a_case():
    """A vendor that may sign or show a token is tried both ways."""
    for case in CASES.values():
        kinds = {case.adapter.credential(case.options(proof)) for proof in case.proofs}
        may = "signed" in case.adapter.options_model.model_fields
        assert kinds == {"token", "secret"} if may else kinds, case.vendor


@pytest.mark.parametrize(("case", "proof"), PROOFS)
async def test_a_genuine_request_is_stored_and_its_credential_is_not(
    world: World, case: Case, proof: Proof
):
    source = await open_source(world, case.vendor, proof.options, proof.known)
    call = proof.prove(case.call(source), proof.credential, NOON)

    assert await send(world, call) == case.answered
    [receipt] = await world.receipts(source=source)
    assert proof.credential not in str(receipt)


@pytest.mark.parametrize(("case", "proof"), PROOFS)
async def test_a_forgery_is_401_and_leaves_nothing(world: World, case: Case, proof: Proof):
    source = await open_source(world, case.vendor, proof.options, proof.known)

    answers = {what: await send(world, call) for what, call in forgeries(case, proof, source, NOON)}

    assert {what: status for what, status in answers.items() if status != 401} == {}
    assert await world.receipts(source=source) == []


@pytest.mark.parametrize(("case", "proof"), PROOFS)
async def test_of_a_repeated_header_the_first_counts(world: World, case: Case, proof: Proof):
    source = await open_source(world, case.vendor, proof.options, proof.known)
    plain = case.call(source)
    genuine = proof.prove(plain, proof.credential, NOON)
    names = proofs_in(plain, genuine)
    garbage = replace(plain, headers={**plain.headers, **dict.fromkeys(names, "garbage")})
    real = {name: genuine.headers[name].encode("latin-1") for name in names}

    for name in names:
        assert await send(world, genuine, first={name: b"garbage"}) == 401, name
    if names:
        assert await send(world, replace(garbage, body=genuine.body), first=real) == case.answered


@pytest.mark.parametrize(("case", "proof"), PROOFS)
async def test_a_request_is_believed_to_the_end_of_its_window(
    world: World, case: Case, proof: Proof
):
    source = await open_source(world, case.vendor, proof.options, proof.known)
    window = proof.window or timedelta()

    for moment in (NOON - window, NOON, NOON + window):
        call = proof.prove(case.call(source), proof.credential, moment)
        assert await send(world, call) == case.answered, moment


@pytest.mark.parametrize(("case", "proof"), proofs(lambda proof: proof.shared is None))
def test_while_credentials_change_both_are_believed(case: Case, proof: Proof):
    credentials = case.credentials(proof, proof.other)

    for one in (proof.credential, proof.other):
        request = proof.prove(case.call("web"), one, NOON).request
        case.adapter.verify(request, credentials, case.options(proof), NOON)


@pytest.mark.parametrize(("case", "proof"), PROOFS)
def test_a_source_without_credentials_believes_nobody(case: Case, proof: Proof):
    request = proof.prove(case.call("web"), proof.credential, NOON).request
    nothing = replace(case.credentials(proof), token_hashes=frozenset(), secrets=())

    with pytest.raises(BadCredentials):
        case.adapter.verify(request, nothing, case.options(proof), NOON)


@pytest.mark.parametrize(
    ("case", "proof"),
    [
        one
        for one in proofs(lambda proof: proof.credential != TOKEN)
        if VENDORS[str(one.id).partition(" ")[0]].makes_secret
    ],
)
async def test_a_secret_only_the_tool_can_make_is_asked_for(world: World, case: Case, proof: Proof):
    new = {"name": "x", "vendor": case.vendor, "settings": {"options": proof.options}}

    answer = await world.api("POST", "/v1/sources", new)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/secret")


@pytest.mark.parametrize("case", [pytest.param(one, id=one.vendor) for one in CASES.values()])
async def test_a_tool_may_look_whether_the_hook_is_there(world: World, case: Case):
    proof = case.proofs[0]
    source = await open_source(world, case.vendor, proof.options, proof.known)
    call = case.call(source, b"")

    for method in ("GET", "HEAD"):
        assert await send(world, replace(call, method=method, headers={})) == 200
    assert await send(world, replace(call, method="PATCH")) in (404, 405)
