"""Goals, advice and reviews at the command line of a product that runs."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import RELEVO, WITHIN_S, Served, on

ADMIN = "admin@localhost.localdomain"


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> Iterator[dict[str, str]]:
    """What commands need to find a product that was just installed."""
    directory = Path(tmp_path_factory.mktemp("served") / "data")
    served = Served(on(directory), "--port", "0")
    yield {**os.environ, **on(directory), "RELEVO_PORT": str(served.port)}
    served.end(signal.SIGTERM)


def relevo(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*RELEVO, "policy", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )


def test_every_goal_is_shown_with_what_was_wanted_and_whether_it_is_met(environment):
    done = relevo(environment, "targets", "b2b-starter", "--from", "2026-01-01")

    assert done.returncode == 0, done.stderr
    assert "Accepted by sales" in done.stdout
    assert "not enough to say" in done.stdout
    assert "b2b-starter version 1, trial: 0 hand-offs" in done.stderr


def test_advice_names_each_question_and_says_how_it_must_be_read(environment):
    english = relevo(environment, "advice", "b2b-starter")
    spanish = relevo(environment, "advice", "b2b-starter", "--language", "es")

    assert english.returncode == spanish.returncode == 0, english.stderr
    assert "nothing to compare" in english.stdout
    assert "Only leads that were handed over have a result" in english.stderr
    assert "Solo los leads entregados tienen resultado" in spanish.stderr


def test_a_review_is_recorded_and_listed_with_the_next_date(environment):
    said = ("review", "b2b-starter", "--comment", "Prices count more")
    nobody = relevo(environment, *said)
    held = relevo(environment, *said, "--person", ADMIN)
    listed = relevo(environment, "reviews", "b2b-starter")
    found = json.loads(relevo(environment, "reviews", "b2b-starter", "--json").stdout)

    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert "say who answers" in nobody.stderr
    assert held.returncode == 0, held.stderr
    assert "Prices count more" in listed.stdout
    assert "version 1: the next review is due" in listed.stderr
    assert [one["comment"] for one in found["items"]] == ["Prices count more"]
    assert found["next"]["last_reviewed_at"] == found["items"][0]["held_at"]


def test_programs_get_json_and_errors_as_json(environment):
    measured = json.loads(relevo(environment, "targets", "b2b-starter", "--json").stdout)
    refused = relevo(environment, "advice", "nobodys", "--json")

    assert [one["verdict"] for one in measured["targets"]] == ["not_enough"] * 4
    assert refused.returncode == 1
    assert json.loads(refused.stderr)["code"] == "not_found"
