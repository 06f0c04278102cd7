"""Conditions on the people of an account, a row per edge."""

from datetime import timedelta
from typing import Any

import pytest

from services.handoff.domain.account_fold import nobody_did, take_in
from services.handoff.domain.colleagues import AccountPeople, Colleagues
from services.handoff.domain.cycle import CycleRecord, HeldBack, Qualifies
from services.handoff.domain.evaluation import evaluate
from services.handoff.domain.explain import explained
from services.handoff.domain.fold import fold
from services.handoff.domain.judging import (
    BecomesReady,
    Hold,
    IsNews,
    Joins,
    edge_of,
    judge,
)
from services.handoff.domain.near_miss import near_misses
from services.handoff.domain.signals import no_signals
from services.handoff.domain.touches import Weight, epoch_us
from services.handoff.policy_document import compile_policy
from tests.unit.handoff.good_policy import GOOD
from tests.unit.handoff.strategies import NOW
from tests.unit.handoff.written import policy_of, touch

DEMO = {"touch": "demo.requested"}
SIGNALS: dict[str, dict[str, Any]] = {
    "read": {"at_most": 3},
    "demo": DEMO,
    "opened": {"touch": "email.opened", "weak": True},
}
ROLE = {"lead.title": {"contains": "director*"}}
CTO = {"title": "CTO"}
DIRECTOR = {"title": "Directora"}


def together(version, *people, lead=None, members=None, at=NOW):
    """Ask about the first of ``people``, each the touches of one lead, all of one account."""
    account = nobody_did(version)
    states = {}
    for number, touches in enumerate(people):
        states[f"p{number}"] = fold(version, no_signals(version), touches)
        account = take_in(version, account, f"p{number}", states[f"p{number}"])
    known = {f"p{number}": {"lead": CTO} for number in range(1, len(people))}
    known |= {name: {"lead": facts} for name, facts in (lead or {}).items()}
    lead_of = {name: name for name in states} | (members or {})
    colleagues = Colleagues(
        "p0",
        lambda signal: account.at(version.position_of[signal]).certain,
        AccountPeople(lead_of, known),
    )
    own = known.get("p0", {"lead": {}})
    return evaluate(version, own, states["p0"], at, colleagues)


def gate(**said):
    return {"people": {"at_least": 2, "within": "10d", **said}}


def read(touch_id, days_ago=1.0, kind="content.downloaded", **more):
    return touch(touch_id, kind, days_ago, **more)


@pytest.mark.parametrize(
    ("asked", "people", "met"),
    [
        pytest.param(gate(), [[read("a")], [read("b")]], True, id="two people"),
        pytest.param(gate(), [[read("a"), read("b")], []], False, id="one person twice"),
        pytest.param(gate(at_least=3), [[read("a")], [read("b")]], False, id="one short"),
        pytest.param(gate(), [[], [read("a")], [read("b")]], False, id="the lead did nothing"),
        pytest.param(gate(), [[read("a", 11)], [read("b")], [read("c")]], False, id="too long ago"),
        pytest.param(gate(), [[read("a")], [read("b", 10)]], True, id="on the last moment"),
        pytest.param(gate(), [[read("a")], [read("b", 10.1)]], False, id="a colleague too late"),
        pytest.param(
            gate(), [[read("a")], [read("b", kind="email.opened")]], False, id="weak is nothing"
        ),
        pytest.param(
            gate(), [[read("a")], [read("b", made_by="unsure")]], False, id="unsure is nothing"
        ),
        pytest.param(
            gate(), [[read("a")], [read("b", made_by="machine")]], False, id="a machine is nobody"
        ),
        pytest.param(
            gate(signals="demo"),
            [[read("a", kind="demo.requested")], [read("b")]],
            False,
            id="another signal than the one asked for",
        ),
        pytest.param(
            gate(signals=["demo", "read"]),
            [[read("a", kind="demo.requested")], [read("b")]],
            True,
            id="any of the signals",
        ),
    ],
)
def test_several_people(asked, people, met):
    version = policy_of(SIGNALS, {"gate": asked})

    assert together(version, *people).is_ready is met


def test_a_touch_that_reached_us_late_counts_for_nobody():
    version = policy_of(SIGNALS, {"gate": gate(within="120d")})
    late = read("b", 100)._replace(received_at=NOW)

    assert not together(version, [read("a")], [late]).is_ready


def test_a_signal_forgets_sooner_where_it_says_so():
    version = policy_of(
        {"read": {"within": "5d"}, "demo": {**DEMO, "within": "20d"}},
        {"gate": gate(signals=["read", "demo"])},
    )
    old_demo = read("d", 8, kind="demo.requested")

    assert not together(version, [read("a")], [read("b", 6)]).is_ready
    assert together(version, [read("a")], [read("b", 6), old_demo]).is_ready


