"""The laws of an account's fold, over random policies and random histories of its people."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.handoff.domain import account_fold
from services.handoff.domain.account_fold import (
    decode_account,
    nobody_did,
    people_needed,
    remembered_leads,
    take_in,
)
from services.handoff.domain.fold import fold
from services.handoff.domain.people import LOOKED_AT
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import StaleSignals, encode_state, no_signals
from services.handoff.domain.touches import TouchFact
from tests.unit.handoff.strategies import LAW, compiled, documents, histories
from tests.unit.handoff.written import policy_of, touch

LEADS = tuple(f"lead{number}" for number in range(5))
FEW = 3
History = list[TouchFact]

PEOPLE = {"people": {"at_least": 2, "within": "1d"}}


@st.composite
def policies(draw: st.DrawFn) -> PolicyVersion:
    """An accepted policy, one gate of which asks about several people."""
    gates = {"last": {"tier": "hot", "when": PEOPLE}}
    version = compiled({**draw(documents()), "gates": gates}).version
    assert version is not None
    return version


who = st.lists(st.sampled_from(LEADS), min_size=25, max_size=25)


@pytest.fixture(params=[LOOKED_AT, FEW], ids=["all are remembered", "a few are remembered"])
def looked_at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many leads an account remembers."""
    most = int(request.param)
    monkeypatch.setattr(account_fold, "LOOKED_AT", most)
    return most


