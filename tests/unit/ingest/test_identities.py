import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.incoming import IncomingTouch
from services.ingest.handlers.identities import InvalidEmail, identifiers, normal_email


def touch(**given: object) -> IncomingTouch:
    return IncomingTouch(fingerprint=b"", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("Ana@ACME.com", "ana@acme.com", id="capitals"),
        pytest.param(" ana@acme.com\n", "ana@acme.com", id="blanks"),
        pytest.param("ana+news@acme.com", "ana+news@acme.com", id="a tag is kept"),
        pytest.param("a.n.a@gmail.com", "a.n.a@gmail.com", id="dots are kept"),
        pytest.param("ana@münchen.de", "ana@xn--mnchen-3ya.de", id="the domain in ASCII"),
        pytest.param("jose\u0301@acme.com", "josé@acme.com", id="composed characters"),
        pytest.param("\u212aate@acme.com", "kate@acme.com", id="a Kelvin sign is a K"),
        pytest.param("İpek@acme.com", "İpek@acme.com", id="other letters keep their case"),
    ],
)
def test_an_address_has_one_form(text, address):
    assert normal_email(text) == address


@pytest.mark.parametrize(
    "text", ["", "ana", "ana@", "@acme.com", "a b@acme.com", "ana@acme", "a@b@c.com"]
)
def test_what_is_no_address_is_no_identifier(text):
    with pytest.raises(InvalidEmail) as refused:
        normal_email(text)

    assert text == "" or text not in str(refused.value)


@given(st.emails())
def test_normalising_twice_changes_nothing(text):
    try:
        address = normal_email(text)
    except InvalidEmail:
        return

    assert normal_email(address) == address


def test_the_strongest_identifier_comes_first():
    found, note = identifiers(touch(email="ana@acme.com", user_id="7", anonymous_id="x"), "web")

    assert (found, note) == (["email:ana@acme.com", "user:web:7", "anon:web:x"], None)


def test_a_changed_address_and_merged_records_name_the_same_lead():
    found, note = identifiers(
        touch(
            email="new@acme.com", other_emails=("old@acme.com", "bad"), user_id="7",
            other_ids=("6", "null"),
        ),
        "web",
    )  # fmt: skip

    assert found == ["email:new@acme.com", "email:old@acme.com", "user:web:7", "user:web:6"]
    assert note == "invalid_email"


def test_an_earlier_id_may_be_of_a_person_or_of_a_browser():
    found, _ = identifiers(touch(user_id="7", earlier_ids=("old",)), "web")

    assert found == ["user:web:7", "user:web:old", "anon:web:old"]


@pytest.mark.parametrize(
    "value",
    ["null", "undefined", "0", " ", "{{ contact.id }}", "[object Object]", "%EMAIL%", "*|EMAIL|*"],
)
def test_what_a_broken_snippet_sends_names_nobody(value):
    assert identifiers(touch(email=value, user_id=value, anonymous_id=value), "web") == ([], None)


def test_a_very_long_id_is_shortened_and_still_its_own():
    [first], _ = identifiers(touch(user_id="x" * 5000), "web")
    [second], _ = identifiers(touch(user_id="x" * 5001), "web")

    assert first != second
    assert len(first) < 100
