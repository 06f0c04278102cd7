import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.facts import account_facts, domain_of, lead_facts

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("traits", "facts"),
    [
        pytest.param(
            {
                "firstName": "Ana",
                "lastName": "Pérez",
                "jobTitle": "CTO",
                "address": {"country": "ES"},
            },
            {"first_name": "Ana", "last_name": "Pérez", "title": "CTO", "country": "ES"},
            id="as Segment writes",
        ),
        pytest.param(
            {"nombre": "Ana", "cargo": "Directora", "Teléfono": 34600, "idioma": "es"},
            {"first_name": "Ana", "title": "Directora", "phone": "34600", "language": "es"},
            id="in Spanish",
        ),
        pytest.param(
            {"title": "CTO", "position": "Boss"}, {"title": "CTO"}, id="the better name wins"
        ),
        pytest.param({"position": "Boss", "title": "CTO"}, {"title": "CTO"}, id="in any order"),
        pytest.param(
            {"title": None, "position": "Boss"}, {"title": "Boss"}, id="empty is not said"
        ),
        pytest.param(
            {"favourite_colour": "blue"}, {"favourite_colour": "blue"}, id="unknown is kept"
        ),
        pytest.param(
            {"email": "a@b.com", "id": 7, "company": "Acme", "tags": ["x"]},
            {},
            id="not of a person",
        ),
    ],
)
def test_facts_of_a_person_have_our_names(traits, facts):
    assert lead_facts(traits) == facts


@pytest.mark.parametrize(
    ("group", "traits", "facts"),
    [
        pytest.param(
            {"name": "Initech", "industry": "Technology", "employees": 420},
            {},
            {"name": "Initech", "industry": "Technology", "employees": 420},
            id="a group",
        ),
        pytest.param(
            {}, {"company": {"name": "Acme", "employee_count": "51-200"}},
            {"name": "Acme", "employees": 51}, id="an object at the person",
        ),
        pytest.param(
            {}, {"company": "Acme", "website": "https://www.Acme.com/x", "companySize": "1,000+"},
            {"name": "Acme", "domain": "acme.com", "employees": 1000}, id="traits of the person",
        ),
        pytest.param(
            {"name": "Acme Inc."}, {"company": "acme"}, {"name": "Acme Inc."},
            id="the group knows better",
        ),
        pytest.param({"plan": "pro", "size": "many"}, {}, {"plan": "pro"}, id="unknown is kept"),
    ],
)  # fmt: skip
def test_facts_of_a_company_have_our_names(group, traits, facts):
    assert account_facts(group, traits) == facts


@given(st.dictionaries(st.text(), JSON), st.dictionaries(st.text(), JSON))
def test_whatever_is_told_facts_are_plain_values(group, traits):
    for facts in (lead_facts(traits), account_facts(group, traits)):
        assert all(isinstance(value, str | int | float | bool) for value in facts.values())


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("acme.com", "acme.com"),
        ("https://www.acme.com:8080/about?x=1", "acme.com"),
        ("ACME.com.", "acme.com"),
        ("ana@acme.com", None),
        ("http://[broken", None),
        ("localhost", None),
        (7, None),
    ],
)
def test_the_domain_is_found_in_addresses(text, domain):
    assert domain_of(text) == domain
