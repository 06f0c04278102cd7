"""What ``relevo doctor`` looks at. Each check gives findings and changes nothing.

A check never raises: what goes wrong is what it reports, with what to do about it.
"""

import os
import shutil
import smtplib
import ssl
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote, urlsplit

from services import configuration, parts
from services.cli.client import Api, part
from services.cli.failure import Failure
from shared.answer_links import LinkSettings
from shared.contracts import TOPICS
from shared.db import Database
from shared.migrations import pending
from shared.settings import LOOPBACK, SHORTEST_KEY

if TYPE_CHECKING:
    from services.configuration import Configuration
    from shared.bus.port import Bus

Status = Literal["ok", "warn", "fail"]

DISK_WARN, DISK_FAIL = 0.10, 0.03  # free share of the disk; ingest refuses events later still
CLOCKS_APART_S = 5
MAIL_TIMEOUT_S = 5
STANDS_STILL = timedelta(minutes=5)
SECRET_FILES = {
    "admin key": configuration.ADMIN_KEY_FILE,
    "link key": configuration.LINK_KEY_FILE,
}
NEEDED_OF_PROVIDER = {  # where a provider says what it can
    "response_types_supported": "code",
    "code_challenge_methods_supported": "S256",
    "scopes_supported": "email",
    "claims_supported": "email_verified",
}
BUILT_AFTER = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; ``remedy`` says what to do unless all is well."""

    check: str
    status: Status
    detail: str
    remedy: str = ""


def check_settings(configured: "Configuration") -> Iterator[Finding]:
    """Look for names nobody reads and for what production refuses."""
    common = configured.common
    yield Finding("settings", "ok", f"environment {common.environment}")
    status: Status = "fail" if common.environment == "production" else "warn"
    for sentence in configuration.unknown():
        yield Finding("settings", status, sentence, "correct the name, or remove it")
    for sentence in configuration.unsafe(configured):
        yield Finding("settings", status, sentence, "production refuses to start with it")


def has_data(configured: "Configuration") -> bool:
    """Return whether every directory exists that the settings name."""
    return all(directory.is_dir() for directory in _directories(configured))


def _directories(configured: "Configuration") -> list[Path]:
    urls = {configured.common.database_url, configured.common.bus_url}
    return [
        Path(url.removeprefix("sqlite:///")) for url in sorted(urls) if url.startswith("sqlite:///")
    ]


def check_data_directory(configured: "Configuration") -> Iterator[Finding]:
    """Look at the embedded world's directory: may we write, is there room, is the key private?"""
    for directory in _directories(configured):
        yield from _check_directory(directory)


def _check_directory(directory: Path) -> Iterator[Finding]:
    if not directory.is_dir():
        yield Finding("data", "warn", f"{directory} does not exist yet", "the first start makes it")
        return
    if not os.access(directory, os.W_OK):
        remedy = "give this user the directory, or start as its owner"
        yield Finding("data", "fail", f"{directory} cannot be written", remedy)
        return
    usage = shutil.disk_usage(directory)
    free = usage.free / usage.total
    status: Status = "ok" if free > DISK_WARN else "warn" if free > DISK_FAIL else "fail"
    detail = f"{directory}: {usage.free / 2**30:.1f} GiB free ({free:.0%})"
    yield Finding("disk", status, detail, "" if status == "ok" else "make room on this disk")
    for check, name in SECRET_FILES.items():
        key = directory / name
        if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
            yield Finding(check, "fail", f"others can read {key}", f"chmod 600 {key}")


