"""What people read of measured goals and advice, by answers as the product gives them."""

import pytest
from typer.testing import CliRunner

from services.cli.app import app
from services.handoff.domain.advice import Alike, Had, advise
from services.handoff.domain.advice_words import advice_as_data
from services.handoff.domain.goal_words import goal_as_data
from services.handoff.domain.goals import ShareMeasured
from services.handoff.domain.results import Tally
from tests.unit.handoff.histories import DAY, HOUR, NOW, handed_over
from tests.unit.handoff.written import policy_of

VERSION = policy_of(
    {
        "webinar": {
            "touch": "webinar.attended",
            "title": {"en": "Attended a webinar", "es": "Asistió a un webinar"},
        },
        "replied": {"touch": "email.replied"},
    }
)
LIFE = {
    "policy": "inbound",
    "number": 3,
    "agreement": "signed",
    "since": "2026-03-01T00:00:00Z",
    "until": "2026-06-15T12:00:00Z",
}


@pytest.fixture
def relevo(receiver_server):
    """Type a command at a product that gives the answers of ``answers``, by path."""

    def relevo(answers, *arguments):
        receiver_server.clear()
        for path, answer in answers.items():
            receiver_server.expect_request(path).respond_with_json(answer)
        access = ["--url", receiver_server.url_for(""), "--key", "rlv_key"]
        done = CliRunner().invoke(app, ["policy", *arguments, *access])
        assert done.exit_code == 0, done.output
        return done.stdout, done.stderr

    yield relevo
    receiver_server.clear()


def some(count, stage, *signals):
    one = handed_over(stage=stage, closed=DAY if stage == "won" else HOUR)
    return [Alike(one, Had(dict.fromkeys(signals, True), {}), count)]


def test_advice_shows_each_lift_and_says_in_words_what_stands_out(relevo):
    rows = [
        *some(45, "won", "webinar"),
        *some(15, "rejected", "webinar"),
        *some(50, "won"),
        *some(70, "rejected"),
    ]
    answer = LIFE | advice_as_data(advise(VERSION, rows, NOW))
    command = ("advice", "inbound", "--language", "es")
    table, notes = relevo({"/v1/policies/inbound/advice": answer}, *command)

    assert "× 1.80 (1.39 to 2.33)" in table
    assert "45 of 60 / 50 of 120" in table
    assert "Asistió a un webinar: se aceptaron con 1,8 veces la frecuencia del resto" in table
    assert "inbound version 3, signed: 180 hand-offs" in notes
    assert "Se hicieron 2 comparaciones" in notes


def test_a_missed_goal_and_a_partial_month_catch_the_eye(relevo):
    answer = LIFE | {
        "handoffs": 110,
        "superseded": 1,
        "targets": [goal_as_data(ShareMeasured("acceptance", 0.7, Tally(40, 60, 10, 1)))],
        "months": [
            {
                "month": "2026-06",
                "sales_ready": 12,
                "is_whole": False,
                "covered_from": "2026-06-01T12:00:00Z",
                "covered_until": "2026-06-15T12:00:00Z",
            }
        ],
    }
    table, notes = relevo({"/v1/policies/inbound/targets": answer}, "targets", "inbound")
    goal = next(line.split() for line in table.splitlines() if "Accepted by sales" in line)

    assert goal[3:] == ["70%", "40%", "28%", "to", "54.8%", "100", "10", "MISSED"]
    assert "only 2026-06-01" in table
    assert "not counted: 1" in notes


def test_what_speaks_for_a_review_is_told_with_its_figures(relevo):
    target = goal_as_data(ShareMeasured("acceptance", 0.7, Tally(40, 60, 0, 0)))
    proposed = {"proposed_at": "2026-06-01T09:00:00Z", "about": "2026-03-01T00:00:00Z"}
    coming = {
        "number": 3,
        "due_at": "2026-08-30T00:00:00Z",
        "proposals": [
            proposed | {"cause": "acceptance", "target": target},
            proposed | {"cause": "review_date", "target": None},
        ],
    }
    page = {"items": list[str](), "next_cursor": None, "next": coming}
    _, notes = relevo({"/v1/policies/inbound/reviews": page}, "reviews", "inbound")

    assert "Accepted by sales: 40 of 100, 40%" in notes
    assert "its date came" in notes
    assert "no reviews yet" in notes
