"""What people read of the scoreboard on the command line."""

import json

import pytest
from typer.testing import CliRunner

from services.cli.app import app
from services.cli.scoreboard import BAR, bar
from services.handoff.printing.scoreboard_tables import TABLES
from tests.unit.handoff.boards import a_board

BOARD = json.loads(json.dumps(a_board(), default=str))


@pytest.fixture
def relevo(receiver_server):
    """Type a command at a product that gives the answers of ``answers``, by path."""

    def relevo(answers, *arguments, code=0):
        receiver_server.clear()
        for path, answer in answers.items():
            request = receiver_server.expect_request(path)
            if isinstance(answer, str):
                request.respond_with_data(answer)
            else:
                request.respond_with_json(answer)
        access = ["--url", receiver_server.url_for(""), "--key", "rlv_key"]
        done = CliRunner().invoke(app, ["scoreboard", *arguments, *access])
        assert done.exit_code == code, done.output
        return done.stdout, done.stderr

    yield relevo
    receiver_server.clear()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param("en", ("Sales-ready (hand-offs)", "never tried", "may be chance"), id="en"),
        pytest.param("es", ("Listos para ventas", "sin intento", "puede ser casualidad"), id="es"),
    ],
)
def test_the_scoreboard_is_tables_with_bars_in_either_language(relevo, language, words):
    shown, told = relevo({"/v1/scoreboard": BOARD}, "--language", language)

    assert all(word in shown for word in words)
    assert "█" in shown
    assert "2026" in told, "the days are told"
    assert shown.count("█" * BAR) >= 2


def test_a_table_is_given_as_it_came_and_the_page_goes_into_a_file(relevo, tmp_path):
    table, _ = relevo({"/v1/scoreboard/reasons.csv": "reason,count\r\nx,1\r\n"}, "--csv", "reasons")
    file = tmp_path / "page.html"
    _, told = relevo({"/v1/scoreboard/page": "<!DOCTYPE html>ñ"}, "--html", str(file))

    assert table.splitlines() == ["reason,count", "x,1"]
    assert file.read_text(encoding="utf-8") == "<!DOCTYPE html>ñ"
    assert str(file) in told


def test_json_is_what_the_api_said(relevo):
    shown, _ = relevo({"/v1/scoreboard": BOARD}, "--json")

    assert json.loads(shown) == BOARD


def test_a_file_that_cannot_be_written_is_said(relevo, tmp_path):
    answers = {"/v1/scoreboard/page": "<!DOCTYPE html>"}
    _, told = relevo(answers, "--html", str(tmp_path / "no" / "page.html"), code=1)

    assert "No such file" in told


def test_every_table_can_be_asked_for(relevo):
    for name in TABLES:
        relevo({f"/v1/scoreboard/{name}.csv": "a\r\n"}, "--csv", name)


def test_a_rebuild_is_watched_until_it_is_done(receiver_server):
    path = "/v1/scoreboard/rebuild"
    one = {"done": 3, "total": 9, "state": "running", "finished_at": None}
    receiver_server.expect_ordered_request(path, method="POST").respond_with_json(one, status=202)
    for state in ("running", "done"):
        answer = one | {"state": state, "finished_at": "2026-03-02T12:00:00Z"}
        receiver_server.expect_ordered_request(path, method="GET").respond_with_json(answer)
    access = ["--url", receiver_server.url_for(""), "--key", "rlv_key"]
    done = CliRunner().invoke(app, ["scoreboard", "rebuild", *access])
    receiver_server.clear()

    assert done.exit_code == 0, done.output
    assert "counted again, 3 hand-offs and leads" in done.stderr


def test_bars_show_whatever_is_more_than_nothing():
    assert bar(0, 10) == ""
    assert bar(1, 1_000_000) == "▏"
    assert bar(10, 10) == "█" * BAR
