"""The provider people sign in with, by OpenID Connect: authorization code with PKCE.

What the provider is like is discovered and kept for an hour; its keys are asked for again when
a token names one nobody knows. All HTTP goes through the guarded way out. Nothing of a token
is kept: who it was is all anybody needs.

Sources: OpenID Connect Core 1.0 and Discovery 1.0; RFC 7636 (PKCE), RFC 9207 (``iss``).
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

import orjson

from services.handoff.sign_in_settings import SignInSettings
from shared.addresses import networks
from shared.egress import Egress, EgressError, Forbidden

RETURN = "/sign-in/return"
SCOPE = "openid email profile"
KEPT_S = 3600.0
KEYS_AGAIN_S = 60.0
MOST_BYTES = 512 * 1024
SKEW_S = 120  # by how much the provider's clock may differ from ours
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LABELS = ("state", "nonce", "verifier")


class NotSignedIn(Exception):
    """Signing in by the provider failed. ``key`` is why, in words; ``detail`` for the log."""

    def __init__(self, key: str, detail: str = ""):
        super().__init__(f"{key}: {detail}")
        self.key = key
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Started:
    """What a browser that was sent to the provider keeps: nobody else knows ``seed``."""

    seed: str
    wanted: str
    at: datetime

    def derived(self, label: str) -> str:
        """Return ``state``, ``nonce`` or ``verifier``: each from the seed, none from another."""
        assert label in LABELS
        return _text(hmac.digest(self.seed.encode(), label.encode(), "sha256"))


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider says it was. ``email`` is one it has verified."""

    issuer: str
    subject: str
    email: str


