"""Who speaks the lead's language or knows the product is preferred, or required."""

from dataclasses import replace
from typing import Any

from services.handoff.domain.deciding import choose
from services.handoff.domain.routing import Asked, Staff
from tests.unit.handoff.desks import ASKING, codes, desk, person, why

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
