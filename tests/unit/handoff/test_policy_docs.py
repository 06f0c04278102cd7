"""What the policy's documentation says is true: every example compiles, every name is there."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

from services.handoff.domain.conditions import LEAVES
from services.handoff.domain.reject_reasons import DEFAULT_REJECT_REASONS
from services.handoff.policy_document import compile_policy
from services.handoff.policy_document.fact_shapes import OPERATORS
from services.handoff.policy_document.grammar import POLICY, REASON, RESPONSE, SIGNAL, TARGETS
from services.handoff.policy_document.problems import Code

PAGE = Path("docs/policy.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
WHOLE = EXAMPLES[0]


def plain(text: str) -> Any:
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))


def completed(example: str) -> str:
    """Put what a fragment leaves out in from the whole example; its own sections come first."""
    whole, own = plain(WHOLE), plain(example)
    signals = {**whole["signals"], **own.get("signals", {})}
    return json.dumps({**whole, **own, "signals": signals})


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.split(":")[0])
def test_every_example_compiles(example):
    compilation = compile_policy(example if example is WHOLE else completed(example), "docs")

    assert [str(error) for error in compilation.errors] == []


def test_the_whole_example_has_not_even_a_warning():
    assert compile_policy(WHOLE).problems == ()


@pytest.mark.parametrize(
    "word",
    [
        *POLICY.keys,
        *SIGNAL.keys,
        *RESPONSE.keys,
        *REASON.keys,
        *TARGETS.keys,
        *OPERATORS,
        *(leaf.kind for leaf in LEAVES),
        *(reason.name for reason in DEFAULT_REJECT_REASONS),
        *(reason.effect for reason in DEFAULT_REJECT_REASONS),
    ],
)
def test_every_word_of_the_grammar_is_explained(word):
    assert re.search(rf"`{{?{word}\b|\b{word}:", PAGE)


def test_every_kind_of_problem_is_explained_and_no_other():
    tables = PAGE[PAGE.index("## What is refused") :]
    rows = re.findall(r"^\| `(.*?)` \|", tables, re.MULTILINE)

    assert {code for row in rows for code in row.split("`, `")} == set(get_args(Code))
