"""Making, changing and ending sources and their credentials."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row

from services.ingest.domain.touch_kinds import KINDS
from services.ingest.handlers.origins import read_options
from services.ingest.store import sources as store
from services.ingest.store.receipts import hold
from services.ingest.store.sources import Credential, Source
from services.ingest.store.tables import AUDIT
from services.ingest.vendors import VENDORS
from services.ingest.vendors.generic import Columns
from services.ingest.vendors.port import CredentialKind
from services.ingest.vendors.tokens import hash_token
from shared.audit import Entry, write_down
from shared.ids import new_id
from shared.preconditions import changed_meanwhile
from shared.problem import Problem, not_found

MOST_LIVE = 10
RESERVED = frozenset({"new"})
TOKEN_PREFIX = "src_"  # noqa: S105 - marks our tokens, so that logs can mask them
SECRET_PREFIX = "whsec_"  # noqa: S105 - the same for signing secrets


@dataclass(frozen=True, slots=True)
class Issued:
    """A new credential and its plain value, which is shown this once."""

    credential: Credential
    value: str


def create_source(
    conn: Connection,
    now: datetime,
    who: str,
    name: str,
    vendor: str,
    settings: Mapping[str, Any],
    secret: str | None,
) -> tuple[Source, Issued]:
    """Make a source with its first credential; ``who`` asks for it.

    Raises ``Problem``: 409 for a name in use, 422 for settings its vendor does not take.
    """
    if vendor not in VENDORS:
        raise _wrong("/vendor", f"must be one of {', '.join(VENDORS)}")
    if name in RESERVED:
        raise _wrong("/name", f"{name!r} is a page of the console; take another one")
    check_settings(vendor, settings)
    source = Source(new_id(), name, vendor, "active", settings, 1, now, now)
    if not store.add_source(conn, source):
        taken = store.find_source(conn, name)
        archived = taken is not None and taken.state == "archived"
        hint = '; it is archived: PATCH its state to "active"' if archived else ""
        raise Problem(409, "name_in_use", f"there is a source {name!r} already{hint}")
    _audit(conn, now, who, "source.added", source, {"name": name, "vendor": vendor})
    return source, issue(conn, source, secret, now)


def _audit(
    conn: Connection,
    now: datetime,
    who: str,
    what: str,
    source: Source,
    detail: Mapping[str, Any] | None = None,
) -> None:
    write_down(conn, AUDIT, now, Entry(who, what, source.id, detail=detail or {}))


def check_settings(vendor: str, settings: Mapping[str, Any]) -> None:
    """Raise ``Problem`` (422) with every place where ``settings`` are wrong."""
    errors = [
        {
            "pointer": f"/settings/touch_kinds/{name}",
            "message": f"{kind!r} is no touch kind; see docs/touch-kinds.md",
        }
        for name, kind in settings.get("touch_kinds", {}).items()
        if kind not in KINDS
    ]
    try:
        read_options(vendor, settings.get("options", {}))
    except ValidationError as error:
        errors += _places("/settings/options/", error)
    try:
        Columns.model_validate(settings.get("columns", {}))
    except ValidationError as error:
        errors += _places("/settings/columns/", error)
    if errors:
        first = errors[0]
        raise Problem(422, "invalid", f"{first['pointer']}: {first['message']}", errors)


def _places(prefix: str, error: ValidationError) -> list[dict[str, str]]:
    return [
        {"pointer": prefix + "/".join(str(step) for step in one["loc"]), "message": one["msg"]}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def change_source(
    conn: Connection,
    now: datetime,
    who: str,
    name: str,
    expected: int | None,
    state: str | None,
    settings: Mapping[str, Any] | None,
) -> Source:
    """Change state or settings of the revision the caller has seen, or of any (None).

    Raises ``Problem``: 404, 412 when it changed meanwhile, 422.
    """
    before = existing(conn, name, lock=True)
    if expected is not None and before.revision != expected:
        raise changed_meanwhile()
    if settings is not None:
        check_settings(before.vendor, settings)
    changed = replace(
        before,
        state=state or before.state,
        settings=before.settings if settings is None else settings,
        revision=before.revision + 1,
        updated_at=now,
    )
    store.change_source(conn, changed)
    if changed.state != before.state:
        hold(conn, changed.id, back=changed.state == "paused")
    given = {"state": state, "settings": settings}
    detail = {"changed": [key for key, value in given.items() if value is not None]}
    _audit(conn, now, who, "source.changed", changed, detail | {"state": changed.state})
    return changed


def archive_source(conn: Connection, now: datetime, who: str, name: str) -> None:
    """Close a source for good: its credentials end, what it sent stays."""
    source = existing(conn, name, lock=True)
    store.change_source(
        conn, replace(source, state="archived", revision=source.revision + 1, updated_at=now)
    )
    store.end_credentials(conn, source.id, now)
    hold(conn, source.id, back=False)
    _audit(conn, now, who, "source.archived", source)


def rotate(
    conn: Connection, now: datetime, who: str, name: str, overlap: timedelta, secret: str | None
) -> Issued:
    """Issue a new credential; the ones before it go on for ``overlap``, then end."""
    source = existing(conn, name, lock=True)
    store.end_credentials(conn, source.id, now + overlap)
    if len(store.live_credentials(conn, now, [source.id])) >= MOST_LIVE:
        raise Problem(
            409, "too_many_credentials", f"{MOST_LIVE} credentials are live; revoke one first"
        )
    issued = issue(conn, source, secret, now)
    detail = {"credential_id": issued.credential.id, "overlap_s": int(overlap.total_seconds())}
    _audit(conn, now, who, "source.rotated", source, detail)
    return issued


def revoke(conn: Connection, now: datetime, who: str, name: str, credential_id: str) -> None:
    """End one credential at once. Raises ``Problem`` (404) when it is not a live one."""
    source = existing(conn, name, lock=True)
    if not store.end_credentials(conn, source.id, now, credential_id):
        raise not_found("live credential of this source")
    detail = {"credential_id": credential_id}
    _audit(conn, now, who, "source.credential_revoked", source, detail)


def existing(conn: Connection, name: str, *, lock: bool = False) -> Source:
    """Return the source called ``name``; raise ``Problem`` (404) when there is none."""
    source = store.find_source(conn, name, lock=lock)
    if source is None:
        raise not_found("source")
    return source


def source_of_receipt(conn: Connection, row: Row[Any]) -> Source:
    """Return the source a receipt came from."""
    source = store.find_source_by_id(conn, row.source_id)
    assert source is not None, "sources are archived, never deleted"
    return source


def issue(conn: Connection, source: Source, given: str | None, now: datetime) -> Issued:
    """Write a new credential: a token of ours, or a signing secret, perhaps the vendor's own."""
    vendor = VENDORS[source.vendor]
    kind = vendor.credential(read_options(source.vendor, source.settings.get("options", {})))
    value = _value(kind, given)
    if kind == "secret":
        try:
            vendor.check_secret(value)
        except ValueError as error:
            raise _wrong("/secret", str(error)) from None
    digest = hash_token(value)
    if kind == "secret":
        # Two sources may share a vendor's secret, one source may not have it twice.
        digest = hashlib.sha256(f"{source.id}:{digest}".encode()).hexdigest()
    credential = Credential(
        id=new_id(),
        source_id=source.id,
        kind=kind,
        hash=digest,
        secret=value if kind == "secret" else None,
        last4=value[-4:],
        created_at=now,
        expires_at=None,
    )
    if not store.add_credential(conn, credential):
        raise Problem(409, "secret_in_use", "this source has this secret, or had it before")
    return Issued(credential, value)


def _value(kind: CredentialKind, given: str | None) -> str:
    if kind == "token":
        if given is not None:
            raise _wrong("/secret", "this source gets a token of ours; it does not sign")
        return TOKEN_PREFIX + secrets.token_urlsafe(32)
    return given or SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _wrong(pointer: str, message: str) -> Problem:
    error = {"pointer": pointer, "message": message}
    return Problem(422, "invalid", f"{pointer}: {message}", [error])
