"""The three services by name, loaded only when somebody asks for one.

The one place that knows them all. It imports none of them at the top, nor what they
import: ``relevo --help`` has to be quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.bus.port import Bus
    from shared.db import Database
    from shared.service import Service
    from shared.settings import Settings

NAMES = ("ingest", "handoff", "notify")


def settings_class(name: str) -> "type[Settings]":
    """Return the settings of service ``name``."""
    found: type[Settings] = getattr(_module(name, "settings"), f"{name.title()}Settings")
    return found


def build(name: str, settings: "Settings", bus: "Bus") -> "Service":
    """Wire service ``name``; it still has to be started."""
    service: Service = _module(name, "service").build(settings, bus)
    return service


def database(name: str, settings: "Settings") -> "Database":
    """Return the database of service ``name`` alone, for who looks after the tables."""
    from shared.db import Database

    return Database(settings.database_url, name, _module(name, "store.tables").TABLES)


def _module(service: str, module: str) -> Any:
    return import_module(f"services.{service}.{module}")
