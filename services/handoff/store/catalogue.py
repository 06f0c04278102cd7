"""The catalogue of handoff's tables; whoever declares one adds it here."""

from shared.db import metadata

TABLES = metadata()
