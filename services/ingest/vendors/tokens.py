"""Proving oneself with a token: the ways senders can show one."""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from services.ingest.vendors.port import BadCredentials, Credentials

TOKEN_HEADER = "x-relevo-token"  # noqa: S105 - the header's name
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
        except (binascii.Error, UnicodeDecodeError):
            return []
        shown += [password, user]
    return [token for token in shown if 0 < len(token) <= LONGEST]


def check_token(headers: Mapping[str, str], credentials: Credentials) -> None:
    """Raise ``BadCredentials`` unless the request shows a live token.

    Hashes are compared, so the time of a comparison tells nothing about a token.
    """
    for token in shown_tokens(headers):
        if hash_token(token) in credentials.token_hashes:
            return
    raise BadCredentials
