"""Countries, regions and languages by code and name, and what is near a slip."""

import pytest

from services.handoff.handlers.place_leads import territory_facts
from services.handoff.store import places
from services.handoff.store.places import UnknownPlace


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("ES", "ES", id="a code"),
        pytest.param(" es ", "ES", id="a code as people type it"),
        pytest.param("ESP", "ES", id="three letters"),
        pytest.param("España", "ES", id="Spanish"),
        pytest.param("mexico", "MX", id="no accent"),
        pytest.param("Deutschland", "DE", id="German"),
        pytest.param("UK", "GB", id="what everybody says"),
        pytest.param("EEUU", "US", id="what Spaniards say"),
        pytest.param("Atlantis", None, id="nowhere"),
    ],
)
def test_a_country_is_known_by_code_and_name(text, code):
    assert places.country_code(text) == code


@pytest.mark.parametrize(
    ("check", "text", "hint"),
    [
        pytest.param(places.check_country, "Spian", "did you mean `ES`", id="a country"),
        pytest.param(places.check_country, "XQ", "like `ES`", id="a code nobody has"),
        pytest.param(places.check_region, "ES-XX", "not a region of ES", id="a region"),
        pytest.param(places.check_region, "ZZ-1", "ZZ is not a country", id="of no country"),
        pytest.param(places.check_region, "VA-1", "VA has no regions", id="without regions"),
        pytest.param(places.check_language, "spansh", "did you mean `es`", id="a language"),
        pytest.param(places.check_language, "qq", "like `es` or `pt-BR`", id="a tag nobody has"),
    ],
)
def test_what_nobody_knows_is_told_with_what_is_near(check, text, hint):
    with pytest.raises(UnknownPlace, match=hint):
        check(text)


@pytest.mark.parametrize(
    ("text", "countries", "settled"),
    [
        pytest.param("es-md", (), "ES-MD", id="a code"),
        pytest.param("Madrid", ("ES",), "ES-MD", id="the widest of the name"),
        pytest.param("Córdoba", ("ES",), "ES-CO", id="of the country that is meant"),
        pytest.param("cordoba", ("CO", "PT"), "CO-COR", id="of another country"),
        pytest.param("Cataluña", ("ES",), "ES-CT", id="the other language"),
        pytest.param("Bay Area", ("US",), "Bay Area", id="a name of one's own"),
        pytest.param("Madrid", (), "Madrid", id="no country to look in"),
    ],
)
def test_a_region_becomes_its_code_where_it_is_certain(text, countries, settled):
    assert places.settled_region(text, countries) == settled


@pytest.mark.parametrize(
    ("text", "countries", "hint"),
    [
        pytest.param("ES-MD", ("PT",), "in none of its countries", id="elsewhere"),
        pytest.param("Catalunia", ("ES",), "did you mean `ES-CT`", id="nearly"),
    ],
)
def test_a_region_that_cannot_be_meant_is_refused(text, countries, hint):
    with pytest.raises(UnknownPlace, match=hint):
        places.settled_region(text, countries)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        pytest.param("es_mx", "es-MX", id="a locale"),
        pytest.param("es-MX.UTF-8", "es-MX", id="a locale with its encoding"),
        pytest.param("Español", "es", id="a name"),
        pytest.param("zh-hans-cn", "zh-Hans-CN", id="a script"),
        pytest.param("gsw", "gsw", id="three letters"),
        pytest.param("klingonish", None, id="none"),
    ],
)
def test_a_language_is_known_by_tag_and_name(text, tag):
    assert places.language_tag(text) == tag


def test_a_region_counts_as_those_it_is_in():
    assert places.region_keys("ES", "Barcelona") >= {"barcelona", "es-b", "es-ct"}
    assert places.region_keys("US", "CA") >= {"ca", "us-ca"}
    assert places.region_keys(None, "es-b") >= {"es-b", "es-ct"}
    assert places.region_keys(None, "CA") == {"ca"}


def test_what_is_told_of_the_account_comes_first_and_the_lead_fills_in():
    facts = territory_facts(
        {
            "lead": {"country": "Portugal", "language": "pt_BR", "product": ["ERP", "CRM"]},
            "account": {"country": "España", "domain": "acme.com", "employees": 120},
        },
        "b2b",
        {},
    )

    assert {kind: told.said for kind, told in facts.told.items()} == {
        "policy": "b2b",
        "country": "ES",
        "language": "pt-BR",
        "product": "ERP, CRM",
    }
    assert facts.told["language"].keys == {"pt", "pt-br"}
    assert facts.told["product"].keys == {"erp", "crm"}
    assert (facts.domain, facts.employees) == ("acme.com", 120)


def test_a_full_region_says_the_country_nobody_told():
    facts = territory_facts({"lead": {"region": "ES-MD"}, "account": {}}, "b2b", {})

    assert facts.told["country"].said == "ES"
