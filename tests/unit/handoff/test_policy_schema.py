"""The JSON Schema for editors says what the reader says."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from services.handoff.policy_document import compile_policy, policy_schema
from tests.unit.handoff.good_policy import GOOD
from tests.unit.handoff.strategies import LAW, documents

SCHEMA = policy_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def plain(text: str):
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_beside_the_starters_is_the_grammars():
    """Written by ``python -m services.handoff.policy_document``."""
    written = Path("deploy/policies/policy.schema.json").read_text(encoding="utf-8")

    assert json.loads(written) == SCHEMA


@pytest.mark.parametrize(
    "path", sorted(Path("deploy/policies").glob("*.yaml")), ids=lambda path: path.name
)
def test_the_starters_are_valid(path):
    assert list(VALIDATOR.iter_errors(plain(path.read_text(encoding="utf-8")))) == []


@LAW
@given(documents())
def test_what_the_reader_can_read_the_schema_allows(document):
    assert list(VALIDATOR.iter_errors(document)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("    points: 30", "    poinst: 30", id="a misspelt key"),
        pytest.param("    points: 30\n", "", id="a missing key"),
        pytest.param("points: 30", "points: many", id="a word for a number"),
        pytest.param("at_most: 2", "at_most: 51", id="a number out of range"),
        pytest.param("half_life: 7d", "half_life: 7", id="a duration without a unit"),
        pytest.param("lead.title:", "title:", id="a fact of nobody"),
        pytest.param("contains: cto", "containz: cto", id="a misspelt operator"),
        pytest.param("engagement:", "engagment:", id="a misspelt condition"),
        pytest.param("{fit: {at_least: 40}}", "{fit: {at_most: 40}}", id="a condition's own key"),
        pytest.param("accept_in: 4h", "accept_in: soon", id="an answer some day"),
    ],
)
def test_both_refuse(old, new):
    assert GOOD.count(old) == 1
    text = GOOD.replace(old, new)

    assert compile_policy(text).version is None
    assert not VALIDATOR.is_valid(plain(text))


def test_every_key_is_described():
    def undescribed(schema, path=""):
        for name, inner in schema.get("properties", {}).items():
            if "description" not in inner:
                yield f"{path}/{name}"
            yield from undescribed(inner, f"{path}/{name}")

    sections = SCHEMA["properties"]
    assert list(undescribed({"properties": sections})) == []
    for section in ("signals", "fit", "exclude", "gates", "response", "reject_reasons"):
        assert list(undescribed(sections[section]["additionalProperties"])) == []
