"""What is said of a policy file is there in Spanish too, with the same values."""

import ast
from pathlib import Path
from string import Formatter

import pytest

import services.handoff.policy_document
from services.handoff.domain.conditions import LEAVES
from services.handoff.policy_document import compile_policy
from services.handoff.policy_document.condition_shapes import RECORDS
from services.handoff.policy_document.phrases import Message, phrase, spanish
from services.handoff.policy_document.spanish import SPANISH

FOLDER = Path(services.handoff.policy_document.__file__).parent


def said() -> set[str]:
    """Return every English text that is handed to ``phrase``, as it is written there."""
    found = set()
    for source in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "phrase":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    nouns = {leaf.noun for leaf in LEAVES}
    docs = {str(key.doc) for record in RECORDS.values() for key in record.keys.values()}
    return found | nouns | docs


def fields(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name}
    except ValueError:
        return set()  # a text about braces, which takes no values


def test_every_message_has_its_spanish_and_no_spanish_is_left_over():
    assert said() ^ set(SPANISH) == set()


@pytest.mark.parametrize("place", range(4))
def test_the_spanish_has_the_same_values(place):
    of_this = [pair for number, pair in enumerate(SPANISH.items()) if number % 4 == place]

    assert [english for english, es in of_this if fields(english) != fields(es)] == []


def test_a_message_is_its_english_and_knows_its_spanish():
    hint = phrase(" Did you mean `{near}`?", near="demo")
    message = phrase("There is no signal {name}.{hint}", name="`dem`", hint=hint)

    assert message == "There is no signal `dem`. Did you mean `demo`?"
    assert spanish(message) == "No hay ninguna señal `dem`. ¿Querías decir `demo`?"
    assert spanish(message + " x") == spanish(message) + " x"
    assert spanish("{x}") == "{x}"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        pytest.param(
            "policy: a\nsignals:\n  demo: {touch: demo.requested, points: x}\n",
            "`points` tiene que ser un número con 1 decimal como mucho de -1000 a 1000, no `x`.",
            id="a value",
        ),
        pytest.param("a: b: c", "Esto no es YAML", id="no YAML"),
        pytest.param(
            "policy: [a: }", "Esto no es YAML: dentro de `{ }` o `[ ]`, aquí", id="unfinished"
        ),
        pytest.param("{}", "Falta `policy` en la política: el nombre", id="nothing in it"),
        pytest.param("policy: a\nsignls: {}\n", "¿Querías decir `signals`?", id="a key"),
    ],
)
def test_a_fault_is_told_in_spanish(written, told):
    found = compile_policy(written)

    assert any(told in one.told("es") for one in found.problems), [
        one.told("es") for one in found.problems
    ]
    assert all(isinstance(one.message, Message) for one in found.problems)
    assert [one.told("en") for one in found.problems] == [one.message for one in found.problems]
