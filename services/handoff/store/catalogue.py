"""The catalogue that all of handoff's tables are in."""

from shared.db import metadata

TABLES = metadata()
