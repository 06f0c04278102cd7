"""Notify's pages, put together."""

from fastapi import APIRouter

from services.notify.console import (
    channel_routes,
    delivery_routes,
    inbox_routes,
    subscription_acts,
    subscription_routes,
)
from services.notify.console.tools import Tools
from services.notify.console.words import WORDS
from services.notify.settings import NotifySettings
from services.notify.store.tables import console_session
from shared.console.console import Console
from shared.console.session_copies import find_in
from shared.db import Database
from shared.routes import gathered


def build_console(settings: NotifySettings, db: Database) -> Console:
    """Return what notify's pages are made with."""
    package = __name__.rpartition(".")[0]
    return Console(settings, db, package, WORDS, find_in(console_session))


def router(tools: Tools) -> APIRouter:
    """Return all routes of the pages. None of them is in the description of the API."""
    modules = (
        *(subscription_routes, subscription_acts, delivery_routes),
        *(inbox_routes, channel_routes),
    )
    return gathered((module.router(tools) for module in modules), described=False)
