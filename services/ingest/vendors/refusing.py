"""Why a request was not believed, for the people who connect a tool.

Senders are never told: whoever forges requests learns nothing from us. Who may see sources
may see this.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.ingest.domain.moments import read_moment
from services.ingest.vendors import VENDORS
from services.ingest.vendors.port import BadCredentials, Credentials, Options, Request, Vendor
from services.ingest.vendors.signatures import parts_of
from services.ingest.vendors.tokens import TOKEN_PARAMETERS, shown_tokens, tokens_in

NUMBER = re.compile(r"\d{9,14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request was refused: a stable code, and what is particular about it."""

    reason: str
    detail: dict[str, Any] = field(default_factory=dict)


def why_refused(
    vendor: Vendor, request: Request, credentials: Credentials, options: Options, now: datetime
) -> Refusal:
    """Return the likeliest reason why ``vendor`` did not believe ``request``."""
    signed_by = signers(request)
    shows = _shows_token(request)
    if vendor.credential(options) == "token":
        if shows:
            return Refusal("wrong_token")
        if vendor.name in signed_by:
            return Refusal("signature_not_token")
        return Refusal("other_tool", {"vendors": signed_by}) if signed_by else Refusal("no_token")
    mine = vendor.signature_headers(options)
    if any(name in request.headers for name in mine):
        if (moment := _signed_at(vendor, request, credentials, options, mine)) is not None:
            return Refusal("stale", {"seconds": round((now - moment).total_seconds())})
        return Refusal("wrong_secret")
    if signed_by:
        return Refusal("other_tool", {"vendors": signed_by})
    if shows:
        return Refusal("token_not_signature")
    # Without a header of its own the signature stands in the body.
    return Refusal("no_signature") if mine else Refusal("wrong_secret")


def signers(request: Request) -> list[str]:
    """Return the vendors whose signature's headers ``request`` has."""
    return [
        vendor.name
        for vendor in VENDORS.values()
        if any(name in request.headers for name in vendor.signed_in)
    ]


def _shows_token(request: Request) -> bool:
    """Return whether a token is shown; the end of the path is one only behind the source's name."""
    path, _, query = request.url.partition("?")
    behind = path.partition("/hooks/")[2].partition("/")[2]
    in_query = any(f"{name}=" in query for name in TOKEN_PARAMETERS) and len(tokens_in(request.url))
    return bool(shown_tokens(request.headers) or behind or in_query)


def _signed_at(
    vendor: Vendor,
    request: Request,
    credentials: Credentials,
    options: Options,
    headers: tuple[str, ...],
) -> datetime | None:
    """Return when ``request`` was signed, if then it would have been believed."""
    for moment in _moments(request, headers):
        try:
            vendor.verify(request, credentials, options, moment)
        except BadCredentials:
            continue
        return moment
    return None


def _moments(request: Request, headers: tuple[str, ...]) -> Iterator[datetime]:
    """Yield the moments the request says it was signed at."""
    told = [
        part for name in headers for part in parts_of(request.headers.get(name, "")).get("t", ())
    ]
    told += [value for name, value in request.headers.items() if name.endswith("timestamp")]
    for text in told[:5]:
        moment = read_moment(int(text)) if NUMBER.fullmatch(text) else read_moment(text[:64])
        if moment is not None:
            yield moment.astimezone(UTC)
