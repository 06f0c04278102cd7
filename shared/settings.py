"""Settings come from environment variables that start with ``RELEVO_``.

A secret can be given as a file: ``RELEVO_ADMIN_KEY_FILE`` holds the path of a file with
the value of ``RELEVO_ADMIN_KEY``. A name nobody reads is reported at start, and refused in
production, because a misspelt setting would silently leave the default in force.
"""

import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "RELEVO_"
SHORTEST_KEY = 32
LOOPBACK = ("127.0.0.1", "::1", "localhost")
WELL_KNOWN = ("postgres", "password", "relevo", "change-me", "changeme", "secret")
FOREIGN = (
    "RELEVO_TEST_",
    "RELEVO_BENCH_",
    "RELEVO_VENDOR_SAMPLES",
    "RELEVO_OLIST",
)  # read by tests, not by us
# Kubernetes tells each pod of the services around it: RELEVO_INGEST_SERVICE_HOST, …_PORT_80_TCP.
SERVICE_LINK = re.compile(r"\w+(_SERVICE_(HOST|PORT)|_PORT_\d+_(TCP|UDP|SCTP))(_\w+)?")


class FileSource(PydanticBaseSettingsSource):
    """Reads ``RELEVO_<NAME>_FILE``: the setting's value is what the file holds."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        return (Path(path).read_text().strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self._fields()}
        return {name: value for name, value in values.items() if value is not None}

    def _fields(self) -> Iterable[tuple[str, Any]]:
        return self.settings_cls.model_fields.items()


class Settings(BaseSettings):
    """What every service needs."""

    # NAME= in an environment file means "not set", not "the empty text".
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    database_url: str = Field(
        default="sqlite:///data",
        repr=False,  # it may hold a password
        description="`sqlite:///DIR` (one file per service) or `postgresql://…` (one schema "
        "per service).",
    )
    bus_url: str = Field(
        default="sqlite:///data", description="`sqlite:///DIR` or `kafka://host:port,host:port`."
    )
    admin_key: SecretStr | None = Field(
        default=None,
        description="A key that may do everything, for the first steps and for recovery.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8480", description="How people and tools reach this installation."
    )
    company: str = Field(default="", description="The company's name, for texts people read.")
    language: Literal["en", "es"] = Field(
        default="en", description="Language where nobody's own is known."
    )
    zone: str = Field(default="UTC", description="IANA time zone where nobody's own is known.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(
        default=8480, ge=0, le=65535, description="Port to listen on; 0 picks a free one."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important lines that are logged."
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="One JSON object a line, or text."
    )
    environment: Literal["development", "production"] = Field(
        default="development", description="`production` refuses to start with unsafe settings."
    )
    migrate_on_start: bool = Field(
        default=True,
        description="Bring the tables up to date at start; with several replicas, `relevo migrate`"
        " does it before.",
    )

    @field_validator("database_url")
    @classmethod
    def _names_a_database(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("it starts with sqlite:/// (a directory) or postgresql://")
        return url

    @field_validator("bus_url")
    @classmethod
    def _names_a_bus(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "kafka://")):
            raise ValueError("it starts with sqlite:/// (a directory) or kafka://")
        return url

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("it is an http or https URL, for example https://relevo.acme.com")
        return url.rstrip("/")

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError, and odd paths
            raise ValueError("it is an IANA time zone, for example Europe/Madrid") from None
        return zone

    def unsafe(self) -> list[str]:
        """Return what ``environment=production`` refuses, a sentence with the remedy each."""
        found = []
        key = self.admin_key.get_secret_value() if self.admin_key else ""
        if not key and not self.database_url.startswith("sqlite:///"):
            found.append("RELEVO_ADMIN_KEY is not set: nobody could make the first API key")
        if key and len(key) < SHORTEST_KEY:
            found.append(f"RELEVO_ADMIN_KEY is shorter than {SHORTEST_KEY} characters")
        public = urlsplit(self.public_url)
        if public.scheme != "https" and public.hostname not in LOOPBACK:
            found.append("RELEVO_PUBLIC_URL is not https: links and credentials would travel open")
        if urlsplit(self.database_url).password in WELL_KNOWN:
            found.append("RELEVO_DATABASE_URL has a well-known password")
        if self.log_level == "debug":
            found.append("RELEVO_LOG_LEVEL is debug: libraries then log what they send")
        return found

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, FileSource(settings_cls)


def unknown_names(classes: Iterable[type[Settings]], environment: Mapping[str, str]) -> list[str]:
    """Return a sentence for each ``RELEVO_`` variable that no class reads."""
    names = {
        f"{name.upper()}{suffix}"
        for settings in classes
        for name in settings.model_fields
        for suffix in ("", "_FILE")
    }
    sentences = []
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name.startswith(FOREIGN) or name[len(PREFIX) :] in names:
            continue
        if SERVICE_LINK.fullmatch(name) or environment[name].startswith("tcp://"):
            continue
        # Without the prefix: it would make any two names alike.
        close = get_close_matches(name.removeprefix(PREFIX), names, n=1)
        hint = f"; did you mean {PREFIX}{close[0]}?" if close else ""
        sentences.append(f"{name} is not a setting of Relevo and has no effect{hint}")
    return sentences
