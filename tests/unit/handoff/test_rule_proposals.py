"""What leads that were not our market have in common, as a rule for both teams to look at."""

from services.handoff.domain.rule_proposals import Judged, propose


def judged(count, is_kept_out, **facts):
    return [Judged({"lead": {}, "account": facts}, is_kept_out)] * count


def test_a_country_sales_keeps_out_is_proposed_and_what_it_would_cost_is_said():
    [one] = propose([*judged(8, True, country="BR"), *judged(2, False, country="br")])

    assert (one.fact, one.test, one.kept_out, one.others) == (
        "account.country",
        {"in": ["BR"]},
        8,
        2,
    )
    assert "8 of the 10" in one.text["en"]
    assert "8 de los 10" in one.text["es"]


def test_a_size_is_proposed_by_its_bound():
    small = [each for size in (3, 5, 8, 9, 9) for each in judged(1, True, employees=size)]
    [one] = propose([*small, *judged(1, False, employees=9), *judged(6, False, employees=400)])

    assert (one.test, one.kept_out, one.others) == ({"at_most": 9}, 5, 1)


def test_too_few_or_too_mixed_are_no_rule():
    assert propose([*judged(4, True, country="BR")]) == []
    assert propose([*judged(8, True, country="ES"), *judged(8, False, country="ES")]) == []


def test_what_names_one_company_or_person_is_no_rule():
    assert propose(judged(9, True, domain="acme.com", name="Acme")) == []
