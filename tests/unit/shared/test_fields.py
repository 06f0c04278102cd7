"""Fields that requests share: one stored form, and a reason where there is none."""

from typing import Any
from unicodedata import category
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.fields import Email, Id, Moment, Name, Zone, one_line

FORMS: dict[str, TypeAdapter[Any]] = {
    "id": TypeAdapter(Id),
    "email": TypeAdapter(Email),
    "zone": TypeAdapter(Zone),
    "name": TypeAdapter(Name),
    "moment": TypeAdapter(Moment),
}


@pytest.mark.parametrize(
    ("kind", "given_as", "stored_as"),
    [
        pytest.param(
            "id",
            "019C0000-0000-7000-8000-000000000001",
            "019c0000-0000-7000-8000-000000000001",
            id="an id in capitals",
        ),
        pytest.param("email", " Ana.Perez@ACME.com ", "ana.perez@acme.com", id="capitals"),
        pytest.param("email", "ana+x@xn--cm-lia.com", "ana+x@ácm.com", id="an encoded domain"),
        pytest.param("email", "an\u0303o@acme.com", "año@acme.com", id="a composed letter"),
        pytest.param("zone", "America/Bogota", "America/Bogota", id="a zone"),
        pytest.param("name", "  Ana\n Pérez\t", "Ana Pérez", id="a name on two lines"),
        pytest.param("name", "Ana\u202e\x07 Pérez", "Ana Pérez", id="a name turned round"),
        pytest.param("name", "محمد", "محمد", id="a name that is read from the right"),
    ],
)
def test_there_is_one_stored_form(kind, given_as, stored_as):
    assert FORMS[kind].validate_python(given_as) == stored_as


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        pytest.param("id", "7", "not an id", id="a number"),
        pytest.param("id", "", "not an id", id="no id"),
        pytest.param("email", "ana", "not an e-mail address: ", id="no domain"),
        pytest.param("email", "a@b@c.com", "not an e-mail address: ", id="two of them"),
        pytest.param("email", "a\r\nBcc: x@acme.com", "not an e-mail address: ", id="a header"),
        pytest.param("zone", "Europe/Atlantis", "not an IANA time zone", id="a lost place"),
        pytest.param("zone", "/etc/localtime", "not an IANA time zone", id="a path"),
        pytest.param("zone", "", "not an IANA time zone", id="nowhere"),
        pytest.param("zone", "Europe/Mad\x00rid", "not an IANA time zone", id="a NUL"),
        pytest.param("name", "\u202e \x00", "at least 1 character", id="an invisible name"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_reason(kind, text, why):
    with pytest.raises(ValidationError, match=why):
        FORMS[kind].validate_python(text)


@given(st.text())
def test_a_line_is_one_line_and_stays_as_it_is(text):
    line = one_line(text)

    assert isinstance(line, str)
    assert one_line(line) == line
    assert not any(category(char) == "Cc" for char in line)


@given(st.text(max_size=64))
def test_whatever_is_typed_as_a_zone_is_a_zone_or_refused(text):
    try:
        known = FORMS["zone"].validate_python(text)
    except ValidationError:
        known = None

    assert known in (None, *available_timezones())


@pytest.mark.parametrize(
    "told", ["9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
)
def test_a_moment_at_the_end_of_the_calendar_can_be_shown_in_every_zone(told):
    moment = FORMS["moment"].validate_json(f'"{told}"')
    shown = [moment.astimezone(ZoneInfo(zone)) for zone in ("Pacific/Kiritimati", "Etc/GMT+12")]

    assert {one.year for one in shown} == {int(told[:4])}
