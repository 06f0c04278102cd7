"""Signing and verifying by Standard Webhooks; the reference library is the other side."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from shared.signing import BadSignature, new_secret, secret_key, sign, verify

NOW = datetime.now(UTC).replace(microsecond=0)
SECRET, OTHER = new_secret(), new_secret()
BODY = '{"type":"handoff.sales_ready.v1","name":"Ana Pérez"}'.encode()


def headers(*secrets, at=NOW, body=BODY):
    return sign([secret_key(secret) for secret in secrets or [SECRET]], "event-1", at, body)


def test_the_reference_library_accepts_our_signature():
    # It looks at the clock itself, and the module was loaded long before.
    Webhook(SECRET).verify(BODY, headers(at=datetime.now(UTC)))


@pytest.mark.parametrize("secret", [SECRET, OTHER], ids=["new", "old"])
def test_during_a_rotation_both_secrets_verify(secret):
    Webhook(secret).verify(BODY, headers(SECRET, OTHER, at=datetime.now(UTC)))


def test_a_zone_does_not_change_the_timestamp():
    local = NOW.astimezone(timezone(timedelta(hours=2)))

    assert headers(at=local) == headers()


@given(st.text())
def test_whatever_we_sign_verifies(text):
    body = text.encode("utf-8", "replace")

    verify(SECRET, headers(body=body), body, NOW)


def test_header_names_in_capitals_verify():
    verify(SECRET, {name.title(): value for name, value in headers().items()}, BODY, NOW)


@pytest.mark.parametrize("late", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_five_minutes_of_difference_are_tolerated(late):
    verify(SECRET, headers(), BODY, NOW + late)


@pytest.mark.parametrize(
    ("changes", "body", "late"),
    [
        pytest.param({}, BODY + b" ", 0, id="another body"),
        pytest.param({"webhook-id": "event-2"}, BODY, 0, id="another id"),
        pytest.param({"webhook-timestamp": "1"}, BODY, 0, id="another time"),
        pytest.param({}, BODY, 301, id="too old"),
        pytest.param({}, BODY, -301, id="from the future"),
        pytest.param({"webhook-signature": ""}, BODY, 0, id="no signature"),
        pytest.param({"webhook-signature": "v1"}, BODY, 0, id="no comma"),
        pytest.param({"webhook-signature": "v1,%%%"}, BODY, 0, id="not base64"),
        pytest.param({"webhook-signature": "v1,ñ"}, BODY, 0, id="not ASCII"),
        pytest.param({"webhook-signature": " ".join(["v1,x"] * 21)}, BODY, 0, id="too many"),
        pytest.param({"webhook-timestamp": "1e9"}, BODY, 0, id="time not in digits"),
        pytest.param({"webhook-timestamp": "٣"}, BODY, 0, id="Arabic digits"),
        pytest.param({"webhook-timestamp": "9" * 40}, BODY, 0, id="absurd time"),
        pytest.param({"webhook-timestamp": "99999999999"}, BODY, 0, id="year 5138"),
        pytest.param({}, b"\xff\xfe", 0, id="body not UTF-8"),
    ],
)
def test_anything_else_is_a_bad_signature(changes, body, late):
    with pytest.raises(BadSignature):
        verify(SECRET, headers() | changes, body, NOW + timedelta(seconds=late))


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_a_bad_signature(missing):
    given_headers = headers()
    del given_headers[missing]

    with pytest.raises(BadSignature):
        verify(SECRET, given_headers, BODY, NOW)


def test_another_secret_is_a_bad_signature():
    with pytest.raises(BadSignature):
        verify(OTHER, headers(), BODY, NOW)


def test_a_new_secret_has_32_random_bytes():
    assert len(secret_key(new_secret())) == 32
    assert new_secret() != new_secret()


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("whsec_not base64", id="not base64"),
        pytest.param("whsec_señas", id="letters of no base64"),
        pytest.param("whsec_" + b64encode(b"x" * 23).decode(), id="too short"),
        pytest.param("whsec_" + b64encode(b"x" * 65).decode(), id="too long"),
        pytest.param("", id="empty"),
    ],
)
def test_a_secret_that_is_none_is_refused(secret):
    with pytest.raises(ValueError, match="a secret"):
        secret_key(secret)
