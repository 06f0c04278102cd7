"""Ingest's pages, put together."""

from services.ingest.console.words import WORDS
from services.ingest.settings import IngestSettings
from services.ingest.store.tables import CONSOLE_SESSION
from shared.console.console import Console
from shared.console.session_copies import find_in
from shared.db import Database


def build_console(settings: IngestSettings, db: Database) -> Console:
    """Return what ingest's pages are made with."""
    package = __name__.rpartition(".")[0]
    return Console(settings, db, package, WORDS, find_in(CONSOLE_SESSION))
