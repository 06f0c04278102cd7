"""Providers of accounts: a real one, and one that says whatever a test wants, truly signed or not.

The real one is made with the library many providers are made with (``node/oidc.cjs``). The other
is a server of this process that speaks the same protocol; its tokens are what the test says.
"""

import base64
import hashlib
import json
import os
import select
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
from joserfc import jwk, jwt
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.support import node_packages
from tests.support.processes import Child, free_port

CLIENT = "relevo"
SECRET = "what only Relevo and the provider know & more%"
STARTS_WITHIN_S = 30.0


def settings_for(issuer: str, public_url: str, **more: Any) -> dict[str, Any]:
    """Return the settings with which Relevo signs people in by a provider of this machine."""
    return {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_allow": "127.0.0.0/8",
        "public_url": public_url,
    } | more


@contextmanager
def running_provider(
    folder: Path, return_to: str, accounts: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Run a real provider with these accounts, by their ids; yield its issuer."""
    port, log, pipe = free_port(), folder / "provider.log", folder / "provider.pipe"
    client = {"client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [return_to]}
    given = {"port": port, "client": client, "accounts": accounts, "pipe": str(pipe)}
    command = [
        str(node_packages.node()),
        str(node_packages.FOLDER / "oidc.cjs"),
        json.dumps(given),
    ]
    environment = {"NODE_PATH": str(node_packages.cached() / "node_modules")}
    os.mkfifo(pipe)
    listening = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    provider, issuer = Child(command, log, environment=environment), f"http://127.0.0.1:{port}"
    try:
        told, _, _ = select.select([listening], [], [], STARTS_WITHIN_S)
        assert told, provider.log_tail()
        yield issuer
    finally:
        provider.kill()
        os.close(listening)


def sign_in_there(where: str, account: str) -> str:
    """Sign in at the real provider as a browser does; return where it sends one back to."""
    with httpx.Client(timeout=STARTS_WITHIN_S) as http:
        answer = http.get(where)
        for _ in range(12):
            if answer.status_code == 200:
                fields = {"prompt": "login", "login": account, "password": "any"}
                if 'name="login"' not in answer.text:
                    fields = {"prompt": "consent"}
                answer = http.post(str(answer.url), data=fields)
            back = httpx.URL(answer.headers["location"])
            if back.port != answer.url.port and not back.is_relative_url:
                return str(back)
            answer = http.get(answer.url.join(back))
    raise AssertionError("the provider sends nobody back")


@dataclass
class Forger:
    """A provider whose next answers a test chooses. ``claims`` go over those that are right."""

    server: HTTPServer
    keys: list[jwk.ECKey] = field(default_factory=lambda: [new_key("one")])
    """What it says its keys are; the last one signs."""
    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    sign: Callable[[dict[str, Any]], str] | None = None
    asked: dict[str, str] = field(default_factory=dict)
    """What the authorization request said, which the test reads off the address."""
    exchanges: list[dict[str, str]] = field(default_factory=list)
    looked_for_keys: int = 0

    @property
    def issuer(self) -> str:
        return self.server.url_for("").rstrip("/")

    def serve(self) -> None:
        """Answer as a provider from now on."""
        for path, answer in (
            ("/.well-known/openid-configuration", self._describe),
            ("/jwks", self._keys),
            ("/token", self._token),
        ):
            self.server.expect_request(path).respond_with_handler(answer)

    def signed(self, claims: dict[str, Any], key: jwk.ECKey | None = None) -> str:
        """Return a token as it should be, but for its claims and its key."""
        header = {"alg": "ES256", "kid": self.keys[-1].kid}
        return jwt.encode(header, claims, key or self.keys[-1])

    def _describe(self, _request: Request) -> Response:
        return _json(
            {"issuer": self.issuer}
            | {
                name: f"{self.issuer}/{path}"
                for name, path in (
                    ("authorization_endpoint", "auth"),
                    ("token_endpoint", "token"),
                    ("jwks_uri", "jwks"),
                )
            }
        )

    def _keys(self, _request: Request) -> Response:
        self.looked_for_keys += 1
        strange = {"kty": "of tomorrow", "kid": "two"}
        return _json({"keys": [strange, *(key.as_dict(private=False) for key in self.keys)]})

    def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs(request.get_data().decode()).items()}
        self.exchanges.append(form)
        proof = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != self.asked["code_challenge"]:
            return _json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "ana",
            "nonce": self.asked["nonce"],
            "iat": now,
            "exp": now + 300,
            "email": "ana@acme.com",
            "email_verified": True,
        } | self.claims
        for name in self.without:
            del claims[name]
        token = (self.sign or self.signed)(claims)
        return _json({"access_token": "a", "token_type": "Bearer", "id_token": token})


def new_key(name: str) -> jwk.ECKey:
    """Return a key for tokens; made in no time, unlike one of RSA."""
    return jwk.ECKey.generate_key("P-256", {"kid": name})


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content), status, content_type="application/json")
