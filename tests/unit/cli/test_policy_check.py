import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GOOD = ROOT / "services" / "demo" / "policy.yaml"


def relevo(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "services", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_good_policy_passes():
    done = relevo("policy", "check", str(GOOD))

    assert (done.returncode, done.stdout) == (0, "")
    assert "0 errors" in done.stderr


@pytest.fixture
def bad(tmp_path):
    file = tmp_path / "policy.yaml"
    text = GOOD.read_text().replace("{signal: [demo_request,", "{signal: [demo_requset,")
    file.write_text(text.replace("weak: true", "weka: true"))
    return file


def test_every_mistake_is_told_with_its_place(bad):
    done = relevo("policy", "check", str(bad))

    lines = bad.read_text().splitlines()
    places = [
        next(number for number, line in enumerate(lines, 1) if word in line)
        for word in ("weka", "demo_requset")
    ]
    assert done.returncode == 1
    assert all(f"{bad}:{line}:" in done.stdout for line in places)


def test_programs_get_the_mistakes_as_json(bad):
    done = relevo("policy", "check", str(bad), "--json")

    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert {"file", "line", "column", "code", "message", "severity"} <= set(found[0])


def test_a_missing_file_is_told_in_one_line():
    done = relevo("policy", "check", "nowhere.yaml")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == "relevo: nowhere.yaml: No such file or directory"


def test_a_wrong_call_ends_with_code_2():
    assert relevo("policy", "check").returncode == 2
    assert relevo("polcy").returncode == 2