async def check_database(name: str, configured: "Configuration") -> list[Finding]:
    """Connect to one service's database, compare its tables and its clock."""
    settings = configured.services[name]
    check = f"{name} database"
    file = Path(settings.database_url.removeprefix("sqlite:///")) / f"{name}.db"
    if settings.database_url.startswith("sqlite:///") and not file.exists():
        return [Finding(check, "warn", f"{file} does not exist yet", "the first start makes it")]
    db = parts.database(name, settings)
    try:
        await db.start()
        missing = await db.read(lambda conn: pending(conn, name))
        apart = await _seconds_apart(db)
    except Exception as error:
        remedy = "look at RELEVO_DATABASE_URL and at the server's log"
        return [Finding(check, "fail", f"{type(error).__name__}: {_line(error)}", remedy)]
    finally:
        await db.stop()
    found = [Finding(check, "ok", "durable, tables up to date")]
    if missing:
        status: Status = "warn" if settings.migrate_on_start else "fail"
        found = [Finding(check, status, f"{len(missing)} migrations to run", "relevo migrate")]
    if apart > CLOCKS_APART_S:
        remedy = "let both machines set their clocks by the network"
        found.append(Finding("clock", "fail", f"{apart:.0f} s from the database's", remedy))
    return found


async def _seconds_apart(db: Database) -> float:
    before = datetime.now(UTC)
    theirs = await db.read(db.now)
    after = datetime.now(UTC)
    if before <= theirs <= after:
        return 0
    return min(abs((theirs - before).total_seconds()), abs((theirs - after).total_seconds()))


def check_clock() -> Finding:
    """See that this machine's clock was ever set."""
    now = datetime.now(UTC)
    if now < BUILT_AFTER:
        return Finding("clock", "fail", f"this machine says {now:%Y-%m-%d}", "set its clock")
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")


async def check_bus(bus: "Bus", url: str) -> Finding:
    """Open the bus and look for the topics."""
    from shared.bus.port import BusInUse

    kind = url.partition(":")[0]
    if kind == "sqlite" and not (Path(url.removeprefix("sqlite:///")) / "bus.db").exists():
        return Finding("bus", "warn", "does not exist yet", "the first start makes it")
    try:
        await bus.start()
    except BusInUse:
        return Finding("bus", "ok", "in use by a running Relevo")
    except Exception as error:
        return Finding("bus", "fail", _line(error), "look at RELEVO_BUS_URL")
    try:
        missing = [topic for topic in TOPICS if not await bus.ends(topic)]
    except Exception as error:
        return Finding("bus", "fail", _line(error), "look at RELEVO_BUS_URL and at the brokers")
    finally:
        await bus.stop()
    if missing:
        return Finding(
            "bus", "warn", f"no topic {', '.join(missing)}", "the first start makes them"
        )
    return Finding("bus", "ok", f"{kind}, {len(TOPICS)} topics")


def check_server(api: Api) -> Iterator[Finding]:
    """Ask a running Relevo whether it is ready."""
    try:
        checks: dict[str, Any] = api.get("/readyz")["checks"]
    except Failure as failure:
        checks = failure.document.get("checks", {})
        if not checks:
            yield Finding("server", "warn", failure.what, failure.remedy)
            return
    wrong = {name: value for name, value in checks.items() if value != "ok"}
    for name, value in wrong.items():
        yield Finding("server", "fail", f"{name}: {value}", "see its log")
    if not wrong:
        yield Finding("server", "ok", f"{api.url} is ready")


def check_refolds(api: Api) -> Iterator[Finding]:
    """Ask how far old leads are folded for the versions that decide."""
    try:
        policies = [one for one in api.pages("/v1/policies") if one["in_force"]]
        found = [
            api.get(f"/v1/policies/{part(one['policy'])}/versions/{one['in_force']}/refold")
            for one in policies
        ]
    except Failure as failure:
        yield Finding("refold", "warn", failure.what, "give a key that may see policies")
        return
    for one in found:
        yield _check_refold(one)


