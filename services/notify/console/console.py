"""Notify's pages, put together."""

from services.notify.console.words import WORDS
from services.notify.settings import NotifySettings
from services.notify.store.tables import console_session
from shared.console.console import Console
from shared.console.session_copies import find_in
from shared.db import Database


def build_console(settings: NotifySettings, db: Database) -> Console:
    """Return what notify's pages are made with."""
    package = __name__.rpartition(".")[0]
    return Console(settings, db, package, WORDS, find_in(console_session))
