"""Advice: who had it against who had not, by what was known at the decision, and no more."""

from dataclasses import replace

import pytest

from services.handoff.domain.advice import Alike, Had, Lift, Outcome, Share, advise, had
from services.handoff.domain.advice_words import advice_as_data, lift_in_words
from services.handoff.domain.explain import explained
from services.handoff.domain.figures import LANGUAGES
from tests.unit.handoff.histories import DAY, HOUR, MINUTE, NOW, handed_over
from tests.unit.handoff.written import asked, policy_of, touch

VERSION = policy_of(
    {
        "webinar": {
            "touch": "webinar.attended",
            "title": {"en": "Attended a webinar", "es": "Asistió a un webinar"},
        },
        "opened": {"touch": "email.opened", "weak": True},
        "replied": {"touch": "email.replied"},
    },
    {"any": {"signal": ["webinar", "replied"]}},
    fit={
        "decides": {"when": {"lead.title": "cto"}, "points": 10},
        "big": {"when": {"account.employees": {"at_least": 50}}, "points": 10},
    },
)
NOTHING = Had({}, {"decides": False, "big": False})


def yes(**having):
    return Alike(handed_over(stage="won", closed=DAY), NOTHING._replace(**having))


def no(**having):
    return Alike(handed_over(stage="rejected", closed=HOUR), NOTHING._replace(**having))


def of(*rows):
    return {one.question.name: one for one in advise(VERSION, rows, NOW).compared}


def test_what_a_lead_had_is_read_from_its_frozen_evaluation():
    evaluation = asked(
        VERSION,
        touch("1", "webinar.attended"),
        touch("2", "email.opened"),
        touch("3", "email.replied", made_by="unsure"),
        lead={"title": "CTO"},
    )

    assert had(explained(evaluation)) == Had(
        {"webinar": True, "opened": True, "replied": None}, {"decides": True, "big": None}
    )


def test_a_certain_touch_is_enough_beside_doubtful_ones():
    version = policy_of({"replied": {"touch": "email.replied", "at_most": 3}})
    evaluation = asked(
        version,
        touch("1", "email.replied"),
        touch("2", "email.replied", made_by="unsure"),
    )

    assert had(explained(evaluation)).signals == {"replied": True}


def test_leads_with_it_are_compared_with_leads_without_it():
    webinar = {"webinar": True}
    rows = (
        [yes(signals=webinar)] * 45
        + [no(signals=webinar)] * 15
        + [yes()] * 50
        + [no()] * 70
        + [Alike(handed_over(MINUTE), NOTHING, 7)]
        + [Alike(handed_over(stage="superseded"), NOTHING)]
    )
    advice = advise(VERSION, rows, NOW)
    lift = advice.compared[0].lifts["accepted"]

    assert (lift.having, lift.lacking, lift.unknown) == (Share(45, 60), Share(50, 120), 0)
    assert lift.ratio == pytest.approx(1.8)
    assert lift.standing == "more"
    assert advice.results["accepted"] == {"good": 95, "bad": 85, "open": 7, "left_out": 1}
    assert advice.handoffs == 188


def test_what_nobody_knew_is_on_neither_side():
    rows = [yes(fit={"decides": None}), no(fit={"decides": True}), no(signals={"replied": None})]
    found = of(*rows)
    fit, signal = (found[name].lifts["accepted"] for name in ("decides", "replied"))

    assert (fit.having, fit.lacking, fit.unknown) == (Share(0, 1), Share(0, 1), 1)
    assert (signal.having, signal.lacking, signal.unknown) == (Share(0, 0), Share(1, 2), 1)


def test_each_outcome_leaves_its_own_open_ones_out():
    found = of(
        Alike(handed_over(stage="working"), NOTHING),
        Alike(handed_over(stage="lost", closed=DAY), NOTHING),
    )["webinar"].lifts

    assert found["accepted"].lacking == Share(2, 2)
    assert found["won"].lacking == Share(0, 1)


def test_a_hand_off_of_which_nothing_was_stored_is_counted_and_left_out():
    advice = advise(VERSION, [Alike(handed_over(stage="won", closed=DAY), None), yes()], NOW)

    assert (advice.unrecorded, advice.handoffs) == (1, 2)
    assert advice.compared[0].lifts["accepted"].lacking == Share(1, 1)


def lift(good: int, cases: int, other_good: int, other_cases: int) -> Lift:
    return Lift(Share(good, cases), Share(other_good, other_cases), 0)


