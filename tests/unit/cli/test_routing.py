"""Printing who would get a lead, and reading made-up facts."""

import pytest

from services.cli.failure import Failure
from services.cli.routing import facts_of, show

TRIED = {
    "owner": {"name": "Cruz"},
    "words": {"es": "le toca en Iberia", "en": "next in turn in Iberia"},
    "never": None,
    "steps": [{"step": "turn", "code": "working", "words": {"es": "2 trabajan", "en": "2 work"}}],
    "considered": [
        {
            "name": "Bea",
            "chosen": False,
            "reason": "cap 12 of 12",
            "words": {"es": "tope: 12 de 12", "en": "cap 12 of 12"},
            "numbers": {"active": 12, "cap": 12},
        },
        {
            "name": "Cruz",
            "chosen": True,
            "reason": "chosen",
            "words": {"es": "elegido", "en": "chosen"},
            "numbers": {"active": 7, "dealt": 3, "share": 4.667},
        },
    ],
    "policy": "b2b",
    "tier": "hot",
    "at": "2026-03-02T12:00:00Z",
    "deadline": {"due_at": "2026-03-02T12:15:00Z", "explanation": {"es": "contando", "en": "so"}},
}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Cruz: next in turn in Iberia", "2 work", "cap 12 of 12")),
        ("es", ("Cruz: le toca en Iberia", "2 trabajan", "tope: 12 de 12")),
    ],
    ids=["en", "es"],
)
def test_a_trial_is_printed_with_everybody_considered(capsys, language, told):
    show({**TRIED, "language": language})
    printed = capsys.readouterr().out

    for words in told:
        assert words in printed
    chosen = next(line for line in printed.splitlines() if "→" in line)
    assert chosen.split()[:2] == ["→", "Cruz"]
    assert chosen.split()[-2:] == ["3", "4.67"]


def test_facts_are_the_leads_unless_they_name_the_account():
    found = facts_of(["language=de", "account.employees=200", "lead.products=hr, payroll"])

    assert found == {
        "lead": {"language": "de", "products": ["hr", "payroll"]},
        "account": {"employees": 200},
    }


@pytest.mark.parametrize("fact", ["language", "=de"])
def test_what_is_no_fact_is_refused(fact):
    with pytest.raises(Failure, match="a fact is written like"):
        facts_of([fact])