@pytest.mark.parametrize(
    ("lead", "met"),
    [
        pytest.param({"p0": CTO, "p1": DIRECTOR, "p2": CTO}, True, id="a colleague has the role"),
        pytest.param({"p0": DIRECTOR, "p1": CTO, "p2": CTO}, True, id="the lead has it"),
        pytest.param({"p0": CTO, "p1": CTO, "p2": CTO}, False, id="nobody has it"),
        pytest.param({"p0": CTO, "p1": {}, "p2": CTO}, False, id="nobody knows"),
    ],
)
def test_roles(lead, met):
    both = {"all": [gate(at_least=3), gate(at_least=1, where=ROLE)]}
    version = policy_of(SIGNALS, {"gate": both})

    assert together(version, [read("a")], [read("b")], [read("c")], lead=lead).is_ready is met


@pytest.mark.parametrize(
    ("members", "actual"),
    [
        pytest.param({}, 3, id="three"),
        pytest.param({"p2": "p1"}, 2, id="two of them are one"),
        pytest.param({"p2": "p0"}, 2, id="one of them is the lead"),
        pytest.param({"p2": None}, 2, id="one is no longer of this account"),
    ],
)
def test_one_person_counts_once_whatever_their_leads(members, actual):
    version = policy_of(SIGNALS, {"gate": gate(at_least=4)})
    found = together(version, [read("a")], [read("b")], [read("c")], members=members)

    assert found.answers[0].answer.actual == actual


def test_an_answer_names_the_people_and_what_they_did():
    version = policy_of(SIGNALS, {"gate": gate()})
    found = together(version, [read("a", 1)], [read("b", 2), read("old", 9)])
    [told] = explained(found)["gates"]

    assert (told["condition"]["kind"], told["condition"]["unit"]) == ("people", "people")
    assert (told["condition"]["wanted"], told["condition"]["actual"]) == (2, 2)
    assert told["condition"]["people"] == [
        {"lead_id": None, "touch_id": "a"},
        {"lead_id": "p1", "touch_id": "b"},
    ]
    assert told["deciding"] == ["a", "b"]
    assert [touch.colleague for touch in found.group] == [None, "p1"]


def test_a_gate_that_one_person_passes_makes_no_group():
    version = policy_of(SIGNALS, {"gate": {"any": [{"signal": "demo"}, gate()]}})
    alone = together(version, [read("a", kind="demo.requested")], [])

    assert alone.is_ready
    assert alone.group == ()


@pytest.mark.parametrize(
    ("people", "change"),
    [
        pytest.param([[read("a")]], ({}, 2), id="two more people"),
        pytest.param([[read("a")], [read("b")]], ({}, 1), id="one more"),
        pytest.param([[], [read("b")], [read("c")]], ({"read": 1}, 0), id="the lead itself"),
    ],
)
def test_a_near_miss_says_how_many_people_are_missing(people, change):
    version = policy_of({"read": {}}, {"gate": gate(at_least=3)})
    found = together(version, *people)
    [miss] = near_misses(found)
    [told] = explained(found)["near_misses"]

    assert (dict(miss.changes[0].touches), miss.changes[0].people) == change
    shortfall = told["shortfalls"][0]
    assert (shortfall["unit"], shortfall["short"]) == ("people", 3 - shortfall["actual"])


ASKED = "{signal: guide, times: 2, within: 30d}"
NOBODYS = "where: {lead.title: {exists: false, equals: x}}"
NOT_GUIDE = "        - {not: {signal: guide}}"


@pytest.mark.parametrize(
    ("written", "code", "says"),
    [
        pytest.param(
            "at_least: 2, within: 30d, signals: opened", "weak_signal_in_gate", "`opened` is weak",
            id="a weak signal",
        ),
        pytest.param(
            "at_least: 2, within: 30d, signals: gudie", "unknown_signal", "Did you mean `guide`?",
            id="a misspelt one",
        ),
        pytest.param(
            "at_least: 2, within: 30d, signals: [gudie, guide]", "unknown_signal", "`guide`?",
            id="a misspelt one beside another",
        ),
        pytest.param(
            "at_least: 2, within: 31d", "contradictory_durations", "looks back 31d",
            id="further back than the signals",
        ),
        pytest.param(
            "at_least: 21, within: 30d", "out_of_range", "from 1 to 20",
            id="more people than are remembered",
        ),
        pytest.param("at_least: 2", "missing_key", "needs `within`", id="for ever"),
        pytest.param(
            f"at_least: 2, within: 30d, {NOBODYS}", "impossible_gate", "Nobody can have this role",
            id="a role nobody can have",
        ),
    ],
)  # fmt: skip
def test_what_is_checked_of_them(written, code, says):
    found = compile_policy(GOOD.replace(ASKED, f"{{people: {{{written}}}}}")).errors

    assert GOOD.count(ASKED) == 1
    assert [each.code for each in found] == [code]
    assert says in found[0].message


