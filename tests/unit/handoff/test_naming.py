"""Which texts name a person, and which do not."""

import pytest

from services.handoff.domain.naming import searches_for, speaks_of

NAMES = ("Zulema Quirós", "Zulema")
IDENTIFIERS = ("email:zul@acme.com", "user:hubspot:7781")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("zulema", True, id="a name"),
        pytest.param("zul", True, id="the beginning of a name, and of an address"),
        pytest.param("zul@acme.com", True, id="an address"),
        pytest.param("email:zul@acme.com", True, id="an identifier as stored"),
        pytest.param("leads of zul@acme.com", True, id="an address among words"),
        pytest.param("7781", True, id="an id of a tool"),
        pytest.param("QUIRÓS", True, id="in capitals"),
        pytest.param("zu", False, id="too short to name anybody"),
        pytest.param("acme", False, id="the company"),
        pytest.param("lema", False, id="the middle of a name"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_search_is_for_the_person(query, found):
    assert searches_for(query, NAMES, IDENTIFIERS) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Mi Zulema", True, id="a name"),
        pytest.param("todo de zul@acme.com", True, id="an address"),
        pytest.param("Zul", False, id="part of a name: it may be another word"),
        pytest.param("Grandes cuentas", False, id="nobody"),
    ],
)
def test_a_title_speaks_of_the_person(text, found):
    assert speaks_of(text, NAMES, IDENTIFIERS) is found