class Provider:
    """The provider the settings name; one for the process."""

    def __init__(self, settings: SignInSettings, egress: Egress | None = None):
        secret = settings.oidc_client_secret
        assert settings.has_provider, "without a provider there is nothing to sign in with"
        assert secret is not None, "the settings are whole"
        self.name = settings.oidc_name
        self.issuer = settings.oidc_issuer
        self.return_to = settings.public_url + RETURN
        self._client, self._secret = settings.oidc_client_id, secret.get_secret_value()
        self._egress = egress or Egress(networks(settings.oidc_allow), body_limit=MOST_BYTES)
        self._lock = asyncio.Lock()
        self._found: dict[str, Any] | None = None
        self._keys: list[Any] = []
        self._found_at = self._keys_at = float("-inf")

    async def close(self) -> None:
        """Close idle connections."""
        await self._egress.close()

    # --- the browser's own part -------------------------------------------------------------

    def start(self, wanted: str, now: datetime) -> Started:
        """Return what a new sign-in needs; ``wanted`` is the page to come back to."""
        return Started(secrets.token_urlsafe(32), wanted, now)

    def seal(self, started: Started) -> str:
        """Return what the browser keeps, as text that only we can make."""
        body = orjson.dumps([started.seed, started.wanted, started.at.isoformat()])
        text = base64.urlsafe_b64encode(body).decode()
        return f"{text}.{self._proof(text)}"

    def unseal(self, text: str) -> Started | None:
        """Return what ``seal`` was given; None for what it did not make."""
        body, _, proof = text.partition(".")
        if not hmac.compare_digest(proof.encode(), self._proof(body).encode()):
            return None
        seed, wanted, at = orjson.loads(base64.urlsafe_b64decode(body))
        return Started(seed, wanted, datetime.fromisoformat(at))

    def _proof(self, text: str) -> str:
        return hmac.new(self._secret.encode(), f"seal {text}".encode(), hashlib.sha256).hexdigest()

    # --- the protocol -----------------------------------------------------------------------

    async def address(self, started: Started, language: str) -> str:
        """Return where the browser goes. Raises ``NotSignedIn``."""
        found = await self.discovered()
        asked = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": self.return_to,
            "scope": SCOPE,
            "state": started.derived("state"),
            "nonce": started.derived("nonce"),
            "code_challenge": _text(hashlib.sha256(started.derived("verifier").encode()).digest()),
            "code_challenge_method": "S256",
            "ui_locales": language,
        }
        where = str(found["authorization_endpoint"])
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"

    async def identity(self, code: str, started: Started, now: datetime) -> Identity:
        """Return who it was, for a code the provider gave. Raises ``NotSignedIn``."""
        found = await self.discovered()
        token = await self._token(found, code, started)
        claims = await self._claims(found, token, started, now)
        person = claims if "email" in claims else await self._person(found, token, claims)
        email, verified = person.get("email"), person.get("email_verified")
        if not isinstance(email, str) or not (verified is True or verified == "true"):
            raise NotSignedIn("sso_unverified", "no e-mail address, or none that is verified")
        return Identity(self.issuer, str(claims["sub"]), email)

    async def discovered(self) -> dict[str, Any]:
        """Return the provider's description of itself. Raises ``NotSignedIn``."""
        async with self._lock:
            clock = asyncio.get_running_loop().time
            if self._found is None or clock() - self._found_at > KEPT_S:
                self._found = await self._discover()
                self._found_at = clock()
            return self._found

    async def _discover(self) -> dict[str, Any]:
        where = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = await self._get(where)
        if found.get("issuer") != self.issuer:
            raise NotSignedIn("sso_setup", f"{where} is about {found.get('issuer')!r}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(found.get(name), str):
                raise NotSignedIn("sso_setup", f"{where} names no {name}")
        if not found["authorization_endpoint"].startswith(("https://", "http://")):
            raise NotSignedIn("sso_setup", f"{where}: authorization_endpoint is no address")
        return found

    async def keys(self, *, again: bool = False) -> list[Any]:
        """Return the provider's keys of kinds we know. Raises ``NotSignedIn``."""
        from joserfc import jwk
        from joserfc.errors import JoseError

        found = await self.discovered()
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now - self._keys_at < (KEYS_AGAIN_S if again else KEPT_S) and self._keys:
                return self._keys
            listed = (await self._get(str(found["jwks_uri"]))).get("keys")
            keys = []
            for one in listed if isinstance(listed, list) else ():
                try:
                    if one["kty"] in ("RSA", "EC") and one.get("use", "sig") == "sig":
                        keys.append(jwk.import_key(one))
                except (JoseError, ValueError, KeyError, TypeError):
                    continue  # of a kind we do not know; others may do
            if not keys:
                raise NotSignedIn("sso_setup", f"{found['jwks_uri']} holds no key we can use")
            self._keys, self._keys_at = keys, now
            return keys

    async def _token(
        self, found: Mapping[str, Any], code: str, started: Started
    ) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.return_to,
            "code_verifier": started.derived("verifier"),
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        ways = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if "client_secret_basic" in ways:
            plain = f"{quote_plus(self._client)}:{quote_plus(self._secret)}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(plain).decode()}"
        else:
            form |= {"client_id": self._client, "client_secret": self._secret}
        body = urlencode(form).encode()
        return await self._ask("POST", str(found["token_endpoint"]), headers, body)

    async def _claims(
        self,
        found: Mapping[str, Any],
        token: Mapping[str, Any],
        started: Started,
        now: datetime,
    ) -> Mapping[str, Any]:
        """Return what the ID token says, once it is the provider's, for us, and of this start."""
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        try:
            read = await self._read(str(token.get("id_token") or ""))
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self._client},
                    "nonce": {"essential": True, "value": started.derived("nonce")},
                },
                {"client_id": self._client, "access_token": token.get("access_token")},
            )
            claims.validate(now=int(now.timestamp()), leeway=SKEW_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotSignedIn("sso_untrue", f"{type(error).__name__}: {error}") from error
        if not claims["sub"]:
            raise NotSignedIn("sso_untrue", "the token names nobody")
        return dict(claims)

    async def _read(self, text: str) -> Any:
        """Return a token that one of the provider's keys signed. Raises ``JoseError``."""
        from joserfc import jwk, jwt
        from joserfc.errors import JoseError

        def read(keys: list[Any]) -> Any:
            return jwt.decode(text, jwk.KeySet(keys), algorithms=list(ALGORITHMS))

        try:
            return read(await self.keys())
        except (JoseError, ValueError):
            # The provider may have changed its keys.
            return read(await self.keys(again=True))

    async def _person(
        self, found: Mapping[str, Any], token: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        where, access = found.get("userinfo_endpoint"), token.get("access_token")
        if not isinstance(where, str) or not isinstance(access, str):
            return {}
        person = await self._get(where, {"authorization": f"Bearer {access}"})
        if person.get("sub") != claims["sub"]:
            raise NotSignedIn("sso_untrue", "the provider described somebody else")
        return person

    async def _get(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        return await self._ask("GET", url, headers or {}, b"")

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        try:
            answer = await self._egress.request(method, url, headers.items(), body)
        except Forbidden as error:
            raise NotSignedIn("sso_setup", f"{url}: {error}; see RELEVO_OIDC_ALLOW") from error
        except (EgressError, ValueError) as error:
            raise NotSignedIn("sso_unreachable", f"{url}: {error}") from error
        try:
            content = orjson.loads(answer.body)
        except ValueError:
            content = None
        if answer.status >= 500:
            raise NotSignedIn("sso_unreachable", f"{url} answered {answer.status}")
        if answer.status != 200 or not isinstance(content, dict):
            why = content.get("error") if isinstance(content, dict) else "no JSON"
            key = "sso_old" if why == "invalid_grant" else "sso_setup"
            raise NotSignedIn(key, f"{url} answered {answer.status}: {why}")
        return content


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
