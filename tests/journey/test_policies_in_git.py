"""A policy that lives in Git: begun, drafted, tried, signed, exported, applied, by command."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.served import RELEVO, WITHIN_S, Served, on

MARA, SAM = "mara@acme.com", "sam@acme.com"


@dataclass
class Repository:
    """A folder with policy files, and the running product its pipeline speaks to."""

    folder: Path
    environment: dict[str, str]

    def run(
        self, *words: str, key: str = "", pipe: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Type a command in the folder."""
        return subprocess.run(
            [*RELEVO, *words],
            cwd=self.folder,
            env=self.environment | ({"RELEVO_KEY": key} if key else {}),
            input=pipe,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )

    def relevo(self, *words: str, key: str = "") -> str:
        """Type a command that works; return what it prints."""
        done = self.run(*words, key=key)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *words: str, key: str = "") -> str:
        """Type a command that fails; return what it says."""
        done = self.run(*words, key=key)
        assert (done.returncode, done.stdout) == (1, "")
        return done.stderr

    def edit(self, old: str, new: str, file: str = "policy.yaml") -> None:
        """Change a line of a file."""
        text = (self.folder / file).read_text()
        assert old in text
        (self.folder / file).write_text(text.replace(old, new, 1))

    def version(self, policy: str, number: int) -> dict[str, Any]:
        """Return a version as the product shows it."""
        words = ("policy", "show", policy, "--number", str(number), "--json")
        return dict(json.loads(self.relevo(*words)))


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    data = tmp_path / "data"
    served = Served(on(data), "--port", "0")
    folder = tmp_path / "repository"
    folder.mkdir()
    environment = {**os.environ, **on(data), "RELEVO_PORT": str(served.port)}
    yield Repository(folder, environment)
    served.end(signal.SIGTERM)


def hire(repository: Repository) -> dict[str, str]:
    """Hire a person of each team; return their keys."""
    for name, email, role in (("Mara Ruiz", MARA, "marketing"), ("Sam Lee", SAM, "sales")):
        repository.relevo("people", "add", name, email, "--role", role)
    return {
        email: repository.relevo("keys", "create", f"of {email}", "--person", email).strip()
        for email in (MARA, SAM)
    }


def test_a_policy_is_begun_once_and_nothing_is_overwritten(repository):
    repository.relevo("policy", "new", "--language", "es", "--name", "inbound")
    begun = (repository.folder / "policy.yaml").read_text()
    said = repository.refused("policy", "new")
    wrong = repository.refused("policy", "new", "other.yaml", "--name", "No Name")

    assert "\npolicy: inbound\n" in begun
    assert "en voz alta" in begun
    assert (repository.folder / "policy.schema.json").exists()
    assert said.strip() == "relevo: policy.yaml is there already"
    assert (repository.folder / "policy.yaml").read_text() == begun
    assert "no policy can be called 'No Name'" in wrong
    assert repository.run("policy", "check", "policy.yaml").returncode == 0


def test_a_signed_file_goes_in_and_one_that_differs_does_not(repository):
    keys = hire(repository)
    repository.relevo("policy", "new", "--name", "inbound")
    unknown = repository.refused("policy", "apply", "policy.yaml")
    repository.relevo("policy", "draft", "policy.yaml", "--comment", "a first one")
    untried = repository.refused(
        *("policy", "sign", "inbound", "1", "--as", "sales", "--file", "policy.yaml"), key=keys[SAM]
    )
    repository.relevo("policy", "try", "--policy", "inbound", "--number", "1")

    # each signs what they have read
    repository.edit("points: 100", "points: 90")
    other = repository.refused(
        *("policy", "sign", "inbound", "1", "--as", "sales", "--file", "policy.yaml"), key=keys[SAM]
    )
    repository.edit("points: 90", "points: 100")
    signing = ("policy", "sign", "inbound", "1", "--as", "sales", "--file", "policy.yaml")
    signed = repository.relevo(*signing, key=keys[SAM])
    half = repository.refused("policy", "apply", "policy.yaml")
    digest = repository.version("inbound", 1)["digest"]
    repository.relevo(
        *("policy", "sign", "inbound", "1", "--as", "marketing", "--digest", digest), key=keys[MARA]
    )

    # the signed file goes in, once
    written = repository.relevo("policy", "export", "inbound", "policy.yaml").split()
    applied = repository.relevo("policy", "apply", "policy.yaml")
    again = repository.relevo("policy", "apply", "policy.yaml")
    proof = json.loads((repository.folder / "policy.signed.json").read_text())

    assert "nobody has signed what policy.yaml says" in unknown
    assert "was not tried on history yet" in untried
    assert "policy.yaml is not what inbound version 1 says" in other
    assert "`points: 100` was signed, not `points: 90`" in other
    assert signed == "inbound version 1: signed by sales\n"
    assert "inbound version 1 says this; marketing did not sign it" in half
    assert written == ["policy.yaml", "policy.signed.json"]
    assert applied == again == "inbound version 1: in force\n"
    assert (proof["number"], proof["digest"]) == (1, digest)
    assert proof["signatures"]["sales"]["by"]["name"] == "Sam Lee"

    # comments may differ, what it says may not
    repository.edit("points: 100", "points: 100  # as ever")
    remarked = repository.run("policy", "apply", "policy.yaml")
    repository.edit("points: 100", "points: 10")
    line = 1 + (repository.folder / "policy.yaml").read_text().split("points: 10 ")[0].count("\n")
    differs = repository.refused("policy", "apply", "policy.yaml")

    assert remarked.returncode == 0
    assert "comments or layout are others" in remarked.stderr
    assert "policy.yaml is not what was signed as inbound version 1" in differs
    assert f"policy.yaml:{line}: `points: 100` was signed, not `points: 10" in differs
    assert repository.version("inbound", 1)["state"] == "in_force"


