"""Who gets a lead: the order of the questions, the turns, and every reason."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.deciding import choose
from services.handoff.domain.questions import Titles
from services.handoff.domain.turns import Turns
from tests.unit.handoff.desks import ASKING, MONDAY, away, codes, desk, office, person


def test_everybody_considered_is_kept_with_the_reason_in_both_languages():
    madrid = timedelta(days=1)
    rep_a = person("ana", office(leave=away((2, 20), (3, 8))))
    rep_b = person("bea", active=12)
    rep_c = person("cruz")
    had = {
        "cruz": Turns(3, 4.5, 1.5, MONDAY - madrid),
        "dani": Turns(5, 4.5, -0.5, MONDAY - madrid),
    }
    choice = choose(desk(rep_a, rep_b, rep_c, person("dani"), caps={"bea": 12}, turns=had), ASKING)

    assert (choice.person.person_id, choice.code, choice.team) == (
        "cruz",
        "fair_rotation",
        "Iberia",
    )
    assert [(one.name, one.words.en) for one in choice.considered] == [
        ("Ana", "on leave until Monday 9 March 9:00"),
        ("Bea", "cap 12 of 12"),
        ("Cruz", "chosen: 3 of a share of 5 in 7 days"),
        ("Dani", "5 of a share of 5 in 7 days"),
    ]
    assert choice.considered[0].words.es == "ausente hasta el lunes 9 de marzo 9:00"
    assert choice.considered[2].numbers == {
        "dealt": 3,
        "share": 5.0,
        "days": 7,
        "behind": 2.0,
        "active": 0,
    }
    assert choice.words == Titles(
        "3 de una parte de 5 en 7 días: le toca en Iberia",
        "3 of a share of 5 in 7 days: next in turn in Iberia",
    )


def test_what_was_dealt_before_the_window_is_told_where_it_decides():
    had = {"cruz": Turns(3, 2.5, 0.4), "dani": Turns(2, 2.5, -0.75), "eva": Turns(3, 3, -1 / 3)}
    team = [person(name) for name in had]
    choice = choose(desk(*team, turns=had), ASKING)

    assert [one.words.en for one in choice.considered] == [
        "chosen: 3 of a share of 2.8 in 7 days; with what was before, 0.7 behind",
        "2 of a share of 2.8 in 7 days; with what was before, 0.4 ahead",
        "3 of a share of 3.3 in 7 days; with what was before, exactly even",
    ]
    assert choice.considered[0].words.es == (
        "elegido: 3 de una parte de 2,8 en 7 días; con lo anterior, 0,7 por debajo"
    )


def test_each_question_is_answered_in_the_order_of_the_routing():
    choice = choose(desk(person("ana")), ASKING)

    assert [one.step for one in choice.steps] == [
        "contact",
        "relation",
        "territory",
        "language",
        "turn",
    ]
    assert all(one.words.es and one.words.en for one in choice.steps)


@given(st.permutations(["ana", "bea", "cruz", "dani", "eva"]), st.integers(0, 12))
def test_the_order_in_which_people_are_read_changes_nothing(names, dealt):
    def dealt_in_turn(order: list[str]) -> list[str]:
        table = desk(*map(person, order), weights={"bea": 2.0, "eva": 0.5}, caps={"dani": 2})
        owners = []
        for _ in range(dealt):
            choice = choose(table, ASKING)
            table.deal(choice)
            owners.append(choice.person.person_id)
        return owners

    assert dealt_in_turn(names) == dealt_in_turn(sorted(names))


@given(
    st.dictionaries(st.sampled_from(["ana", "bea", "cruz"]), st.integers(1, 5), min_size=3),
    st.integers(0, 25),
)
def test_nobody_ever_has_more_than_their_cap_and_the_rest_falls_back(caps, leads):
    table = desk(*map(person, caps), caps=caps)
    owners = []
    for _ in range(leads):
        choice = choose(table, ASKING)
        table.deal(choice)
        owners.append(choice.person.person_id)

    for name, cap in caps.items():
        assert owners.count(name) <= cap
        assert table.people[name].active == owners.count(name)
    assert owners.count("boss") == max(0, leads - sum(caps.values()))


def test_who_was_full_has_nothing_to_catch_up():
    table = desk(person("ana", active=2), person("bea"), caps={"ana": 2})
    for _ in range(6):
        table.deal(choose(table, ASKING))
    table.people["ana"] = replace(table.people["ana"], active=0)
    owners = []
    for _ in range(2):
        choice = choose(table, ASKING)
        table.deal(choice)
        owners.append(choice.person.person_id)

    assert sorted(owners) == ["ana", "bea"]


def test_weight_nought_takes_no_turns():
    choice = choose(desk(person("ana"), person("bea"), weights={"ana": 0.0}), ASKING)

    assert (choice.person.person_id, codes(choice)["ana"]) == ("bea", "no_turns")
