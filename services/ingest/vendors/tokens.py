"""Proving oneself with a token: the ways senders can show one."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from services.ingest.vendors.port import (
    BadCredentials,
    CredentialKind,
    Credentials,
    Request,
    Vendor,
)

TOKEN_HEADER = "x-relevo-token"  # noqa: S105 - the header's name
TOKEN_PARAMETERS = frozenset({"token", "secret", "access_token"})
LONGEST = 512


def hash_token(token: str) -> str:
    """Return what is stored of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def shown_tokens(headers: Mapping[str, str]) -> list[str]:
    """Return the tokens a request shows: bearer, basic auth (user or password), own header.

    Segment's clients send the write key as the user of basic auth; other tools let people
    fill in a user and a password.
    """
    shown = [headers[TOKEN_HEADER]] if TOKEN_HEADER in headers else []
    scheme, _, value = headers.get("authorization", "").partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer":
        shown.append(value)
    elif scheme.lower() == "basic" and len(value) <= 2 * LONGEST:
        try:
            user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            return []
        shown += [password, user]
    return [token for token in shown if 0 < len(token) <= LONGEST]


def tokens_in(url: str) -> list[str]:
    """Return the tokens in a hook's address: a parameter, or behind the source's name.

    Many tools take nothing but an address. What is found is never stored or logged.
    """
    path, _, query = url.partition("?")
    found = [path.rpartition("/")[2]]
    try:
        pairs = parse_qsl(query, max_num_fields=50)
    except ValueError:
        pairs = []
    found += [value for name, value in pairs if name in TOKEN_PARAMETERS]
    return [token for token in found if 0 < len(token) <= LONGEST]


def check_token(request: Request, credentials: Credentials) -> None:
    """Raise ``BadCredentials`` unless the request shows a live token.

    Hashes are compared, so the time of a comparison tells nothing about a token.
    """
    for token in (*shown_tokens(request.headers), *tokens_in(request.url)):
        if hash_token(token) in credentials.token_hashes:
            return
    raise BadCredentials


class ShowsToken(Vendor):
    """A vendor whose requests show a token of ours, in a header or in the address."""

    def credential(self, options: Any) -> CredentialKind:
        return "token"

    def check_secret(self, secret: str) -> None:
        raise ValueError("a source of this kind shows a token; it does not sign")

    def verify(
        self, request: Request, credentials: Credentials, options: Any, now: datetime
    ) -> None:
        check_token(request, credentials)
