"""A hand-off's way through sales: what is allowed from where, and what it leads to."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from services.handoff.domain.commands import (
    Accept,
    Attempt,
    Command,
    HandBack,
    Lose,
    OpenOpportunity,
    ReachSql,
    Reassign,
    Reject,
    Supersede,
    Talked,
    Win,
)
from services.handoff.domain.handoff import (
    ALLOWED,
    OPEN_STAGES,
    STAGE_LABELS,
    Handoff,
    NotAllowed,
    Stage,
    apply,
)
from services.handoff.domain.reject_reasons import DEFAULT_REJECT_REASONS
from tests.unit.handoff.strategies import NOW

REASONS = {reason.name: reason for reason in DEFAULT_REJECT_REASONS}
HOUR = timedelta(hours=1)
ASSIGNED = Handoff(owner="rosa")
ACCEPTED = apply(ASSIGNED, Accept("rosa"), NOW)
WORKING = apply(ACCEPTED, Attempt("rosa"), NOW)

COMMANDS: dict[str, Command] = {
    "accept": Accept("rosa"),
    "reject": Reject("rosa", REASONS["bad_data"]),
    "hand_back": HandBack("rosa", REASONS["bad_data"]),
    "attempt": Attempt("rosa"),
    "talked": Talked("rosa"),
    "sql": ReachSql("rosa"),
    "opportunity": OpenOpportunity("rosa", 900.0, "EUR"),
    "won": Win("rosa", 1000.0, "EUR"),
    "lost": Lose("rosa", "price"),
    "reassign": Reassign("boss", to="luis"),
    "supersede": Supersede("system", "other-handoff"),
}


@pytest.mark.parametrize("stage", get_args(Stage))
@pytest.mark.parametrize("name", COMMANDS)
def test_a_stage_takes_what_it_says_and_refuses_the_rest(stage, name):
    handoff = Handoff(owner="rosa", stage=stage, accepted_by="eva", closed_by="eva", closed_at=NOW)
    repeated = {"superseded": "supersede"}.get(stage, stage) == name

    if name in ALLOWED[stage] or repeated:
        assert apply(handoff, COMMANDS[name], NOW).owner in ("rosa", "luis")
    else:
        with pytest.raises(NotAllowed) as refusal:
            apply(handoff, COMMANDS[name], NOW)
        assert refusal.value.allowed == ALLOWED[stage]


@pytest.mark.parametrize(
    ("before", "command", "stage"),
    [
        pytest.param(ASSIGNED, Accept("rosa"), "accepted", id="accepted"),
        pytest.param(
            replace(ASSIGNED, attempts=1), Accept("rosa"), "working", id="accepted after a call"
        ),
        pytest.param(ASSIGNED, Attempt("rosa"), "assigned", id="a call is no verdict"),
        pytest.param(ACCEPTED, Attempt("rosa"), "working", id="a call after acceptance"),
        pytest.param(ASSIGNED, Reject("rosa", REASONS["bad_data"]), "rejected", id="rejected"),
        pytest.param(ASSIGNED, Reject("rosa", REASONS["not_now"]), "recycled", id="recycled"),
        pytest.param(WORKING, HandBack("rosa", REASONS["bad_data"]), "rejected", id="handed back"),
        pytest.param(WORKING, ReachSql("rosa"), "sql", id="qualified"),
        pytest.param(WORKING, OpenOpportunity("rosa"), "opportunity", id="steps may be skipped"),
        pytest.param(WORKING, Win("rosa"), "won", id="won"),
        pytest.param(WORKING, Lose("rosa", "price"), "lost", id="lost"),
        pytest.param(
            WORKING, Reassign("boss", to="luis"), "assigned", id="the next one has to accept"
        ),
        pytest.param(
            replace(WORKING, stage="opportunity"),
            Reassign("boss", to="luis"),
            "opportunity",
            id="a running deal goes on",
        ),
        pytest.param(WORKING, Supersede("system", "h2"), "superseded", id="joined with another"),
    ],
)
def test_where_a_command_leads(before, command, stage):
    assert apply(before, command, NOW).stage == stage


def test_the_first_verdict_counts_and_the_second_learns_who_was_first():
    with pytest.raises(NotAllowed) as refusal:
        apply(ACCEPTED, Accept("luis"), NOW)
    with pytest.raises(NotAllowed) as late:
        apply(ACCEPTED, Reject("luis", REASONS["bad_data"]), NOW)

    assert (refusal.value.code, late.value.code) == ("already_accepted", "already_accepted")
    assert "rosa" in refusal.value.message


def test_a_late_answer_does_not_reopen():
    rejected = apply(ASSIGNED, Reject("rosa", REASONS["bad_data"]), NOW)

    with pytest.raises(NotAllowed) as refusal:
        apply(rejected, Accept("luis"), NOW)
    assert (refusal.value.code, refusal.value.allowed) == ("handoff_closed", ("attempt", "talked"))


@pytest.mark.parametrize(
    ("before", "command"),
    [
        pytest.param(ACCEPTED, Accept("rosa"), id="accepting twice"),
        pytest.param(
            apply(ASSIGNED, Reject("rosa", REASONS["bad_data"]), NOW),
            Reject("rosa", REASONS["bad_data"]),
            id="rejecting twice",
        ),
        pytest.param(apply(WORKING, Win("rosa", 5.0, "EUR"), NOW), Win("rosa"), id="winning twice"),
        pytest.param(ASSIGNED, Reassign("boss", to="rosa"), id="reassigning to the owner"),
    ],
)
def test_saying_it_again_changes_nothing(before, command):
    assert apply(before, command, NOW + HOUR) is before


def test_other_needs_a_text():
    other = REASONS["other"]

    with pytest.raises(NotAllowed, match="needs a text"):
        apply(ASSIGNED, Reject("rosa", other, "  "), NOW)
    assert apply(ASSIGNED, Reject("rosa", other, " spam "), NOW).text == "spam"


def test_no_reply_needs_the_agreed_number_of_attempts():
    no_reply = REASONS["no_reply"]
    tried = replace(WORKING, attempts=no_reply.attempts)

    with pytest.raises(NotAllowed, match="needs 4 reported attempts; there are 3"):
        apply(replace(tried, attempts=3), HandBack("rosa", no_reply), NOW)
    assert apply(tried, HandBack("rosa", no_reply), NOW).stage == "recycled"


def test_a_recycled_lead_has_a_date_of_return():
    recycled = apply(ASSIGNED, Reject("rosa", REASONS["not_now"]), NOW)

    assert recycled.returns_at == NOW + timedelta(days=90)


def test_the_earliest_attempt_is_the_first_whatever_order_reports_arrive_in():
    later = apply(ASSIGNED, Attempt("rosa"), NOW)
    earlier = apply(later, Talked("rosa"), NOW - HOUR)

    assert (earlier.first_attempt_at, earlier.talked_at) == (NOW - HOUR, NOW - HOUR)
    assert earlier.attempts == 2


def test_an_opportunity_keeps_its_amount_until_another_is_told():
    opened = apply(WORKING, OpenOpportunity("rosa", 900.0, "EUR"), NOW)
    raised = apply(opened, OpenOpportunity("rosa", 1200.0, "EUR"), NOW)
    won = apply(raised, Win("rosa"), NOW)

    assert (raised.amount, won.amount, won.currency) == (1200.0, 1200.0, "EUR")


def test_every_stage_has_a_label_in_both_languages():
    assert STAGE_LABELS.keys() == set(get_args(Stage)) == ALLOWED.keys()
    assert all(label.es and label.en for label in STAGE_LABELS.values())
    ends = {stage for stage, commands in ALLOWED.items() if "supersede" not in commands}
    assert ends == ALLOWED.keys() - OPEN_STAGES