def test_a_proof_that_was_made_up_signs_nothing(repository):
    keys = hire(repository)
    repository.relevo("policy", "new", "--name", "inbound")
    repository.relevo("policy", "draft", "policy.yaml")
    version = repository.version("inbound", 1)
    repository.relevo("policy", "try", "--policy", "inbound", "--number", "1")
    repository.relevo(
        *("policy", "sign", "inbound", "1", "--as", "sales", "--file", "policy.yaml"), key=keys[SAM]
    )
    sales = repository.version("inbound", 1)["signatures"]["sales"]
    forged = {name: version[name] for name in ("policy", "number", "version_id", "digest")}
    forged["signatures"] = {"marketing": sales, "sales": sales}
    proof = repository.folder / "policy.signed.json"
    proof.write_text(json.dumps(forged))
    told = repository.refused("policy", "apply", "policy.yaml")
    proof.write_text(json.dumps(forged | {"number": 7}))
    elsewhere = repository.refused("policy", "apply", "policy.yaml")
    proof.write_text("no proof")
    nonsense = repository.refused("policy", "apply", "policy.yaml", "--signed", str(proof))
    honest = forged | {"signatures": {"sales": sales}}
    proof.write_text(json.dumps(honest))
    unsigned = repository.refused("policy", "apply", "policy.yaml")

    assert "tells something else than the server has stored" in told
    assert "policy.signed.json: signatures" in told
    assert "no such version here: inbound 7" in elsewhere
    assert "is no proof of a signed policy" in nonsense
    assert "version 1 still has to be signed by marketing (409)" in unsigned
    assert repository.version("inbound", 1)["state"] == "draft"


def test_a_version_is_applied_from_a_date_taken_back_and_brought_back(repository):
    keys = hire(repository)
    repository.relevo("policy", "new", "--name", "inbound")
    repository.relevo("policy", "draft", "policy.yaml")
    repository.relevo("policy", "try", "--policy", "inbound", "--number", "1")
    for role, email in (("marketing", MARA), ("sales", SAM)):
        signing = ("policy", "sign", "inbound", "1", "--as", role, "--file", "policy.yaml")
        repository.relevo(*signing, key=keys[email])
    day = (datetime.now().astimezone() + timedelta(days=30)).date().isoformat()
    waits = repository.relevo("policy", "apply", "policy.yaml", "--from", day)
    back = repository.relevo("policy", "unschedule", "inbound", "1", "--comment", "too early")
    one = repository.relevo("policy", "unsign", "inbound", "1", "--as", "sales", key=keys[SAM])
    stale = repository.refused("policy", "draft", "policy.yaml", "--based-on", "3")
    repository.relevo("policy", "restore", "inbound", "1")
    history = json.loads(repository.relevo("policy", "history", "inbound", "--json"))
    table = repository.relevo("policy", "history", "inbound")

    assert waits == f"inbound version 1: scheduled for {day} 00:00\n"
    assert back == "inbound version 1: signed\n"
    assert one == "inbound version 1: signed by marketing\n"
    assert "drafted version 1 at" in stale
    assert [step["what"] for step in history] == [
        "drafted",
        "tried",
        "signed",
        "signed",
        "scheduled",
        "unscheduled",
        "signature_withdrawn",
        "restored",
    ]
    assert "too early" in table
    assert "Mara Ruiz" in table
    assert repository.version("inbound", 2)["restored_from"] == 1


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("sign", "inbound", "1", "--as", "sales"), id="nothing was read"),
        pytest.param(("sign", "inbound", "1", "--as", "boss", "--digest", "d"), id="no such role"),
        pytest.param(("activate", "inbound", "1", "--from", "monday"), id="no date"),
        pytest.param(("apply",), id="no file"),
        pytest.param(("unsign", "inbound", "0", "--as", "sales"), id="no version"),
    ],
)
def test_a_wrong_call_ends_with_code_2(words):
    done = subprocess.run([*RELEVO, "policy", *words], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
