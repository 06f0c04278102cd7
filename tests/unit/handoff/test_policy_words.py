"""Everything a policy can say has words in every language."""

import re
import string
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

from services.handoff.domain.conditions import LEAVES
from services.handoff.domain.facts import Operator
from services.handoff.domain.policy import (
    Effect,
    Gate,
    PolicyVersion,
    RejectReason,
    ResponseTarget,
    Targets,
)
from services.handoff.domain.questions import Exclusion, FitCriterion, Signal
from services.handoff.policy_document.grammar import CALENDARS
from services.handoff.policy_document.vocabulary import KNOWN_FACTS, KNOWN_PROPERTIES
from services.handoff.texts import LANGUAGES
from services.handoff.texts.clauses import NOT_SAID, READ_IN_ORDER, WRITTEN_AS
from services.handoff.texts.words import Said, Words

ENGLISH, SPANISH = LANGUAGES["en"], LANGUAGES["es"]
SECTIONS = {
    "signals": Signal,
    "fit": FitCriterion,
    "exclude": Exclusion,
    "gates": Gate,
    "response": ResponseTarget,
    "reject_reasons": RejectReason,
    "targets": Targets,
}
NAMES = {"signals.name", "fit.name", "exclude.name", "gates.name", "reject_reasons.name"}
KEYS = [
    f"{section}.{WRITTEN_AS.get(field.name, field.name)}"
    for section, held in SECTIONS.items()
    for field in fields(held)
    if field.name != "title"
]


def test_every_field_of_a_version_is_told():
    told = {*READ_IN_ORDER, *NOT_SAID}

    assert {field.name for field in fields(PolicyVersion)} == told


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_clause_has_words(language):
    needed = {*KEYS, *(name for name in READ_IN_ORDER if name not in SECTIONS), "lists"}

    assert needed - NAMES - {"response.tier"} <= LANGUAGES[language].said.keys()


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_section_effect_and_calendar_has_words(language):
    words = LANGUAGES[language]

    assert {*READ_IN_ORDER, "lists", "names"} - words.headings.keys() == {"policy", "title"}
    assert set(words.effects) == set(get_args(Effect))
    assert set(words.calendars) == set(CALENDARS)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_condition_has_words_for_being_met_and_for_not(language):
    words = LANGUAGES[language]
    counted = {
        f"{leaf.kind}.{field.name}"
        for leaf in LEAVES
        for field in fields(leaf)
        if field.metadata["asks"] == "count"
    }

    assert {leaf.kind for leaf in LEAVES} <= words.conditions.keys()
    assert {f"not {leaf.kind}" for leaf in LEAVES} <= words.conditions.keys()
    assert {"all", "any", "at_least", "not"} <= words.conditions.keys()
    assert counted <= words.counted.keys()


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.kind)
@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_words_of_a_condition_use_each_of_its_fields(language, leaf):
    words = LANGUAGES[language].conditions

    for kind in (leaf.kind, f"not {leaf.kind}"):
        assert placeholders(words[kind]) == {field.name for field in fields(leaf)}


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_operator_has_words_for_itself_and_for_its_opposite(language):
    words = LANGUAGES[language].operators
    kinds = {operator.kind for operator in get_args(Operator)}

    assert kinds <= words.keys()
    assert {f"not {kind}" for kind in kinds - {"exists", "not"}} <= words.keys()


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_known_fact_has_words_of_its_own(language):
    facts = LANGUAGES[language].facts

    assert set(facts) == {*KNOWN_FACTS, *KNOWN_PROPERTIES}
    assert len(set(facts.values())) == len(facts)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def phrases_of(words: Words) -> dict[str, str]:
    """Every phrase of a language, by a name of its own."""
    found: dict[str, str] = {}

    def add(name: str, value: Any) -> None:
        if isinstance(value, str):
            found[name] = value
        elif isinstance(value, Said):
            add(name, value._asdict())
        elif isinstance(value, dict):
            for key, each in value.items():
                add(f"{name}.{key}", each)
        elif isinstance(value, tuple):
            add(name, dict(enumerate(value)))

    for field in fields(words):
        add(field.name, getattr(words, field.name))
    return found


def test_every_phrase_stands_in_both_languages_with_the_same_values():
    english, spanish = phrases_of(ENGLISH), phrases_of(SPANISH)

    assert english.keys() == spanish.keys()
    for name in english:
        if name.startswith(("last.", "counted.")):
            continue  # «una vez» and “once” hide a number each in their own way
        assert placeholders(english[name]) == placeholders(spanish[name]), name
        assert bool(english[name]) is bool(spanish[name]), name


def test_no_phrase_was_left_in_the_other_language():
    english, spanish = phrases_of(ENGLISH), phrases_of(SPANISH)
    same = {name for name, text in english.items() if text and spanish[name] == text}

    assert same == {
        *("yes_no.1", "phrases.named", "counted.targets.sales_ready_per_month.0"),
        *("counted.targets.sales_ready_per_month.1", "said.reject_reasons.effect.told"),
        *("conditions.signal.within", "conditions.different_signals.within"),
        *("conditions.people.within", "conditions.people.signals"),
    }


def test_the_known_properties_are_those_every_source_fills():
    page = Path("docs/touch-kinds.md").read_text(encoding="utf-8")
    table = page[page.index("| part | holds |") : page.index("Everything else stays")]
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", table, re.MULTILINE)
    documented = {
        f"{part}.{name}" for part, names in rows for name in re.findall(r"`(\w+)`", names)
    }

    assert documented == set(KNOWN_PROPERTIES)