def _check_refold(seen: dict[str, Any]) -> Finding:
    name = f"{seen['policy']} version {seen['number']}"
    if seen["state"] == "folded":
        return Finding("refold", "ok", f"{name}: every lead is folded")
    progress = seen["progress"] or {"done": 0, "total": None}
    detail = f"{name}: {progress['done']} of {progress['total'] or 'some'} leads are folded"
    moved_at = seen["moved_at"] or seen["asked_at"]
    idle = datetime.now(UTC) - datetime.fromisoformat(moved_at) if moved_at else timedelta(0)
    if idle > STANDS_STILL:
        remedy = "is handoff running? Its log says why; leads are judged completely all the same"
        return Finding("refold", "warn", f"{detail}, and it stands still", remedy)
    return Finding("refold", "ok", f"{detail}; the others when they are judged")


def check_links(configured: "Configuration") -> Finding:
    """See whether messages carry links to answer by, and whether people can follow them."""
    settings = configured.services["notify"]
    assert isinstance(settings, LinkSettings)
    url = settings.public_url
    if "public_url" not in settings.model_fields_set:
        detail = "RELEVO_PUBLIC_URL is not set: messages carry no links to answer by"
        return Finding("links", "warn", detail, "set it to how people reach this installation")
    makes_one = settings.database_url.startswith("sqlite:///")  # at the first start
    if settings.link_keys is None and not makes_one:
        detail = "RELEVO_LINK_KEYS is not set: messages carry no links to answer by"
        remedy = f"give handoff and notify the same, {SHORTEST_KEY} characters or more"
        return Finding("links", "warn", detail, remedy)
    if urlsplit(url).hostname in LOOPBACK:
        detail = f"messages link to {url}, which only this machine reaches"
        return Finding("links", "warn", detail, "set RELEVO_PUBLIC_URL to how people reach it")
    return Finding("links", "ok", f"messages link to {url}")


async def check_sign_in(configured: "Configuration") -> list[Finding]:
    """Ask the provider people sign in with, if there is one, what it is like."""
    from services.handoff.console.provider import NotSignedIn, Provider
    from services.handoff.sign_in_settings import SignInSettings

    settings = configured.services["handoff"]
    assert isinstance(settings, SignInSettings)
    if not settings.has_provider:
        return [Finding("sign-in", "ok", "by password")]
    provider = Provider(settings)
    try:
        described = await provider.discovered()
        await provider.keys()
    except NotSignedIn as fault:
        remedy = "look at RELEVO_OIDC_ISSUER; an internal one needs RELEVO_OIDC_ALLOW"
        return [Finding("sign-in", "fail", fault.detail, remedy)]
    finally:
        await provider.close()
    detail = f"{provider.issuer} answers; it must know Relevo's address {provider.return_to}"
    found = [Finding("sign-in", "ok", detail)]
    for name, needed in NEEDED_OF_PROVIDER.items():
        if needed not in described.get(name, [needed]):
            remedy = "let it support that for this client, or use another provider"
            found.append(Finding("sign-in", "fail", f"{name} has no {needed}", remedy))
    return found


def _line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


def check_mail(configured: "Configuration") -> Iterator[Finding]:
    """Speak with the mail server up to the point where a mail would follow."""
    settings = configured.services["notify"]
    secret = getattr(settings, "smtp_url", None)
    if secret is None:
        remedy = "set RELEVO_SMTP_URL, or give everybody another channel"
        yield Finding("mail", "warn", "no mail server is set: no mail is sent", remedy)
        return
    parts = urlsplit(secret.get_secret_value())
    host, is_tls = parts.hostname or "", parts.scheme == "smtps"
    port = parts.port or (465 if is_tls else 587 if parts.username else 25)
    context = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(host, port, timeout=MAIL_TIMEOUT_S, context=context)
            if is_tls
            else smtplib.SMTP(host, port, timeout=MAIL_TIMEOUT_S)
        ) as server:
            server.ehlo()
            if not is_tls and server.has_extn("starttls"):
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException) as error:
        remedy = "look at RELEVO_SMTP_URL"
        yield Finding("mail", "fail", f"{host}:{port}: {type(error).__name__}", remedy)
    else:
        yield Finding("mail", "ok", f"{host}:{port} answers")
