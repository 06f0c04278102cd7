"""Ingest's pages, put together.

They read and change through the same handlers as the API, and ask for the same permissions.
"""

from fastapi import APIRouter

from services.ingest.console import (
    connecting,
    import_routes,
    receipt_routes,
    repair_routes,
    source_routes,
)
from services.ingest.console.tools import Tools
from services.ingest.console.words import WORDS
from services.ingest.settings import IngestSettings
from services.ingest.store.tables import CONSOLE_SESSION
from shared.console.console import Console
from shared.console.session_copies import find_in
from shared.db import Database
from shared.routes import gathered


def build_console(settings: IngestSettings, db: Database) -> Console:
    """Return what ingest's pages are made with."""
    package = __name__.rpartition(".")[0]
    return Console(settings, db, package, WORDS, find_in(CONSOLE_SESSION))


def console_routes(tools: Tools) -> APIRouter:
    """Return the routes of all pages. None of them is in the description of the API."""
    modules = (connecting, source_routes, repair_routes, receipt_routes, import_routes)
    return gathered((module.router(tools) for module in modules), described=False)
