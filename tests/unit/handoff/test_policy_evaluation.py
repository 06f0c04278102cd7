"""What an evaluation says: sums that are exact, evidence, guards, near misses."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.colleagues import NO_COLLEAGUES
from services.handoff.domain.evaluation import evaluate
from services.handoff.domain.explain import explained
from services.handoff.domain.fold import fold
from services.handoff.domain.gates import is_met
from services.handoff.domain.near_miss import near_misses
from services.handoff.domain.signals import no_signals
from tests.unit.handoff.strategies import LAW, NOW, facts, histories, policies
from tests.unit.handoff.written import asked, policy_of, touch


def evaluated(version, known, history, strangers=0):
    state = fold(version, no_signals(version), history)
    return evaluate(version, known, state, NOW, NO_COLLEAGUES.and_strangers(strangers))


@LAW
@given(policies(), facts, histories())
def test_the_factors_add_up_to_the_numbers(version, known, history):
    evaluation = evaluated(version, known, history)
    written = explained(evaluation)
    case = evaluation.case
    counted = [touch for name in case.signals for touch in case.counted(name, case.recent(name))]

    assert sum(factor.points for factor in evaluation.factors) == evaluation.engagement
    assert sum(factor.qualifying for factor in evaluation.factors) == case.engagement
    assert sum(touch.value for touch in counted) == case.engagement
    for score in (written["fit"], written["engagement"]):
        tenths = [round(factor["points"] * 10) for factor in score["factors"]]
        assert sum(tenths) == round(score["value"] * 10)
    for factor in written["engagement"]["factors"]:
        tenths = [round(each["points"] * 10) for each in factor["touches"]]
        assert sum(tenths) == round(factor["points"] * 10)


@LAW
@given(policies(), facts, histories())
def test_an_answer_says_what_the_gate_decided(version, known, history):
    evaluation = evaluated(version, known, history)

    for answer in evaluation.answers:
        assert answer.met is is_met(answer.gate.when, evaluation.case)
    met = [answer.gate for answer in evaluation.answers if answer.met]
    assert evaluation.passing is (met[0] if met else None)


@LAW
@given(policies(), facts, histories())
def test_a_lead_is_ready_because_of_certain_touches(version, known, history):
    certain = {each.touch_id for each in history if each.made_by == "human"}
    evaluation = evaluated(version, known, history)

    for answer in evaluation.answers:
        if answer.met:
            assert answer.deciding
        assert {touch.touch_id for touch in answer.deciding} <= certain


@LAW
@given(policies(), facts, histories(), histories(made_by=("unsure", "machine")))
def test_doubtful_touches_change_no_gate(version, known, history, doubtful):
    renamed = [each._replace(touch_id=f"u{each.touch_id}") for each in doubtful]
    before = evaluated(version, known, history)
    after = evaluated(version, known, history + renamed)

    assert [answer.met for answer in after.answers] == [answer.met for answer in before.answers]
    assert after.qualifying_engagement == before.qualifying_engagement


@LAW
@given(policies(), facts, histories())
def test_a_near_miss_tells_the_truth(version, known, history):
    """Do what it says: the gate passes."""
    evaluation = evaluated(version, known, history)
    kinds = {signal.name: signal for signal in version.signals}

    for miss in near_misses(evaluation):
        for change in miss.changes:
            if change.criteria or any(kinds[name].where for name, _ in change.touches):
                continue
            fresh = [
                touch(f"new-{name}-{n}", kinds[name].touches[0])
                for name, times in change.touches
                for n in range(times)
            ]
            only_these = all(
                sum(other.touches.count(each.kind) for other in version.signals) == 1
                for each in fresh
            )
            if only_these:
                answers = evaluated(version, known, history + fresh, change.people).answers
                assert next(each.met for each in answers if each.gate is miss.gate)


@LAW
@given(policies(), facts, histories())
def test_an_evaluation_can_be_written_down(version, known, history):
    assert json.loads(json.dumps(explained(evaluated(version, known, history))))


CTO, BIG = {"title": "CTO"}, {"employees": 80}
TWO_WAYS = policy_of(
    {
        "guide": {"points": 30, "at_most": 2},
        "webinar": {"touch": "webinar.attended", "points": 20},
        "opened": {"touch": "email.opened", "points": 5, "at_most": 9, "weak": True},
    },
    {
        "engaged": {
            "all": [
                {"fit": {"at_least": 40}},
                {"engagement": {"at_least": 50}},
                {"different_signals": {"at_least": 2}},
            ]
        },
    },
    fit={
        "decides": {"when": {"lead.title": {"contains": ["cto"]}}, "points": 30},
        "company_size": {"when": {"account.employees": {"at_least": 50}}, "points": 20},
    },
)


def changes_of(evaluation):
    return [
        (dict(change.touches), change.criteria)
        for miss in near_misses(evaluation)
        for change in miss.changes
    ]


def test_the_near_miss_names_the_smallest_change():
    evaluation = asked(TWO_WAYS, touch("g1"), lead=CTO, account=BIG)

    assert changes_of(evaluation) == [({"webinar": 1}, ())]


def test_the_near_miss_names_what_nobody_knows():
    done = [touch("g1"), touch("w1", "webinar.attended")]
    evaluation = asked(TWO_WAYS, *done, lead=CTO)

    assert changes_of(evaluation) == [({}, ("company_size",))]


def test_a_lead_that_does_not_fit_has_no_near_miss_but_a_shortfall():
    done = [touch("g1"), touch("w1", "webinar.attended")]
    evaluation = asked(TWO_WAYS, *done, lead={"title": "Baker"}, account={"employees": 3})
    (miss,) = near_misses(evaluation)

    assert miss.changes == ()
    assert [(each.condition.kind, each.wanted, each.actual) for each in miss.shortfalls] == [
        ("fit", 400, 0)
    ]


def test_a_touch_that_must_not_be_there_is_named():
    version = policy_of(
        {"guide": {}, "jobs": {"touch": "careers.viewed", "points": -5}},
        {"gate": {"all": [{"signal": "guide"}, {"not": {"signal": "jobs"}}]}},
    )
    evaluation = asked(version, touch("g1"), touch("j1", "careers.viewed"))
    (shortfall,) = near_misses(evaluation)[0].shortfalls

    assert [each.touch_id for each in shortfall.forbidden] == ["j1"]


def test_a_new_touch_takes_the_place_of_the_oldest_that_counts():
    version = policy_of(
        {"guide": {"points": 20, "at_most": 2, "half_life": "7d"}},
        {"gate": {"engagement": {"at_least": 30}}},
    )
    faded = [touch("t1", days_ago=7), touch("t2", days_ago=14)]
    evaluation = asked(version, *faded)

    assert evaluation.engagement == 150
    assert changes_of(evaluation) == [({"guide": 1}, ())]


def test_what_must_not_be_unseen_decides_too():
    version = policy_of({"guide": {}}, {"gate": {"not": {"not": {"signal": "guide"}}}})

    assert [each.touch_id for each in asked(version, touch("g1")).deciding] == ["g1"]


def test_a_doubtful_touch_of_a_weak_signal_is_held_back_twice():
    version = policy_of(
        {"guide": {}, "opened": {"touch": "email.opened", "weak": True}},
        {"gate": {"engagement": {"at_least": 10}}},
    )
    evaluation = asked(version, touch("o1", "email.opened", made_by="unsure"))

    assert [(each.reason, each.would_pass) for each in evaluation.guards] == [("unsure", None)]


def test_of_two_ways_the_nearer_is_told():
    version = policy_of(
        {"guide": {"at_most": 9}, "demo": {"touch": "demo.requested"}},
        {"gate": {"any": [{"signal": "guide", "times": 9}, {"signal": "demo"}]}},
    )
    evaluation = asked(version, *(touch(f"t{n}") for n in range(8)))
    (miss,) = near_misses(evaluation)

    assert [each.actual for each in miss.shortfalls] == [8]
    assert changes_of(evaluation) == [({"guide": 1}, ()), ({"demo": 1}, ())]


def test_a_guard_says_which_gate_it_kept_shut():
    opens = [touch(f"o{n}", "email.opened", days_ago=n) for n in range(9)]
    evaluation = asked(TWO_WAYS, touch("g1"), *opens, lead=CTO, account=BIG)
    (guard,) = evaluation.guards

    assert (guard.reason, len(guard.touches), guard.would_pass) == ("weak", 9, "engaged")
    assert (evaluation.engagement, evaluation.qualifying_engagement) == (750, 300)
    assert not evaluation.is_ready


def test_doubtful_touches_are_shown_and_marked():
    version = policy_of({"guide": {"at_most": 2}})
    evaluation = asked(version, touch("u1", made_by="unsure"), touch("m1", made_by="machine"))
    (factor,) = evaluation.factors

    assert [(each.touch_id, each.standing) for each in factor.touches] == [("u1", "unsure")]
    assert [(each.reason, each.would_pass) for each in evaluation.guards] == [("unsure", "first")]
    assert not evaluation.is_ready


def test_a_doubtful_touch_fills_only_what_the_cap_leaves_free():
    version = policy_of({"guide": {"at_most": 2, "distinct_by": "content.id"}})
    evaluation = asked(
        version,
        touch("h1", days_ago=5, content={"id": "a"}),
        touch("u1", made_by="unsure", content={"id": "a"}),
        touch("u2", made_by="unsure", content={"id": "b"}),
        touch("u3", made_by="unsure", days_ago=1, content={"id": "c"}),
    )
    (factor,) = evaluation.factors

    assert [each.touch_id for each in factor.touches] == ["h1", "u2"]


def test_an_excluded_lead_is_never_ready_and_the_reason_is_stated():
    version = policy_of({"guide": {}}, exclude={"rival": {"when": {"account.domain": "rival.com"}}})
    evaluation = asked(version, touch("g1"), account={"domain": "rival.com"})

    assert evaluation.passing is not None
    assert not evaluation.is_ready
    assert [each.name for each in evaluation.excluded_by] == ["rival"]
    assert evaluation.deciding == ()


def test_an_exclusion_nobody_can_judge_does_not_exclude():
    version = policy_of({"guide": {}}, exclude={"rival": {"when": {"account.domain": "rival.com"}}})

    assert asked(version, touch("g1")).is_ready


def test_the_first_gate_that_passes_gives_the_tier():
    version = policy_of(
        {"guide": {}, "demo": {"touch": "demo.requested"}},
        {"asked": {"signal": "demo"}, "read": {"signal": "guide"}},
    )

    both = asked(version, touch("g1"), touch("d1", "demo.requested"))
    assert both.gate is not None
    assert both.gate.name == "asked"
    assert [each.touch_id for each in both.deciding] == ["d1"]


def test_unknown_facts_are_named_and_bring_no_points():
    evaluation = asked(TWO_WAYS, lead={"title": "Baker"})
    told = {factor["name"]: factor for factor in explained(evaluation)["fit"]["factors"]}

    assert [told[name]["holds"] for name in ("decides", "company_size")] == ["no", "unknown"]
    assert told["decides"]["facts"] == {"lead.title": "Baker"}
    assert evaluation.fit == 0


@LAW
@given(policies(), histories(max_size=5), st.integers(1, 4))
def test_no_term_is_greater_than_its_cap(version, history, extra):
    evaluation = evaluated(version, {}, history * extra)

    for factor in evaluation.factors:
        most = abs(factor.signal.points) * factor.signal.at_most
        assert abs(factor.points) <= most
