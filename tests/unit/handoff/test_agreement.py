"""The life of a version, judged: every step from every standing, and any walk through them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.agreement import (
    Refused,
    Standing,
    Start,
    judge_signature,
    judge_start,
    judge_unscheduling,
    judge_withdrawal,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=7)
DIGEST = "d" * 64

DRAFT = Standing(4, "draft", "trial", DIGEST, is_tried=False, signed_by={})
TRIED = replace(DRAFT, is_tried=True)
BY_MARKETING = replace(TRIED, signed_by={"marketing": "mara"})
BY_SALES = replace(TRIED, signed_by={"sales": "sam"})
SIGNED = replace(TRIED, signed_by={"marketing": "mara", "sales": "sam"})
SCHEDULED = replace(SIGNED, state="scheduled", agreement="signed", starts_at=LATER)
IN_FORCE = replace(SIGNED, state="in_force", agreement="signed")
ON_TRIAL = replace(TRIED, state="in_force")
SIGNED_ON_TRIAL = replace(SIGNED, state="in_force")
SUCCEEDED = replace(IN_FORCE, state="succeeded")


def code(judge, *given):
    """Return why a step is refused; None when it is not."""
    try:
        judge(*given)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("standing", "step"),
    [
        (DRAFT, "draft"),
        (TRIED, "tried"),
        (BY_MARKETING, "signed_by_marketing"),
        (BY_SALES, "signed_by_sales"),
        (SIGNED, "signed"),
        (SCHEDULED, "scheduled"),
        (IN_FORCE, "in_force"),
        (ON_TRIAL, "in_force"),
        (SUCCEEDED, "succeeded"),
    ],
)
def test_people_are_shown_how_far_a_version_has_come(standing, step):
    assert standing.step == step


@pytest.mark.parametrize(
    ("standing", "role", "person", "digest", "refused"),
    [
        pytest.param(TRIED, "marketing", "mara", DIGEST, None, id="the first signature"),
        pytest.param(BY_MARKETING, "sales", "sam", DIGEST, None, id="the second"),
        pytest.param(ON_TRIAL, "sales", "sam", DIGEST, None, id="what runs on trial"),
        pytest.param(DRAFT, "sales", "sam", DIGEST, "not_tried", id="untried"),
        pytest.param(TRIED, "sales", "sam", "e" * 64, "digest_differs", id="another text"),
        pytest.param(BY_MARKETING, "marketing", "max", DIGEST, "already_signed", id="a colleague"),
        pytest.param(BY_MARKETING, "sales", "mara", DIGEST, "same_person", id="both by one"),
        pytest.param(SCHEDULED, "sales", "sol", DIGEST, "signatures_settled", id="scheduled"),
        pytest.param(IN_FORCE, "sales", "sol", DIGEST, "signatures_settled", id="in force"),
        pytest.param(SUCCEEDED, "sales", "sol", DIGEST, "signatures_settled", id="succeeded"),
    ],
)
def test_a_signature_is_taken_or_refused_with_the_reason(standing, role, person, digest, refused):
    assert code(judge_signature, standing, role, person, digest) == refused


@pytest.mark.parametrize("standing", [BY_SALES, SIGNED, SCHEDULED, IN_FORCE, SUCCEEDED])
def test_signing_again_changes_nothing_however_far_the_version_is(standing):
    assert judge_signature(standing, "sales", "sam", DIGEST) is False


@pytest.mark.parametrize(
    ("standing", "refused"),
    [
        pytest.param(SIGNED, None, id="a draft's"),
        pytest.param(SIGNED_ON_TRIAL, None, id="of what runs on trial"),
        pytest.param(SCHEDULED, "signatures_settled", id="scheduled"),
        pytest.param(IN_FORCE, "signatures_settled", id="in force"),
        pytest.param(SUCCEEDED, "signatures_settled", id="succeeded"),
    ],
)
def test_a_signature_can_be_withdrawn_until_it_was_used(standing, refused):
    assert code(judge_withdrawal, standing, "sales") == refused


def test_what_is_not_signed_needs_no_withdrawal():
    assert judge_withdrawal(BY_MARKETING, "sales") is False


@pytest.mark.parametrize("missing", [DRAFT, TRIED, BY_MARKETING, BY_SALES])
@pytest.mark.parametrize("starts_at", [None, LATER])
def test_an_unsigned_version_starts_on_trial_or_not_at_all(missing, starts_at):
    assert code(judge_start, missing, starts_at, None, False) == "not_signed"
    if starts_at is None:
        assert judge_start(missing, None, None, True) == Start("trial")
    else:
        assert code(judge_start, missing, starts_at, None, True) == "not_signed"


@pytest.mark.parametrize("may_run_unsigned", [True, False])
@pytest.mark.parametrize("starts_at", [None, LATER])
def test_a_signed_version_starts_as_the_agreement_now_or_at_its_date(starts_at, may_run_unsigned):
    assert judge_start(SIGNED, starts_at, None, may_run_unsigned) == Start("signed", starts_at)


def test_what_runs_on_trial_becomes_the_agreement_once_both_have_signed():
    assert judge_start(SIGNED_ON_TRIAL, None, None, True) == Start("signed")
    assert code(judge_start, SIGNED_ON_TRIAL, LATER, None, True) == "already_in_force"


@pytest.mark.parametrize(
    ("standing", "starts_at"),
    [(IN_FORCE, None), (IN_FORCE, LATER), (ON_TRIAL, None), (SCHEDULED, LATER)],
)
def test_starting_again_changes_nothing(standing, starts_at):
    assert judge_start(standing, starts_at, None, True) is None


@pytest.mark.parametrize(
    ("standing", "starts_at", "waiting", "refused"),
    [
        pytest.param(SUCCEEDED, None, None, "version_succeeded", id="succeeded"),
        pytest.param(SCHEDULED, None, None, "already_scheduled", id="now instead of its date"),
        pytest.param(SCHEDULED, NOON, None, "already_scheduled", id="another date"),
        pytest.param(SIGNED, None, SCHEDULED, "another_scheduled", id="another one waits"),
        pytest.param(SIGNED, LATER, SCHEDULED, "another_scheduled", id="two dates"),
        pytest.param(TRIED, None, SCHEDULED, "another_scheduled", id="a trial before a date"),
    ],
)
def test_a_start_is_refused_with_the_reason(standing, starts_at, waiting, refused):
    assert code(judge_start, standing, starts_at, waiting, True) == refused


@pytest.mark.parametrize(
    ("standing", "answer"), [(SCHEDULED, True), (SIGNED, False), (DRAFT, False)]
)
def test_a_date_is_taken_back_while_it_is_to_come(standing, answer):
    assert judge_unscheduling(standing) is answer


@pytest.mark.parametrize("standing", [IN_FORCE, ON_TRIAL, SUCCEEDED])
def test_what_has_begun_to_decide_is_not_unscheduled(standing):
    assert code(judge_unscheduling, standing) == "already_started"


people = st.sampled_from(["mara", "max", "sam"])
roles = st.sampled_from(["marketing", "sales"])
wishes = st.one_of(
    st.tuples(st.just("try")),
    st.tuples(st.just("sign"), roles, people, st.sampled_from([DIGEST, "e" * 64])),
    st.tuples(st.just("withdraw"), roles),
    st.tuples(st.just("start"), st.sampled_from([None, NOON, LATER]), st.booleans()),
    st.tuples(st.just("unschedule")),
    st.tuples(st.just("time passes")),
)


@given(st.lists(wishes, max_size=30))
def test_no_way_leads_to_an_agreement_without_two_people_who_signed_what_was_tried(wished):
    standing = DRAFT
    for wish in wished:
        try:
            standing = after(standing, *wish)
        except Refused:
            continue
        if standing.agreement == "signed":
            assert len({*standing.signed_by.values()}) == len(standing.signed_by) == 2
            assert standing.is_tried
        if standing.state == "scheduled":
            assert standing.agreement == "signed"


def after(standing, wish, *given):
    """Return the standing after a wish was granted, as the handlers write it."""
    match wish:
        case "try":
            return replace(standing, is_tried=True)
        case "sign" if judge_signature(standing, *given):
            role, person, _digest = given
            return replace(standing, signed_by={**standing.signed_by, role: person})
        case "withdraw" if judge_withdrawal(standing, *given):
            left = {role: who for role, who in standing.signed_by.items() if role != given[0]}
            return replace(standing, signed_by=left)
        case "start":
            starts_at, on_trial = given
            start = judge_start(standing, starts_at, None, on_trial)
            if start is None:
                return standing
            state = "in_force" if start.starts_at is None else "scheduled"
            return replace(standing, state=state, agreement=start.agreement, starts_at=starts_at)
        case "unschedule" if judge_unscheduling(standing):
            return replace(standing, state="draft", agreement="trial", starts_at=None)
        case "time passes" if standing.state == "scheduled":
            return replace(standing, state="in_force")
        case _:
            return standing
