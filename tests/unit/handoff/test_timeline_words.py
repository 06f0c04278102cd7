"""Whatever happens to a hand-off has its words on the lead's timeline, in both languages."""

from typing import get_args

import pytest

from services.handoff.domain.commands import Command
from services.handoff.domain.timeline_words import KINDS, line_kind, words

COMMANDS = tuple(one.name for one in get_args(Command) if one.name != "supersede")
NAMES = {"7": "Ana", "8": "Ben"}


@pytest.mark.parametrize("step", [*KINDS, *COMMANDS])
def test_every_step_is_told_in_words_of_its_own(step):
    said = words(step, "Ana", {"to": "8", "works_on_it": "8", "channel": "call"}, NAMES, None)

    assert step in KINDS
    assert said["es"] != said["en"]
    assert "{" not in said["es"] + said["en"]


def test_people_and_reasons_are_named():
    assert words("reminded", "relevo", {"to": "8"}, NAMES, None)["en"] == "Ben was reminded"
    assert words("fell_back", "relevo", {"to": "8", "why": {"en": "x"}}, NAMES, None) == {
        "es": "Nadie del equipo podía tomarlo: lo tiene Ben",
        "en": "Nobody of the team could take it: Ben has it",
    }


def test_money_has_the_marks_of_the_language():
    said = words("won", "Ana", {"amount": 12500.5, "currency": "EUR"}, NAMES, None)

    assert said == {"es": "Ganado: 12.500,5 EUR", "en": "Won: 12,500.5 EUR"}


def test_a_step_nobody_knows_is_told_by_its_name():
    assert (line_kind("new"), words("new", "Ana", {}, {}, None)["en"]) == ("handoff.new", "new")
