"""The settings of a process: read, checked, and completed with an admin key.

``relevo serve``, ``migrate`` and ``doctor`` start here, so all of them see the same
settings and refuse the same mistakes.
"""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from services.cli.environment import CliSettings
from services.parts import NAMES, settings_class
from shared.access import new_key
from shared.answer_links import LinkSettings
from shared.db import sqlite_directory
from shared.settings import PREFIX, Settings, unknown_names

ADMIN_KEY_FILE = "admin-key"
LINK_KEY_FILE = "link-key"
LINK_KEY_BYTES = 32


class BadSettings(Exception):
    """The environment holds values Relevo cannot start with, one sentence for each."""

    def __init__(self, sentences: Sequence[str]):
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of the chosen services. All of them share the base class's values."""

    services: Mapping[str, Settings]
    admin_key_file: Path | None = None
    is_admin_key_new: bool = False

    @property
    def common(self) -> Settings:
        return next(iter(self.services.values()))


def read(names: Sequence[str], **given: Any) -> Configuration:
    """Read the settings of the services ``names``; ``given`` overrides the environment.

    Raises ``BadSettings`` with every wrong value, not only the first.
    """
    faults: dict[str, None] = {}  # the services share settings: each fault is told once
    services = {}
    for name in names:
        try:
            services[name] = settings_class(name)(**given)
        except ValidationError as error:
            faults |= dict.fromkeys(_sentences(error))
        except OSError as error:
            faults[f"a {PREFIX}…_FILE cannot be read: {error}"] = None
    if faults:
        raise BadSettings(list(faults))
    return Configuration(services)


def unknown() -> list[str]:
    """Return a sentence for each ``RELEVO_`` variable that nothing reads."""
    return unknown_names([CliSettings, *map(settings_class, NAMES)], os.environ)


def unsafe(configuration: Configuration) -> list[str]:
    """Return what must not be in production, a sentence each."""
    found: dict[str, None] = {}
    for settings in configuration.services.values():
        found |= dict.fromkeys(settings.unsafe())
    return list(found)


def with_admin_key(configuration: Configuration) -> Configuration:
    """Return the configuration with an admin key, where one can be made or found.

    The embedded world makes one at the first start and keeps it in its data directory,
    readable by its owner only. With PostgreSQL replicas would each make their own, so
    there the operator gives it.
    """
    common = configuration.common
    if common.admin_key is not None or not common.database_url.startswith("sqlite:///"):
        return configuration
    path = sqlite_directory(common.database_url) / ADMIN_KEY_FILE
    made = _make(path, new_key())
    key = path.read_text().strip()
    services = _with(configuration, admin_key=SecretStr(key))
    return Configuration(services, path, made)


def with_link_key(configuration: Configuration) -> Configuration:
    """Return the configuration with a key for the links in messages, as for the admin key."""
    common = configuration.common
    if not common.database_url.startswith("sqlite:///"):
        return configuration
    services = dict(configuration.services)
    for name, settings in services.items():
        if isinstance(settings, LinkSettings) and settings.link_keys is None:
            path = sqlite_directory(common.database_url) / LINK_KEY_FILE
            _make(path, secrets.token_urlsafe(LINK_KEY_BYTES))
            key = SecretStr(path.read_text().strip())
            services[name] = settings.model_copy(update={"link_keys": key})
    return replace(configuration, services=services)


def reached_at(configuration: Configuration, url: str) -> Configuration:
    """Return the configuration with ``url`` as the public one, unless another was given.

    It still counts as not given: it leads to this machine, which a message must not do.
    """
    if "public_url" in configuration.common.model_fields_set:
        return configuration
    services = _with(configuration, public_url=url)
    for settings in services.values():
        settings.model_fields_set.discard("public_url")
    return replace(configuration, services=services)


def _with(configuration: Configuration, **values: Any) -> dict[str, Settings]:
    return {
        name: settings.model_copy(update=values)
        for name, settings in configuration.services.items()
    }


def _make(path: Path, key: str) -> bool:
    """Write ``key`` to ``path`` unless there is one; return whether it was written."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(file, "w") as writing:
        writing.write(key + "\n")
        writing.flush()
        os.fsync(writing.fileno())
    return True


def _sentences(error: ValidationError) -> list[str]:
    # The value may be a secret, so a sentence names the setting and the rule only.
    return [
        _sentence(fault["loc"], fault["msg"])
        for fault in error.errors(include_input=False, include_url=False)
    ]


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    if not place:  # about several settings, which the message names
        return message.removeprefix("Value error, ")
    return f"{PREFIX}{'__'.join(str(step) for step in place).upper()}: {message}"
