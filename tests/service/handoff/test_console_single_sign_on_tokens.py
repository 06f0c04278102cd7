"""What a provider that lies says of somebody: believed only where it is signed and meant for us."""

import base64
import hmac
import json
from typing import Any

import pytest

from services.handoff.console import provider
from tests.service.handoff.signing_on import api as api
from tests.service.handoff.signing_on import come_back
from tests.service.handoff.signing_on import forger as forger
from tests.service.handoff.signing_on import lied_to as lied_to
from tests.support.accounts import new_key
from tests.support.visiting import COOKIE, words_of


async def test_what_the_forger_says_truly_is_believed(api, forger):
    """Otherwise none of the refusals below would mean anything."""
    answer = await come_back(api, forger)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert {"nonce", "state", "code_challenge"} <= set(forger.asked)
    assert forger.asked["scope"] == "openid email profile"


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        pytest.param({"exp": 1}, "no es de fiar", id="it ended"),
        pytest.param({"exp": 10, "iat": 1}, "no es de fiar", id="it ended long ago"),
        pytest.param({"iat": 4_000_000_000}, "no es de fiar", id="it was made in the future"),
        pytest.param({"aud": "another"}, "no es de fiar", id="for another"),
        pytest.param({"aud": ["relevo", "another"]}, "no es de fiar", id="for another too"),
        pytest.param({"azp": "another"}, "no es de fiar", id="asked for by another"),
        pytest.param({"iss": "https://evil.example"}, "no es de fiar", id="by another"),
        pytest.param({"nonce": "of another start"}, "no es de fiar", id="of another start"),
        pytest.param({"sub": ""}, "no es de fiar", id="about nobody"),
        pytest.param({"sub": 7}, "no es de fiar", id="about a number"),
        pytest.param({"at_hash": "wrong"}, "no es de fiar", id="with another access token"),
        pytest.param({"email_verified": False}, "correo verificado", id="not verified"),
        pytest.param({"email_verified": 1}, "correo verificado", id="verified by a number"),
        pytest.param({"email": ["ana@acme.com"]}, "correo verificado", id="a list of addresses"),
        pytest.param({"email": "no address"}, "correo verificado", id="no address"),
        pytest.param({"email": "ana@evil.example"}, "de otro dominio", id="another domain"),
    ],
)
async def test_a_token_is_refused(api, forger, claims, told):
    forger.claims = claims
    answer = await come_back(api, forger)

    assert answer.status_code == 403
    assert told in words_of(answer)
    assert COOKIE not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("name", ["exp", "iat", "nonce", "aud", "iss", "sub", "email_verified"])
async def test_a_token_that_leaves_something_out_is_refused(api, forger, name):
    forger.without = (name,)

    assert (await come_back(api, forger)).status_code == 403


async def test_a_clock_that_differs_a_little_is_no_reason(api, forger):
    now = int((await api.service.db.read(api.service.db.now)).timestamp())
    forger.claims = {"iat": now + 60, "exp": now - 60}

    assert (await come_back(api, forger)).status_code == 303


async def test_a_token_signed_by_somebody_else_is_refused(api, forger):
    theirs = new_key("one")
    forger.sign = lambda claims: forger.signed(claims, theirs)

    assert (await come_back(api, forger)).status_code == 403


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
async def test_a_token_signed_with_what_everybody_knows_is_refused(api, forger, algorithm):
    """The public key as a shared secret, and no signature at all."""

    def sign(claims: dict[str, Any]) -> str:
        header = {"alg": algorithm, "kid": forger.keys[-1].kid}
        parts = [base64.urlsafe_b64encode(json.dumps(one).encode()) for one in (header, claims)]
        signed = b".".join(part.rstrip(b"=") for part in parts)
        public = forger.keys[-1].as_pem(private=False)
        digest = hmac.digest(public, signed, "sha256") if algorithm == "HS256" else b""
        return (signed + b"." + base64.urlsafe_b64encode(digest).rstrip(b"=")).decode()

    forger.sign = sign

    assert (await come_back(api, forger)).status_code == 403


@pytest.mark.parametrize(
    ("pause_s", "status", "looks"),
    [
        pytest.param(0.0, 303, 1, id="once a minute has passed"),
        pytest.param(60.0, 403, 0, id="and no sooner: tokens can name invented keys"),
    ],
)
async def test_keys_that_were_changed_are_asked_for_again(
    api, forger, monkeypatch, pause_s, status, looks
):
    await come_back(api, forger)
    monkeypatch.setattr(provider, "KEYS_AGAIN_S", pause_s)
    looked = forger.looked_for_keys
    forger.keys.append(new_key(f"after {pause_s} s"))
    answer = await come_back(api, forger)

    assert answer.status_code == status
    assert forger.looked_for_keys - looked == looks