LAW_BOTH = settings(
    LAW, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def at_once(version: PolicyVersion, history: History, by: list[str]):
    """Fold each lead by itself, then the account from them: the state all ways must give."""
    account = nobody_did(version)
    for lead_id in LEADS:
        done = [one for one, lead in zip(history, by, strict=False) if lead == lead_id]
        account = take_in(version, account, lead_id, fold(version, no_signals(version), done))
    return account


@LAW_BOTH
@given(policies(), histories(), who, st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_give_the_same_account(
    looked_at, version: PolicyVersion, history: History, by: list[str], chance: random.Random
):
    arrivals = list(zip(history, by, strict=False))
    arrivals += chance.choices(arrivals, k=len(arrivals)) if arrivals else []
    chance.shuffle(arrivals)
    leads = dict.fromkeys(LEADS, no_signals(version))
    account = nobody_did(version)
    for one, lead_id in arrivals:
        leads[lead_id] = fold(version, leads[lead_id], [one])
        account = take_in(version, account, lead_id, leads[lead_id], one.kind)

    assert account == at_once(version, history, by)


@LAW_BOTH
@given(
    policies(),
    histories(),
    who,
    st.lists(st.integers(0, 25), min_size=len(LEADS), max_size=len(LEADS)),
)
def test_a_company_that_becomes_known_late_gives_the_same_account(
    looked_at, version: PolicyVersion, history: History, by: list[str], known_from: list[int]
):
    leads = dict.fromkeys(LEADS, no_signals(version))
    account = nobody_did(version)
    for place, (one, lead_id) in enumerate(zip(history, by, strict=False)):
        leads[lead_id] = fold(version, leads[lead_id], [one])
        for other, since in zip(LEADS, known_from, strict=True):
            if since == place:
                account = take_in(version, account, other, leads[other])
        if known_from[LEADS.index(lead_id)] <= place:
            account = take_in(version, account, lead_id, leads[lead_id], one.kind)
    for lead_id in LEADS:
        account = take_in(version, account, lead_id, leads[lead_id])

    assert account == at_once(version, history, by)


@LAW_BOTH
@given(policies(), histories(), who, st.integers(0, 25))
def test_folding_on_from_what_was_stored_is_folding_from_the_start(
    looked_at, version: PolicyVersion, history: History, by: list[str], cut: int
):
    stored = encode_state(at_once(version, history[:cut], by[:cut]))
    account = decode_account(version, stored)
    for lead_id in LEADS:
        done = [one for one, lead in zip(history, by, strict=False) if lead == lead_id]
        account = take_in(version, account, lead_id, fold(version, no_signals(version), done))

    assert account == at_once(version, history, by)


@LAW_BOTH
@given(policies(), histories(max_size=60), who)
def test_the_account_is_bounded_however_many_people_it_has(
    looked_at, version: PolicyVersion, history: History, by: list[str]
):
    account = nobody_did(version)
    for number, one in enumerate(history):
        did = fold(version, no_signals(version), [one])
        account = take_in(version, account, f"somebody{number:04}", did)
    entry = 21 + len("t59") + len("somebody0000")
    bound = 9 + len(version.signals) * (4 + 2 + looked_at * entry)

    assert len(encode_state(account)) <= bound
    assert len(remembered_leads(version, account)) <= looked_at * len(version.people_positions)


@LAW
@given(policies(), histories(made_by=("unsure", "machine")), who)
def test_what_is_doubtful_leaves_no_trace(version: PolicyVersion, history: History, by: list[str]):
    assert at_once(version, history, by) == nobody_did(version)


@LAW
@given(policies(), histories(), who)
def test_taking_in_twice_changes_nothing(version: PolicyVersion, history: History, by: list[str]):
    account = at_once(version, history, by)
    for lead_id in LEADS:
        done = [one for one, lead in zip(history, by, strict=False) if lead == lead_id]
        assert take_in(version, account, lead_id, fold(version, no_signals(version), done)) is (
            account
        )


def test_weak_signals_and_those_no_gate_asks_people_about_are_not_remembered():
    version = policy_of(
        {"read": {}, "jobs": {"points": -5}, "opened": {"weak": True}},
        {"g": {"people": {"at_least": 2, "within": "9d"}}},
    )
    other = policy_of(
        {"read": {}, "demo": {"touch": "demo.requested"}},
        {
            "g": {"people": {"at_least": 2, "within": "9d", "signals": "demo"}},
            "h": {"signal": "read"},
        },
    )

    assert [version.signals[one].name for one in version.people_positions] == ["read"]
    assert [other.signals[one].name for one in other.people_positions] == ["demo"]
    assert policy_of({"read": {}}).people_positions == ()


def test_an_account_folded_for_other_questions_is_refused():
    one, other = (
        policy_of({"read": {"at_most": n}}, {"g": {"people": {"at_least": 2, "within": "9d"}}})
        for n in (1, 2)
    )
    lead = fold(other, no_signals(other), [touch("t1")])

    with pytest.raises(StaleSignals):
        decode_account(other, encode_state(nobody_did(one)))
    with pytest.raises(StaleSignals):
        take_in(other, nobody_did(one), "a", lead)


@pytest.mark.parametrize(
    ("gate", "needed"),
    [
        pytest.param({"people": {"at_least": 3, "within": "9d"}}, 3, id="so many"),
        pytest.param(
            {
                "all": [
                    {"people": {"at_least": 3, "within": "9d"}},
                    {"people": {"at_least": 1, "within": "9d", "where": {"lead.title": "CTO"}}},
                ]
            },
            3,
            id="all: the most that is asked for",
        ),
        pytest.param(
            {
                "any": [
                    {"people": {"at_least": 4, "within": "9d"}},
                    {"people": {"at_least": 2, "within": "9d"}},
                ]
            },
            2,
            id="any: the least",
        ),
        pytest.param(
            {
                "all": [
                    {"signal": "read"},
                    {"not": {"people": {"at_least": 4, "within": "9d"}}},
                ]
            },
            4,
            id="a gate that passes without: its condition",
        ),
    ],
)
def test_people_are_looked_up_where_there_are_enough_to_matter(gate, needed):
    assert people_needed(policy_of({"read": {}}, {"g": gate})) == needed


def test_a_policy_that_asks_about_nobody_needs_nobody():
    assert people_needed(policy_of({"read": {}})) == 0