@pytest.mark.parametrize(
    ("compared", "standing"),
    [
        pytest.param(lift(45, 60, 50, 120), "more", id="clearly more"),
        pytest.param(lift(15, 60, 70, 120), "less", id="clearly less"),
        pytest.param(lift(35, 60, 60, 120), "unclear", id="it may be chance"),
        pytest.param(lift(9, 9, 50, 120), "too_few", id="nine with it"),
        pytest.param(lift(10, 10, 50, 120), "too_few", id="four expected among ten with it"),
        pytest.param(lift(12, 12, 60, 120), "more", id="five and more expected"),
        pytest.param(lift(5, 60, 4, 120), "too_few", id="nine deals among 180"),
        pytest.param(lift(60, 60, 120, 120), "too_few", id="all accepted: nothing differs"),
        pytest.param(lift(0, 0, 50, 120), "nothing_to_compare", id="nobody had it"),
        pytest.param(lift(50, 120, 0, 0), "nothing_to_compare", id="everybody had it"),
    ],
)
def test_little_is_said_where_there_are_few_cases(compared, standing):
    assert compared.standing == standing


def words(compared: Lift, outcome: Outcome) -> dict[str, str]:
    (one, *_) = advise(VERSION, [], NOW).compared
    told = replace(one, lifts={"accepted": compared, "won": compared})
    return {language: lift_in_words(told, outcome, language) for language in LANGUAGES}


@pytest.mark.parametrize(
    ("compared", "outcome", "english", "spanish"),
    [
        pytest.param(
            lift(45, 60, 50, 120),
            "accepted",
            "Attended a webinar: accepted 1.8 times as often (1.4 to 2.3; 45 of 60 with it, 50 of "
            "120 without).",
            "Asistió a un webinar: se aceptaron con 1,8 veces la frecuencia del resto (de 1,4 a "
            "2,3; 45 de 60 con ello, 50 de 120 sin ello).",
            id="more",
        ),
        pytest.param(
            lift(35, 60, 60, 120),
            "won",
            "Attended a webinar: won 1.2 times as often (0.87 to 1.5; 35 of 60 with it, 60 of 120 "
            "without); chance may be the reason.",
            "Asistió a un webinar: se ganaron con 1,2 veces la frecuencia del resto (de 0,87 a "
            "1,5; 35 de 60 con ello, 60 de 120 sin ello); puede ser casualidad.",
            id="unclear",
        ),
        pytest.param(
            lift(20, 60, 0, 120),
            "won",
            "Attended a webinar: won at least 10.7 times as often (20 of 60 with it, 0 of 120 "
            "without).",
            "Asistió a un webinar: se ganaron con al menos 10,7 veces la frecuencia del resto (20 "
            "de 60 con ello, 0 de 120 sin ello).",
            id="none without it",
        ),
        pytest.param(
            lift(3, 4, 50, 120),
            "accepted",
            "Attended a webinar: too few cases to compare: accepted 3 of 4 with it, 50 of 120 "
            "without.",
            "Asistió a un webinar: muy pocos casos para comparar: se aceptaron 3 de 4 con ello, 50 "
            "de 120 sin ello.",
            id="too few",
        ),
        pytest.param(
            lift(5, 9, 0, 0),
            "accepted",
            "Attended a webinar: every lead with a result had it: there is nothing to compare "
            "with.",
            "Asistió a un webinar: todos los leads con resultado lo tenían: no hay con qué "
            "comparar.",
            id="everybody had it",
        ),
    ],
)
def test_advice_is_in_words_in_both_languages(compared, outcome, english, spanish):
    assert words(compared, outcome) == {"en": english, "es": spanish}


def test_advice_says_how_it_must_not_be_read():
    webinar = {"webinar": True}
    rows = [yes(signals=webinar), no(signals=webinar), yes(), no()] * 20
    data = advice_as_data(advise(VERSION, [*rows, Alike(handed_over(MINUTE), NOTHING)], NOW))
    texts = {one["code"]: one["text"] for one in data["cautions"]}

    assert list(texts) == ["handed_over_only", "no_cause", "many", "open"]
    assert "2 comparisons" in texts["many"]["en"]
    assert "1 hand-offs without an answer, 1 that" in texts["open"]["en"]
    assert all(one["text"].keys() == {"es", "en"} for one in data["cautions"])


def test_advice_as_data_is_json_without_infinities():
    rows = [yes(signals={"webinar": True})] * 20 + [no()] * 20
    first = advice_as_data(advise(VERSION, rows, NOW))["compared"][0]["accepted"]

    assert (first["lift"], first["high"]) == (None, None)
    assert first["low"] > 1
    assert first["standing"] == "more"
