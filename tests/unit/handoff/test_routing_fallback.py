"""Who gets a lead that nobody of the team can take."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from services.handoff.domain.deciding import choose
from tests.unit.handoff.desks import ASKING, BOSS, MONDAY, away, codes, desk, office, person


def test_where_nobody_can_the_named_people_are_asked_in_their_order():
    first = person("olga", office(leave=away((2, 20), (3, 20))))
    second = person("pia", office())
    choice = choose(
        desk(person("ana", active=1), caps={"ana": 1}, fallbacks=(first, second)), ASKING
    )

    assert (choice.person.person_id, choice.code, choice.fell_back) == ("pia", "fallback", True)
    assert list(codes(choice).items()) == [("ana", "full"), ("olga", "away"), ("pia", "fallback")]
    assert choice.words.en == (
        "nobody in Iberia can take it: 1 full; Pia takes it as the fallback of Iberia"
    )


def test_who_begins_before_the_lead_is_due_is_preferred_and_order_decides_else():
    later, sooner = person("olga", office("16:00-18:00")), person("pia", office())
    table = desk(fallbacks=(later, sooner))
    due_soon = choose(table, ASKING)
    due_late = choose(table, replace(ASKING, due_at=MONDAY + timedelta(days=1)))

    assert (due_soon.person.person_id, codes(due_soon)["olga"]) == ("pia", "not_before")
    assert due_late.person.person_id == "olga"


@pytest.mark.parametrize("order", list(permutations(["olga", "pia"])))
def test_the_last_one_named_gets_it_whatever_happens(order):
    everybody = tuple(person(name, office(leave=away((1, 1), (12, 30)))) for name in order)
    table = desk(fallbacks=everybody)
    table.people["boss"] = replace(BOSS, working=everybody[0].working)
    choice = choose(table, ASKING)

    assert (choice.person.person_id, choice.code) == ("boss", "last_resort")
    assert [one.chosen for one in choice.considered] == [False, False, True]


def test_without_a_team_the_last_resort_gets_it_and_the_reason_says_so():
    choice = choose(desk(team=False), ASKING)

    assert (choice.person.person_id, choice.team) == ("boss", None)
    assert choice.words.en.startswith("no team takes leads; ")
