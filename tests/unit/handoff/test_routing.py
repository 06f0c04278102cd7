"""Who gets a lead: the order of the questions, who can take it now, and every reason."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.calendars import DAY_AND_NIGHT, Calendar, Leave, block
from services.handoff.domain.deciding import choose
from services.handoff.domain.presence import presence
from services.handoff.domain.questions import Titles
from services.handoff.domain.routing import (
    Asked,
    Choice,
    Desk,
    Member,
    Placed,
    Question,
    Relation,
    Staff,
    Team,
)
from services.handoff.domain.turns import Turns
from services.handoff.domain.working_time import WorkingTime

MONDAY = datetime(2026, 3, 2, 11, tzinfo=UTC)  # at noon in Madrid
NIGHT = datetime(2026, 3, 3, 2, tzinfo=UTC)
OFFICE = Calendar("Europe/Madrid", ((block("09:00-18:00"),),) * 5 + ((),) * 2)
ALWAYS = WorkingTime(DAY_AND_NIGHT)
HOUR = timedelta(hours=1)
BECAUSE = Titles("es suyo", "it is theirs")


def office(hours: str = "09:00-18:00", leave: tuple[Leave, ...] = ()) -> WorkingTime:
    week = ((block(hours),),) * 5 + ((),) * 2
    return WorkingTime(replace(OFFICE, week=week, leave=leave))


def away(first: tuple[int, int], last: tuple[int, int]) -> tuple[Leave, ...]:
    """Away from the first day of 2026 until the end of the last."""
    end = datetime(2026, *last) + timedelta(days=1)  # noqa: DTZ001 - the clock on the wall
    return (Leave(datetime(2026, *first), end),)  # noqa: DTZ001


def person(name: str, working: WorkingTime = ALWAYS, **fields: object) -> Staff:
    return Staff(name, name.title(), f"{name}@ours.com", True, working, **fields)  # type: ignore[arg-type]


BOSS = person("boss")


def desk(
    *people: Staff,
    at: datetime = MONDAY,
    caps: dict[str, int] | None = None,
    weights: dict[str, float] | None = None,
    fallbacks: tuple[Staff, ...] = (),
    requires: frozenset[str] = frozenset(),
    turns: dict[str, Turns] | None = None,
    team: bool = True,
) -> Desk:
    members = tuple(
        Member(
            one.person_id,
            (weights or {}).get(one.person_id, 1.0),
            (caps or {}).get(one.person_id),
        )
        for one in people
    )
    named = tuple(one.person_id for one in fallbacks)
    teams = {"t": Team("t", "Iberia", members, named, requires=requires)} if team else {}
    everybody = {one.person_id: one for one in (*people, *fallbacks, BOSS)}
    had = {("t", name): one for name, one in (turns or {}).items()}
    return Desk(at, everybody, teams, "t" if team else None, "boss", had)


def codes(choice: Choice) -> dict[str, str]:
    return {one.person_id: one.code for one in choice.considered}


def why(choice: Choice, name: str) -> str:
    return next(one.words.en for one in choice.considered if one.person_id == name)


ASKING = Question(accept_in=HOUR, due_at=MONDAY + HOUR)


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


# --- eligible now ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("working", "at", "state"),
    [
        pytest.param(office(), MONDAY, "working", id="in hours"),
        pytest.param(office(), NIGHT, "off", id="at night"),
        pytest.param(office(leave=away((3, 2), (3, 2))), MONDAY, "away", id="a day of leave"),
        pytest.param(
            office(leave=(Leave(datetime(2026, 3, 2, 11), datetime(2026, 3, 2, 13)),)),  # noqa: DTZ001
            MONDAY,
            "off",
            id="two hours away are like a break",
        ),
        pytest.param(
            office(leave=away((3, 3), (3, 20))),
            datetime(2026, 3, 2, 16, 30, tzinfo=UTC),
            "away",
            id="leave that begins before an hour was worked",
        ),
        pytest.param(
            office(leave=away((3, 3), (3, 20))), MONDAY, "working", id="leave that begins later"
        ),
        pytest.param(
            WorkingTime(replace(OFFICE, week=((),) * 7)), MONDAY, "no_hours", id="without hours"
        ),
    ],
)
def test_presence_follows_the_persons_own_hours(working, at, state):
    assert presence(working, at, HOUR).state == state


@pytest.mark.parametrize(
    ("last_day", "state"),
    [
        pytest.param(date(2026, 3, 1), "gone", id="yesterday"),
        pytest.param(date(2026, 3, 2), "leaving", id="today"),
        pytest.param(date(2026, 3, 8), "leaving", id="in six days"),
        pytest.param(date(2026, 3, 9), "working", id="in seven days"),
    ],
)
def test_who_leaves_gets_nothing_new_in_the_last_days(last_day, state):
    assert presence(office(), MONDAY, HOUR, last_day).state == state


def test_at_a_weekend_a_lead_goes_to_who_begins_first_and_the_reason_says_when():
    saturday = datetime(2026, 3, 7, 14, tzinfo=UTC)
    late, early = person("ana", office("10:00-18:00")), person("bea", office("08:00-16:00"))
    choice = choose(desk(late, early, at=saturday), ASKING)

    assert choice.person.person_id == "bea"
    assert why(choice, "ana").startswith("starts Monday 9 March 10:00, others sooner")


def test_a_few_minutes_do_not_give_somebody_every_lead_of_the_night():
    early, later = person("ana", office("08:55-17:00")), person("bea", office("09:00-17:00"))
    table, owners = desk(early, later, at=NIGHT), []
    for _ in range(4):
        choice = choose(table, ASKING)
        table.deal(choice)
        owners.append(choice.person.person_id)

    assert sorted(owners) == ["ana", "ana", "bea", "bea"]


def test_who_works_now_comes_before_who_begins_in_a_minute():
    choice = choose(
        desk(person("ana", office("13:00-18:00")), person("bea", office())),
        replace(ASKING, accept_in=timedelta(minutes=15)),
    )

    assert (choice.person.person_id, codes(choice)["ana"]) == ("bea", "later")


def test_who_is_back_before_the_lead_is_due_can_take_it():
    back_tuesday = person("ana", office(leave=away((2, 20), (3, 2))))
    due_tuesday = replace(ASKING, due_at=datetime(2026, 3, 3, 9, tzinfo=UTC))

    assert choose(desk(back_tuesday), due_tuesday).person.person_id == "ana"
    assert choose(desk(back_tuesday), ASKING).code == "last_resort"


def test_who_has_left_gets_nothing():
    gone = replace(person("ana"), is_active=False)
    choice = choose(desk(gone, person("bea")), ASKING)

    assert (choice.person.person_id, why(choice, "ana")) == ("bea", "does not work here any more")


# --- language and skill ---------------------------------------------------------------------

GERMAN = Asked("de-AT", frozenset({"de-at", "de"}))


def speaks(name: str, *languages: str, **fields: Any) -> Staff:
    return person(name, spoken=languages, languages=frozenset(languages), **fields)


def test_who_speaks_the_leads_language_is_preferred():
    choice = choose(
        desk(speaks("ana", "es"), speaks("bea", "de")), replace(ASKING, language=GERMAN)
    )

    assert (choice.person.person_id, why(choice, "ana")) == ("bea", "speaks es, not de-AT")


def test_where_nobody_who_can_take_it_speaks_it_another_one_gets_it():
    full = speaks("bea", "de", active=1)
    asking = replace(ASKING, language=GERMAN)
    choice = choose(desk(speaks("ana", "es"), full, caps={"bea": 1}), asking)

    assert choice.person.person_id == "ana"
    assert [one.code for one in choice.steps if one.step == "language"] == ["nobody"]


def test_where_the_team_requires_the_language_it_falls_back_instead():
    asking = replace(ASKING, language=GERMAN)
    choice = choose(desk(speaks("ana", "es"), requires=frozenset({"language"})), asking)

    assert (choice.code, codes(choice)["ana"]) == ("last_resort", "no_language")


def test_who_gets_leads_for_a_language_gets_fewer_of_the_others():
    table, owners = desk(speaks("ana", "es"), speaks("bea", "de")), []
    for number in range(8):
        asking = replace(ASKING, language=GERMAN) if number < 3 else ASKING
        choice = choose(table, asking)
        table.deal(choice)
        owners.append(choice.person.person_id)

    assert owners[:3] == ["bea"] * 3
    assert owners.count("ana") == owners.count("bea") == 4


def test_the_product_is_asked_for_as_a_skill():
    skilled = person("bea", skills=frozenset({"payroll"}))
    asking = replace(ASKING, skills=Asked("Payroll", frozenset({"payroll"})))
    choice = choose(desk(person("ana"), skilled), asking)

    assert (choice.person.person_id, codes(choice)["ana"]) == ("bea", "no_skill")


# --- whose it is already --------------------------------------------------------------------


def belongs(*names: str | None, code: str = "account_owner") -> Question:
    relations = tuple(Relation(code, name, BECAUSE) for name in names)  # type: ignore[arg-type]
    return replace(ASKING, relations=relations)


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


# --- the fallback ---------------------------------------------------------------------------


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


def test_weight_nought_takes_no_turns():
    choice = choose(desk(person("ana"), person("bea"), weights={"ana": 0.0}), ASKING)

    assert (choice.person.person_id, codes(choice)["ana"]) == ("bea", "no_turns")
