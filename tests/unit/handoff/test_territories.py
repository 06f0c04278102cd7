"""Territories: which lead is whose, in which order they are asked, and why in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.territories import (
    Accounts,
    Among,
    Size,
    Territory,
    TerritoryFacts,
    Told,
    asked,
    in_order,
)

COUNTRIES = ("ES", "PT", "FR", "MX")
KINDS = ("country", "language", "segment")


def lead(*, domain=None, lists=(), employees=None, **told):
    said = {kind: Told.plainly(value) for kind, value in told.items()}
    return TerritoryFacts(said, domain, frozenset(lists), employees)


def territory(*conditions, name="iberia", position=10):
    return Territory(name, name, name.title(), position, "team", None, tuple(conditions))


IBERIA = Among("country", ("ES", "PT"))
KEY_ACCOUNTS = Accounts(frozenset({"acme.com"}), ("key_accounts",))


@pytest.mark.parametrize(
    ("condition", "about", "is_met", "english", "spanish"),
    [
        pytest.param(
            IBERIA,
            lead(country="ES"),
            True,
            "country ES is in its countries",
            "el país ES está entre sus países",
            id="a country",
        ),
        pytest.param(
            IBERIA,
            lead(country="FR"),
            False,
            "country FR is not in its countries (ES, PT)",
            "el país FR no está entre sus países (ES, PT)",
            id="another country",
        ),
        pytest.param(
            IBERIA,
            lead(),
            False,
            "nobody told the country; its countries are ES, PT",
            "nadie dijo el país; sus países son ES, PT",
            id="no country told",
        ),
        pytest.param(
            Among("product", ("ERP",)),
            lead(product="erp"),
            True,
            "product erp is in its products",
            "el producto erp está entre sus productos",
            id="case does not matter",
        ),
        pytest.param(
            Among("region", tuple("ABCDEFG")),
            lead(region="Z"),
            False,
            "region Z is not in its regions (A, B, C, D, E, 2 more)",
            "la región Z no está entre sus regiones (A, B, C, D, E, 2 más)",
            id="many values",
        ),
        pytest.param(
            KEY_ACCOUNTS,
            lead(domain="acme.com"),
            True,
            "acme.com is one of its accounts",
            "acme.com es una de sus cuentas",
            id="an account",
        ),
        pytest.param(
            KEY_ACCOUNTS,
            lead(domain="globex.com", lists=["key_accounts"]),
            True,
            "globex.com is on its list key_accounts",
            "globex.com está en su lista key_accounts",
            id="an account on a list",
        ),
        pytest.param(
            KEY_ACCOUNTS,
            lead(domain="globex.com", lists=["others"]),
            False,
            "globex.com is not one of its accounts, nor on key_accounts",
            "globex.com no es una de sus cuentas ni está en key_accounts",
            id="neither",
        ),
        pytest.param(
            KEY_ACCOUNTS,
            lead(),
            False,
            "nobody told the company’s domain",
            "nadie dijo el dominio de la empresa",
            id="no company told",
        ),
        pytest.param(
            Size(50, 500),
            lead(employees=500),
            True,
            "500 employees, between 50 and 500",
            "500 empleados, entre 50 y 500",
            id="the last size",
        ),
        pytest.param(
            Size(50, None),
            lead(employees=49),
            False,
            "49 employees, not 50 or more",
            "49 empleados, y no 50 o más",
            id="too small",
        ),
        pytest.param(
            Size(None, 49),
            lead(),
            False,
            "nobody told how many employees there are; it asks for 49 or fewer",
            "nadie dijo cuántos empleados hay; pide 49 o menos",
            id="no size told",
        ),
    ],
)
def test_a_condition_answers_in_words(condition, about, is_met, english, spanish):
    answer = condition.ask(about)

    assert (answer.is_met, answer.reason.en, answer.reason.es) == (is_met, english, spanish)


def test_every_condition_must_hold_and_the_missed_ones_are_told():
    match = territory(IBERIA, Size(50, None)).match(lead(country="ES", employees=3))

    assert not match.is_met
    assert [one.condition for one in match.met] == ["country"]
    assert match.reason.en == "3 employees, not 50 or more"
    assert match.reason.es == "3 empleados, y no 50 o más"


def test_without_conditions_it_takes_every_lead():
    match = territory().match(lead())

    assert match.is_met
    assert (match.reason.en, match.reason.es) == ("it takes every lead", "toma todos los leads")


def test_the_first_that_holds_has_the_lead_and_no_more_are_asked():
    said = asked(
        [
            territory(name="rest", position=30),
            territory(IBERIA, name="iberia", position=20),
            territory(KEY_ACCOUNTS, name="key", position=10),
        ],
        lead(country="ES"),
    )

    assert [(one.territory.name, one.is_met) for one in said] == [("key", False), ("iberia", True)]


def test_names_decide_between_equal_positions():
    ordered = in_order([territory(name="b"), territory(name="c", position=5), territory(name="a")])

    assert [one.name for one in ordered] == ["c", "a", "b"]


VALUES = st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=3, unique=True).map(tuple)
CONDITIONS = st.lists(
    st.one_of(
        st.builds(Among, st.sampled_from(KINDS), VALUES),
        st.builds(
            Accounts,
            st.frozensets(st.sampled_from(["a.com", "b.com"]), max_size=2),
            st.lists(st.sampled_from(["x", "y"]), unique=True, max_size=2).map(tuple),
        ),
        st.builds(Size, st.integers(0, 9), st.integers(10, 20)),
    ),
    max_size=4,
).map(tuple)
LEADS = st.builds(
    TerritoryFacts,
    st.dictionaries(st.sampled_from(KINDS), st.sampled_from(COUNTRIES).map(Told.plainly)),
    st.sampled_from([None, "a.com", "c.com"]),
    st.frozensets(st.sampled_from(["x", "z"])),
    st.one_of(st.none(), st.integers(0, 30)),
)


@given(CONDITIONS, LEADS)
def test_a_territory_holds_exactly_when_nothing_is_missed(conditions, about):
    match = territory(*conditions).match(about)

    assert match.is_met == (not match.missed)
    assert len(match.met) + len(match.missed) == len(conditions)
    assert "" not in (match.reason.en, match.reason.es)


@given(CONDITIONS, CONDITIONS, LEADS)
def test_another_condition_never_wins_a_lead(conditions, more, about):
    fewer, all_of = territory(*conditions).match(about), territory(*conditions, *more).match(about)

    assert fewer.is_met or not all_of.is_met


@given(st.sampled_from(KINDS), VALUES, VALUES, LEADS)
def test_another_value_never_loses_a_lead(kind, values, more, about):
    few, many = Among(kind, values).ask(about), Among(kind, (*values, *more)).ask(about)

    assert many.is_met or not few.is_met


@given(st.lists(st.tuples(CONDITIONS, st.integers(1, 3)), max_size=5), LEADS)
def test_at_most_the_last_one_asked_has_the_lead(drawn, about):
    there_are = [
        territory(*conditions, name=f"t{number}", position=position)
        for number, (conditions, position) in enumerate(drawn)
    ]
    said = asked(there_are, about)
    met = [one.name for one in in_order(there_are) if one.match(about).is_met]

    assert [one.territory.name for one in said if one.is_met] == met[:1]
    assert asked(reversed(there_are), about) == said
