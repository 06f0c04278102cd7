"""Any tool that can post JSON or a form (no documentation needed).

A plain ``{"email": …, "event": …}`` works at once. For other shapes the source's options say
where things are: dotted paths into each event, or constants that start with ``=``.

    {"mapping": {"items": "data.rows", "event": "=Form Submitted", "email": "answers.0.email"}}
"""

import base64
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import mapping, text_of
from services.ingest.vendors.bodies import content_of, value_at
from services.ingest.vendors.plain import plain_touch
from services.ingest.vendors.port import (
    BadCredentials,
    CredentialKind,
    Credentials,
    Options,
    Receipt,
    Request,
    Vendor,
)
from services.ingest.vendors.tokens import check_token

Path = str
MOST_ITEMS = 5000


class Columns(Options):
    """Where things are in an event. A path is dotted; one that starts with ``=`` is a constant."""

    event: Path | None = Field(default=None, description="The event's name.")
    id: Path | None = Field(default=None, description="The tool's own id of the event.")
    time: Path | None = Field(default=None, description="When it happened.")
    email: Path | None = None
    user_id: Path | None = Field(default=None, description="The tool's own id of the person.")
    anonymous_id: Path | None = None
    user_agent: Path | None = Field(default=None, description="The browser of the person.")
    properties: Path | dict[str, Path] | None = Field(
        default=None, description="The object with the properties, or a path for each property."
    )
    lead: Path | dict[str, Path] | None = Field(
        default=None, description="The same for personal facts."
    )
    account: Path | dict[str, Path] | None = Field(
        default=None, description="The same for the company."
    )

    @field_validator("*")
    @classmethod
    def _has_no_empty_path(cls, value: object) -> object:
        for path in value.values() if isinstance(value, dict) else [value]:
            if isinstance(path, str) and not 0 < len(path) <= 200:
                raise ValueError("a path has 1 to 200 characters")
        return value


class Mapped(Columns):
    """Where things are in the body."""

    items: Path | None = Field(
        default=None, description="The list of events; absent: the body itself."
    )


class Signature(Options):
    """How the tool signs: HMAC-SHA256 of the raw body."""

    header: str = Field(pattern=r"^[A-Za-z0-9-]{1,64}$", description="The header that carries it.")
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = Field(
        default="", max_length=32, description="Text before it, for example `sha256=`."
    )


class GenericOptions(Options):
    """Options of a generic source."""

    mapping: Mapped = Mapped()
    signature: Signature | None = Field(
        default=None, description="Requests are signed; absent: they show a token."
    )


class Generic(Vendor):
    """Any tool that posts JSON or forms."""

    name: ClassVar[str] = "generic"
    title: ClassVar[str] = "Any tool that posts JSON or forms"
    options_model: ClassVar[type[Options]] = GenericOptions

    def credential(self, options: GenericOptions) -> CredentialKind:
        return "secret" if options.signature else "token"

    def signature_headers(self, options: GenericOptions) -> tuple[str, ...]:
        return (options.signature.header.lower(),) if options.signature else ()

    def verify(
        self, request: Request, credentials: Credentials, options: GenericOptions, now: datetime
    ) -> None:
        signature = options.signature
        if signature is None:
            check_token(request, credentials)
            return
        given = request.headers.get(signature.header.lower(), "").removeprefix(signature.prefix)
        for secret in credentials.secrets:
            digest = hmac.digest(secret.encode(), request.body, "sha256")
            expected = digest.hex().encode()
            if signature.encoding == "base64":
                expected = base64.b64encode(digest)
            elif hmac.compare_digest(expected, given.lower().encode()):
                return
            if hmac.compare_digest(expected, given.encode()):
                return
        raise BadCredentials

    def touches(
        self, receipt: Receipt, options: GenericOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        where = options.mapping
        body = content_of(receipt)
        items, place = _items(body, where)
        if len(items) > MOST_ITEMS:
            raise Unreadable("too_many_events", f"more than {MOST_ITEMS} events in one body", place)
        for index, item in enumerate(items):
            here = place if items == [body] else f"{place}/{index}"
            if isinstance(item, Mapping):
                yield _apply(where, item, plain_touch(item, here))
            else:
                yield Unreadable("not_an_object", "an event must be a JSON object", here)


def _items(body: Any, where: Mapped) -> tuple[list[Any], str]:
    """Return the events in the body, and the place of their list."""
    if where.items is not None:
        found, place = value_at(body, where.items), "/" + where.items.replace(".", "/")
        if not isinstance(found, list):
            raise Unreadable("no_events", f"there is no list at {where.items}", place)
        return found, place
    if isinstance(body, list):
        return body, ""
    if isinstance(body, Mapping):
        if isinstance(events := body.get("events"), list):
            return events, "/events"
        return [body], ""
    raise Unreadable("not_an_object", "the body must be a JSON object or a list of them")


def _apply(where: Mapped, item: Mapping[str, Any], touch: IncomingTouch) -> IncomingTouch:
    """Return ``touch`` with what the mapping says instead of what the usual names gave."""
    if not where.model_fields_set:
        return touch
    changes: dict[str, Any] = {
        ours: text_of(_value(item, path))
        for ours, path in (
            ("name", where.event),
            ("source_event_id", where.id),
            ("email", where.email),
            ("user_id", where.user_id),
            ("anonymous_id", where.anonymous_id),
            ("user_agent", where.user_agent),
        )
        if path is not None
    }
    if where.time is not None:
        changes["occurred_at"] = first_told([_value(item, where.time)])
    for name in ("properties", "lead", "account"):
        paths = getattr(where, name)
        if isinstance(paths, str):
            changes[name] = mapping(_value(item, paths))
        elif paths is not None:
            values = {ours: _value(item, path) for ours, path in paths.items()}
            changes[name] = {ours: one for ours, one in values.items() if one is not None}
    return replace(touch, **changes) if changes else touch


def _value(item: Mapping[str, Any], path: str) -> Any:
    return path[1:] if path.startswith("=") else value_at(item, path)
