"""Whose lead it is already: by the account, an earlier hand-off or a territory."""

from dataclasses import replace
from datetime import date

import pytest

from services.handoff.domain.deciding import choose
from services.handoff.domain.questions import Titles
from services.handoff.domain.routing import Placed
from tests.unit.handoff.desks import ASKING, BECAUSE, away, belongs, desk, office, person, why


def test_whose_it_is_comes_before_any_turn():
    choice = choose(desk(person("ana"), fallbacks=(person("olga"),)), belongs("olga"))

    assert (choice.person.person_id, choice.code) == ("olga", "account_owner")
    assert why(choice, "olga") == "chosen: it is theirs"


@pytest.mark.parametrize(
    ("code", "counts"),
    [("account_handoff", True), ("earlier_owner", True), ("account_owner", False)],
)
def test_who_gets_the_colleagues_of_a_lead_gets_fewer_of_the_others(code, counts):
    table = desk(person("ana"), person("bea"))
    table.deal(choose(table, belongs("ana", code=code)))
    owners = []
    for _ in range(3):
        choice = choose(table, ASKING)
        table.deal(choice)
        owners.append(choice.person.person_id)

    assert owners == (["bea", "ana", "bea"] if counts else ["ana", "bea", "ana"])


@pytest.mark.parametrize(
    ("owner", "reason"),
    [
        pytest.param(
            replace(person("olga"), is_active=False), "does not work here any more", id="gone"
        ),
        pytest.param(
            person("olga", office(leave=away((2, 20), (3, 20)))),
            "on leave until Monday 23 March 9:00",
            id="long leave",
        ),
        pytest.param(person("olga", last_day=date(2026, 3, 4)), "is leaving", id="leaving"),
        pytest.param(person("olga", active=5), "cap 5 of 4", id="far above the cap"),
    ],
)
def test_whose_it_was_does_not_keep_it_where_that_makes_no_sense(owner, reason):
    table = desk(person("ana"), owner, caps={"olga": 4})
    choice = choose(table, belongs("olga"))

    assert choice.person.person_id == "ana"
    first = choice.considered[0]
    assert first.words.en.startswith(f"it is theirs, but {reason}")


@pytest.mark.parametrize(
    "owner",
    [
        pytest.param(person("olga", office(leave=away((2, 20), (3, 3)))), id="back in two days"),
        pytest.param(person("olga", active=4), id="one above the cap"),
        pytest.param(person("olga", office("15:00-18:00")), id="begins later today"),
    ],
)
def test_whose_it_is_keeps_it_where_it_still_makes_sense(owner):
    choice = choose(desk(person("ana"), owner, caps={"olga": 4}), belongs("olga"))

    assert choice.code == "account_owner"


def test_an_owner_nobody_here_knows_is_told_and_passed_over():
    choice = choose(desk(person("ana")), belongs(None))
    relation = next(one for one in choice.steps if one.step == "relation")

    assert choice.person.person_id == "ana"
    assert "nobody here is called that" in relation.words.en


def test_a_territory_of_a_person_is_theirs_and_one_of_a_team_is_the_teams():
    table = desk(person("ana"), fallbacks=(person("olga"),))
    hers = choose(table, replace(ASKING, placed=Placed(BECAUSE, person_id="olga")))
    teams = choose(table, replace(ASKING, placed=Placed(BECAUSE, team_id="t")))

    assert (hers.person.person_id, hers.code) == ("olga", "territory_owner")
    assert (teams.person.person_id, teams.code) == ("ana", "fair_rotation")


def test_who_is_ruled_out_gets_it_by_no_way_and_the_reason_is_kept():
    late = Titles("no respondió a tiempo", "did not answer in time")
    question = replace(belongs("ana"), without={"ana": late})
    choice = choose(desk(person("ana"), person("bea")), question)

    assert choice.person.person_id == "bea"
    assert [one.words.en for one in choice.considered if one.person_id == "ana"] == [
        "it is theirs, but did not answer in time",
        "did not answer in time",
    ]