def test_people_cannot_be_seen_by_a_signal_that_must_not_be_seen():
    people = "{people: {at_least: 2, within: 30d, signals: guide}}"
    [found] = compile_policy(GOOD.replace(ASKED, f"{people}\n{NOT_GUIDE}")).errors[-1:]

    assert found.code == "impossible_gate"
    assert "asks for 2 people of one account, but a lead can bring 0 at most" in found.message


def test_no_gate_is_called_as_a_persons_word_is():
    [found] = compile_policy(GOOD.replace("  engaged:\n", "  override:\n")).errors

    assert (found.code, found.line) == ("wrong_name", 20)


def test_a_gate_of_people_needs_no_other_evidence():
    text = GOOD.replace(ASKED, "{people: {at_least: 3, within: 30d}}").replace(
        "        - {engagement: {at_least: 50}}\n", ""
    )

    assert compile_policy(text).errors == ()


OPEN = CycleRecord(1, "handoff")
CLOSED = CycleRecord(1, None, closed_at=NOW - timedelta(days=40))
JUST_CLOSED = CycleRecord(1, None, closed_at=NOW - timedelta(days=3))
FRESH = CycleRecord(0)


def judged(cycle=FRESH, group=FRESH, weight=Weight.NEWS, held=None, is_retired=False, known=True):
    version = policy_of(SIGNALS, {"gate": gate()})
    found = together(version, [read("a", 1)], [read("b", 2)])
    asked = []

    def evaluate_if_ready():
        asked.append(found)
        return found

    answer = judge(
        version,
        cycle,
        weight,
        False,
        known,
        epoch_us(NOW),
        evaluate_if_ready,
        group=group,
        is_meant=lambda: True,
        hold=lambda: held,
        is_retired=is_retired,
    )
    return answer, bool(asked)


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        pytest.param({}, BecomesReady, id="a group that is complete"),
        pytest.param({"cycle": OPEN}, IsNews, id="the lead is with sales"),
        pytest.param({"cycle": OPEN, "group": OPEN}, IsNews, id="the lead the group is open for"),
        pytest.param({"group": OPEN}, Joins, id="its colleagues are with sales"),
        pytest.param({"group": OPEN, "known": False}, type(None), id="a browser joins nobody"),
        pytest.param(
            {"group": OPEN, "weight": Weight.JUDGED}, type(None), id="no news, no joining"
        ),
        pytest.param({"group": JUST_CLOSED}, type(None), id="the account cools down"),
        pytest.param({"group": CLOSED}, BecomesReady, id="it has cooled down, with new evidence"),
        pytest.param({"held": Hold(None)}, type(None), id="a person holds the lead back"),
        pytest.param({"is_retired": True}, type(None), id="the policy is retired"),
        pytest.param({"is_retired": True, "cycle": OPEN}, IsNews, id="retired, still with sales"),
        pytest.param({"is_retired": True, "group": OPEN}, Joins, id="retired, others still are"),
    ],
)
def test_what_becomes_of_an_arrival(given, becomes):
    assert type(judged(**given)[0]) is becomes


def test_nobody_is_evaluated_where_nothing_can_follow():
    assert judged(weight=Weight.NONE) == (None, False)
    assert judged(is_retired=True) == (None, False)


def test_an_account_needs_something_new_after_its_cool_down():
    version = policy_of(SIGNALS, {"gate": gate()}, cool_down="1d")
    found = together(version, [read("a", 3)], [read("b", 4)])
    closed = CycleRecord(1, None, closed_at=NOW - timedelta(days=2))

    assert edge_of(FRESH, closed, found) == HeldBack("no_new_evidence")
    newer = together(version, [read("a", 3)], [read("b", 1)])
    assert edge_of(FRESH, closed, newer) == Qualifies(1)


@pytest.mark.parametrize(
    ("given", "held"),
    [
        pytest.param({"group": OPEN}, HeldBack("open_group", "handoff"), id="others are"),
        pytest.param(
            {"cycle": OPEN, "group": OPEN}, HeldBack("open_handoff", "handoff"), id="the lead is"
        ),
        pytest.param(
            {"hold": lambda: Hold(NOW)}, HeldBack("override", until=NOW), id="a person says so"
        ),
    ],
)
def test_what_holds_a_ready_lead_back_is_told(given, held):
    version = policy_of(SIGNALS, {"gate": gate()})
    found = together(version, [read("a", 1)], [read("b", 2)])
    given = {"cycle": FRESH, "group": FRESH} | given

    assert edge_of(found=found, **given) == held
