"""SendGrid: its own library as the verifier, and what its events mean."""

from typing import Any

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook  # type: ignore[import-untyped] # published without types

from services.ingest.vendors.sendgrid import SIGNATURE, TIMESTAMP, SendGrid
from tests.contract.vendors.case import CASES, NOON
from tests.contract.vendors.sending import touch_in

EVENT = {"email": "ana@acme.com", "timestamp": 1772443800, "sg_event_id": "s-1"}


def test_we_believe_what_sendgrids_library_believes():
    case = CASES["sendgrid"]
    proof = case.proofs[0]
    call = proof.prove(case.call("web"), proof.credential, NOON)
    verifier = EventWebhook(proof.known)

    assert verifier.verify_signature(
        call.body.decode(), call.headers[SIGNATURE], call.headers[TIMESTAMP]
    )
    case.adapter.verify(call.request, case.credentials(proof), case.options(proof), NOON)


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", id="a secret of ours"),
        pytest.param("", id="nothing"),
        pytest.param("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", id="a part of a key"),
        pytest.param(
            "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", id="another curve"
        ),
        pytest.param("-----BEGIN PUBLIC KEY-----", id="PEM"),
        pytest.param("é", id="no base64"),
    ],
)
def test_only_a_verification_key_of_sendgrid_is_taken(secret):
    with pytest.raises(ValueError, match="verification key"):
        SendGrid().check_secret(secret)


@pytest.mark.parametrize(
    ("event", "kind", "permanent"),
    [
        ({"event": "bounce", "type": "bounce"}, "email.bounced", True),
        ({"event": "bounce", "type": "blocked"}, "email.bounced", False),
        ({"event": "dropped"}, "email.dropped", None),
        ({"event": "group_unsubscribe"}, "email.unsubscribed", None),
        ({"event": "group_resubscribe"}, "email.subscribed", None),
        ({"event": "spamreport"}, "email.complained", None),
    ],
    ids=str,
)
def test_an_event_is_a_kind(event, kind, permanent):
    touch = touch_in("sendgrid", [EVENT | event])

    assert (touch.touch, touch.properties.get("permanent")) == (kind, permanent)


@pytest.mark.parametrize(
    ("event", "made_by"),
    [
        ({"event": "open", "sg_machine_open": True}, ("machine", "vendor_flag")),
        ({"event": "open", "sg_machine_open": False}, ("human", "vendor_flag")),
        # It is a mark of opens only; what else carries it is somebody's custom argument.
        ({"event": "click", "sg_machine_open": True}, ("human", "no_sign_of_a_machine")),
    ],
    ids=str,
)
def test_the_vendors_mark_comes_first(event: dict[str, Any], made_by):
    touch = touch_in("sendgrid", [EVENT | event])

    assert (touch.made_by, touch.made_by_reason) == made_by


def test_custom_arguments_are_properties_and_may_name_the_person():
    touch = touch_in("sendgrid", [EVENT | {"event": "click", "contact_id": "7", "seats": 5}])

    assert touch.identifiers == ["email:ana@acme.com", "user:web:7"]
    assert touch.properties["seats"] == 5


def test_a_single_send_names_its_campaign():
    touch = touch_in(
        "sendgrid",
        [EVENT | {"event": "open", "singlesend_id": "c-1", "singlesend_name": "Spring"}],
    )

    assert touch.properties["campaign"] == {"id": "c-1", "name": "Spring"}
