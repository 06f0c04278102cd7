"""A tool is connected at a terminal, against the running product and over real HTTP."""

import base64
import hashlib
import hmac
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from tests.support.served import RELEVO, WITHIN_S, Served, on
from tests.support.terminal import Terminal

CLIENT_SECRET = "a-client-secret-of-hubspot"
CHANGE = {
    "eventId": 1,
    "subscriptionId": 25,
    "portalId": 33,
    "occurredAt": 1772443800000,
    "subscriptionType": "contact.propertyChange",
    "objectId": 7,
    "propertyName": "hs_email_last_click_date",
    "propertyValue": "1",
}
ENTRY = {"id": "9", "form_id": "1", "2": "ana@acme.com"}


class Here:
    """A running product, and people who connect tools to it."""

    def __init__(self, environment: Mapping[str, str], port: int):
        self.environment = {**environment, "RELEVO_PORT": str(port)}
        self.url = f"http://127.0.0.1:{port}"

    def terminal(self, line: str) -> Terminal:
        return Terminal(self.environment, *line.split())

    def begin(self, line: str) -> "subprocess.Popen[str]":
        """Let a program run a command."""
        return subprocess.Popen(
            [*RELEVO, *line.split()],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def pipe(self, line: str) -> "subprocess.CompletedProcess[str]":
        """Run a command that nobody watches."""
        return subprocess.run(
            [*RELEVO, *line.split()],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )

    def post(self, address: str, content: Any, **headers: str) -> int:
        """Send as a tool does; return how that is answered."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        dashed = {name.replace("_", "-"): value for name, value in headers.items()}
        url = address if address.startswith("http") else f"{self.url}{address}"
        sent = {"content-type": "application/json", **dashed}
        return httpx.post(
            url, content=body, headers=sent, trust_env=False, timeout=WITHIN_S
        ).status_code

    def hubspot(self, address: str, content: Any, secret: str) -> int:
        """Send as HubSpot does, signed with ``secret``."""
        body = json.dumps(content).encode()
        digest = hashlib.sha256(secret.encode() + body).hexdigest()
        version = {"x_hubspot_signature_version": "v1"}
        return self.post(address, body, x_hubspot_signature=digest, **version)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    environment = on(tmp_path_factory.mktemp("product") / "data")
    served = Served(environment, "--port", "0")
    yield Here(environment, served.port)
    served.end(signal.SIGTERM)


def test_from_a_tools_name_to_its_first_event(here):
    """Everything that can be wrong on the way is told, and the waiting goes on."""
    terminal = here.terminal("sources add hubspot")
    terminal.until("Number [1]:")
    terminal.types("3")
    terminal.until("Number [1]:")
    terminal.types("")
    terminal.until("The source's name [hubspot]:")
    terminal.types("Not A Name")
    terminal.until("It was not taken")
    terminal.until("The source's name [hubspot]:")
    terminal.types("hubspot-eu")
    told = terminal.until("Paste the app's client secret")
    assert "whsec_" not in told
    assert re.search(r"target URL \S+/hooks/hubspot-eu\r\n", told)
    terminal.types("short")
    terminal.until("at least 16 characters")
    terminal.until("Paste")
    terminal.types(CLIENT_SECRET)
    assert CLIENT_SECRET not in terminal.until("Waiting for the first event")

    hook = "/hooks/hubspot-eu"
    assert here.post(hook, [CHANGE]) == 401
    terminal.until("it was not signed")
    assert here.post(hook, [CHANGE], typeform_signature="sha256=x") == 401
    terminal.until("it is signed as typeform signs, and this source is for HubSpot")
    assert here.post("/hooks/hubspot", [CHANGE]) == 401
    terminal.until("it came to /hooks/hubspot, where there is no source")
    assert here.hubspot(hook, [CHANGE], "another-secret-of-theirs") == 401
    terminal.until("it was signed with another secret")
    terminal.until("HubSpot signs the address too")
    terminal.until("once more")
    terminal.types("")
    assert here.hubspot(hook, [7], CLIENT_SECRET) == 200
    terminal.until("could not be read as HubSpot: /0: an event must be a JSON object")
    assert here.hubspot(hook, [CHANGE], CLIENT_SECRET) == 200

    code, told = terminal.ends()
    assert code == 0
    assert "The first event is here." in told
    assert "email.clicked" in told
    assert "user:hubspot-eu:7" in told


def test_a_secret_of_ours_is_shown_where_it_belongs_in_spanish(here):
    terminal = here.terminal("sources add typeform --name formularios --way signed --language es")

    told = terminal.until("Esperando el primer evento.")

    [secret] = set(re.findall(r"whsec_\S+", told))
    assert re.search(rf"Edit → Secret: {re.escape(secret)} y guarde", told)
    body = json.dumps(
        {
            "event_type": "form_response",
            "form_response": {
                "form_id": "f",
                "token": "t",
                "definition": {"title": "Ideas para 2027"},
                "answers": [{"type": "email", "email": "ana@acme.com", "field": {"id": "q"}}],
            },
        }
    ).encode()
    mac = base64.b64encode(hmac.new(secret.encode(), body, "sha256").digest()).decode()
    assert here.post("/hooks/formularios", body, typeform_signature=f"sha256={mac}") == 200
    code, told = terminal.ends()
    assert code == 0
    assert "El primer evento está aquí." in told
    assert "form.submitted" in told
    assert "email:ana@acme.com" in told


def test_an_event_nobody_has_a_kind_for_is_shown_with_what_to_do(here):
    terminal = here.terminal("sources add generic --name chat")
    told = terminal.until("Waiting")
    [address] = re.findall(r"http\S+\?token=\S+", told)

    assert here.post(address, {"event": "Sauna heated", "email": "ana@acme.com"}) == 200

    terminal.until("relevo sources change chat --kind 'Sauna heated=form.submitted'")
    assert terminal.ends()[0] == 0


def test_a_ping_is_told_and_the_waiting_goes_on(here):
    terminal = here.terminal("sources add calcom --name cal --way address")
    [address] = set(re.findall(r"http\S+\?token=\S+", terminal.until("Waiting")))

    assert here.post(address, {"triggerEvent": "PING", "payload": {}}) == 200

    terminal.until("it tells nothing of a lead, as tests do")
    terminal.interrupts()
    terminal.until("To see the steps and wait again: relevo sources connect cal")
    assert terminal.ends()[0] == 0


def test_who_went_away_connects_again_and_sees_only_what_is_new(here):
    made = json.loads(here.pipe("sources add gravityforms --name site --json").stdout)
    token = made["credential"]["value"]
    assert here.post("/hooks/site", ENTRY) == 401
    assert here.post("/hooks/site", ENTRY, x_relevo_token=token) == 200

    terminal = here.terminal("sources connect site")
    told = terminal.until("Waiting")
    assert "value src_…" in told
    assert here.post("/hooks/site", ENTRY, x_relevo_token=token) == 200
    terminal.until("whose events came before")
    assert here.post("/hooks/site", ENTRY | {"id": "10"}, x_relevo_token=token) == 200

    code, told = terminal.ends()
    assert (code, "Refused" in told) == (0, False)
    assert "form 1" in told


def test_a_tool_nobody_knows_is_asked_for_again(here):
    terminal = here.terminal("sources add website")
    terminal.until("website is none of them: relevo, generic, segment")
    terminal.until("Which tool?")
    terminal.types("segment")
    terminal.until("Number [1]:")
    terminal.types("1")

    told = terminal.until("Waiting")

    assert "The source website is made." in told
    assert re.search(r"write key src_\S+ and the host http://127", told)
    terminal.interrupts()
    assert terminal.ends()[0] == 0


def test_in_a_pipe_nothing_is_asked_and_the_credential_comes_last(here):
    done = here.pipe("sources add website-2 --vendor jotform")

    assert done.returncode == 0
    token = done.stdout.splitlines()[-1]
    assert token.startswith("src_")
    assert f"/hooks/website-2?token={token}" in done.stderr


def test_in_a_pipe_a_tools_own_secret_is_said_to_be_missing(here):
    done = here.pipe("sources add mailgun")

    assert "relevo sources rotate mailgun --overlap-hours 0 --secret-file FILE" in done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sources add", "say which tool it is"),
        ("sources add nothing-like-that", "hubspot"),
        ("sources add hubspot --way sauna", "app, workflow"),
        ("sources add x --vendor sauna", "must be one of"),
        ("sources connect nowhere", "404"),
    ],
)
def test_what_is_missing_or_wrong_is_said(here, line, said):
    done = here.pipe(line)

    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


def test_a_program_waits_for_the_first_event(here):
    line = "sources add marks --vendor generic --wait 20 --json"
    waiting = here.begin(line)
    eventually_there(f"{here.url}/hooks/marks")

    assert here.post("/hooks/marks", {"email": "ana@acme.com"}) == 401

    printed, said = waiting.communicate(timeout=WITHIN_S)
    answer = json.loads(printed)
    assert (waiting.returncode, said) == (1, "")
    assert answer["first"]["outcome"] == "refused"
    assert answer["first"]["seen"]["reason"] == "no_token"
    assert answer["credential"]["value"] in answer["steps"][1]


def eventually_there(hook: str) -> None:
    """Return once the door knows the source: it then answers who only looks."""
    for _ in range(WITHIN_S * 10):
        if httpx.get(hook, trust_env=False, timeout=WITHIN_S).status_code == 200:
            return
    raise AssertionError(hook)


def test_who_may_only_make_sources_makes_one(here):
    key = here.pipe("keys create maker --scope sources:write").stdout.strip()

    done = here.pipe(f"sources add made --vendor generic --wait 5 --key {key}")

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("src_")


def test_who_may_not_see_receipts_is_told_and_does_not_wait(here):
    scopes = "--scope sources:write --scope sources:read"
    key = here.pipe(f"keys create looker {scopes}").stdout.strip()

    done = here.pipe(f"sources add looked --vendor generic --wait 5 --key {key}")

    assert done.returncode == 0
    assert "The key may not see receipts" in done.stderr


def test_steps_are_not_told_where_options_ask_for_another_proof(here):
    options = '{"signature":{"header":"X-Sign"}}'

    done = here.pipe(f"sources add signed --vendor generic --options {options}")

    assert done.stdout.splitlines()[-1].startswith("whsec_")
    assert "Now do this" not in done.stderr
    assert "docs/sources/generic.md" in done.stderr


def test_the_secret_can_be_given_later(here):
    terminal = here.terminal("sources add intercom")
    terminal.until("The source's name [intercom]:")
    terminal.types("")
    terminal.until("Paste the app's client secret")
    terminal.interrupts()
    terminal.until("relevo sources rotate intercom --overlap-hours 0 --secret-file FILE")
    terminal.until("Waiting")
    terminal.interrupts()

    assert terminal.ends()[0] == 0


def test_nothing_came_is_a_failure(here):
    done = here.pipe("sources add tally --wait 1")

    assert done.returncode == 1
    assert "Nothing has come." in done.stderr
