"""``relevo policy text`` and ``diff``: files here, stored versions from a running Relevo."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from werkzeug import Request, Response

from services.handoff.policy_document import compile_policy
from services.handoff.texts import as_markdown, as_text, tell, tell_changes

ROOT = Path(__file__).parents[3]
GOOD = ROOT / "services" / "demo" / "policy.yaml"
LISTED = {
    "items": [
        {"policy": "alisio", "latest": 4, "in_force": 3},
        {"policy": "other", "latest": 1, "in_force": None},
    ],
    "next_cursor": None,
}


def relevo(
    *arguments: str, url: str = "http://127.0.0.1:9", given: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    """Run the command; the default address answers nobody."""
    command = [sys.executable, "-m", "services", *arguments]
    environment = {**os.environ, "RELEVO_URL": url, "RELEVO_KEY": "rlv_key"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=given, capture_output=True, check=False
    )


@pytest.fixture
def cheaper(tmp_path):
    file = tmp_path / "cheaper.yaml"
    text = GOOD.read_text(encoding="utf-8").replace(
        "points: 30\n    at_most", "points: 20\n    at_most"
    )
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def broken(tmp_path):
    file = tmp_path / "broken.yaml"
    file.write_text(GOOD.read_text(encoding="utf-8").replace("weak: true", "weka: true"))
    return file


@pytest.fixture
def served(receiver_server):
    """A product that tells which request it got."""
    receiver_server.clear()
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        if request.path == "/v1/policies":
            return Response(json.dumps(LISTED))
        return Response("told «así»\n" if "format" in request.args else '{"title": "told"}')

    receiver_server.expect_request("/v1/policies").respond_with_handler(answer)
    for path in ("alisio/versions/3/text", "alisio/versions/4/text", "alisio/versions/4/diff"):
        receiver_server.expect_request(f"/v1/policies/{path}").respond_with_handler(answer)
    receiver_server.expect_request("/v1/policies/diff").respond_with_handler(answer)
    yield receiver_server.url_for("/").rstrip("/"), asked
    receiver_server.clear()


def version_of(path):
    version = compile_policy(path.read_bytes()).version
    assert version is not None
    return version


# --- files, without a server ---------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_file_is_told_without_a_server(language):
    text = relevo("policy", "text", str(GOOD), "--language", language)
    page = relevo("policy", "text", str(GOOD), "--language", language, "--format", "markdown")
    told = tell(version_of(GOOD), language)

    assert (text.returncode, text.stderr) == (0, b"")
    assert text.stdout.decode() == as_text(told)
    assert page.stdout.decode() == as_markdown(told)


def test_programs_get_a_file_as_the_api_tells_it():
    done = relevo("policy", "text", "-", "--json", given=GOOD.read_bytes())
    told = json.loads(done.stdout)

    assert told == json.loads(json.dumps(tell(version_of(GOOD), "en").as_dict()))
    assert (told["policy"], told["number"], told["language"]) == ("alisio", None, "en")


def test_two_files_are_compared_without_a_server(cheaper):
    done = relevo("policy", "diff", str(GOOD), str(cheaper))
    names = (str(GOOD), str(cheaper))
    changes = tell_changes(version_of(GOOD), version_of(cheaper), "en", names)

    assert done.stdout.decode() == as_text(changes)
    assert "“Downloaded a buying guide” now counts 20 points instead of 30 points." in (
        done.stdout.decode()
    )


def test_programs_get_the_changes_as_data(cheaper):
    done = relevo("policy", "diff", str(GOOD), str(cheaper), "--json", "--language", "es")
    (section,) = json.loads(done.stdout)["sections"]
    (paragraph,) = section["paragraphs"]

    assert (paragraph["path"], paragraph["change"]) == ("signals.buying_guide.points", "changed")


@pytest.mark.parametrize(
    "arguments", [("text", "{}"), ("diff", str(GOOD), "{}"), ("diff", "{}", str(GOOD))]
)
def test_a_broken_file_is_refused_with_every_place(broken, arguments):
    done = relevo("policy", *(each.format(broken) for each in arguments))

    assert (done.returncode, done.stdout) == (1, b"")
    assert f"{broken}:" in done.stderr.decode()
    assert "Did you mean `weak`?" in done.stderr.decode()


@pytest.mark.parametrize("command", ["text", "draft"])
def test_a_file_that_is_not_utf_8_is_told_in_one_line(tmp_path, command):
    file = tmp_path / "latin.yaml"
    file.write_bytes("policy: año".encode("latin-1"))
    done = relevo("policy", command, str(file))

    assert done.returncode == 1
    assert f"relevo: {file} is not UTF-8 text" in done.stderr.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="nothing to compare"),
        pytest.param(("a", "b", "c"), id="three files"),
        pytest.param(("a", "--number", "2"), id="a file and a number"),
    ],
)
def test_an_unclear_comparison_is_a_wrong_call(arguments):
    assert relevo("policy", "diff", *arguments).returncode == 2


# --- stored versions, from a running Relevo ------------------------------------------------------


def test_the_version_in_force_is_told_when_none_is_named(served):
    url, asked = served
    done = relevo("policy", "text", url=url)

    assert done.stdout.decode() == "told «así»\n"
    assert asked[-1].path == "/v1/policies/alisio/versions/3/text"
    assert dict(asked[-1].args) == {"format": "text"}


def test_a_stored_version_is_told_as_it_was_asked_for(served):
    url, asked = served
    named = ("--policy", "alisio", "--number", "4", "--language", "es")
    relevo("policy", "text", *named, "--format", "markdown", url=url)
    done = relevo("policy", "text", *named, "--json", url=url)

    assert dict(asked[1].args) == {"language": "es", "format": "markdown"}
    assert json.loads(done.stdout) == {"title": "told"}


def test_two_stored_versions_are_compared(served):
    url, asked = served
    relevo("policy", "diff", "--number", "4", "--against", "2", url=url)

    assert asked[-1].path == "/v1/policies/alisio/versions/4/diff"
    assert dict(asked[-1].args) == {"against": "2", "format": "text"}


def test_a_file_is_compared_with_what_runs(served):
    url, asked = served
    done = relevo("policy", "diff", str(GOOD), "--against", "2", url=url)
    sent = json.loads(asked[-1].get_data())

    assert done.returncode == 0
    assert sent["text"] == GOOD.read_text(encoding="utf-8")
    assert (sent["against_policy"], sent["against_number"]) == (None, 2)


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_a_server_that_does_not_answer_is_told_in_one_line(as_json):
    done = relevo("policy", "text", *as_json)

    assert (done.returncode, done.stdout) == (1, b"")
    assert "does not answer" in done.stderr.decode()


# --- kept as written -----------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", "\r\n# fin de la política 🎓"])
def test_show_prints_a_policy_byte_for_byte(receiver_server, end):
    written = f"\ufeff# ñ\r\npolicy: alisio  \n{end}"
    version = {"policy": "alisio", "number": 3, "state": "in_force", "agreement": "trial"}
    receiver_server.clear()
    receiver_server.expect_request("/v1/policies").respond_with_json(LISTED)
    receiver_server.expect_request("/v1/policies/alisio/versions/3").respond_with_json(
        {**version, "text": written, "warnings": []}
    )
    done = relevo("policy", "show", url=receiver_server.url_for("/").rstrip("/"))
    receiver_server.clear()

    assert done.stdout == written.encode()


def test_draft_sends_a_file_byte_for_byte(receiver_server, tmp_path):
    written = "\ufeff# ñ\r\npolicy: alisio  \n\t# fin".encode()
    file = tmp_path / "policy.yaml"
    file.write_bytes(written)
    sent: list[bytes] = []

    def answer(request: Request) -> Response:
        sent.append(request.get_data())
        return Response('{"message": "enough"}', status=422)

    receiver_server.clear()
    receiver_server.expect_request("/v1/policies").respond_with_handler(answer)
    relevo("policy", "draft", str(file), url=receiver_server.url_for("/").rstrip("/"))
    receiver_server.clear()

    assert json.loads(sent[0])["text"].encode() == written
