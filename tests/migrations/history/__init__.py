"""A history of two migrations, in the place where ``shared.migrations`` looks for services."""

from pathlib import Path

from sqlalchemy import Column, Integer, Table, Text

import services
from shared.db import Database, metadata

services.__path__.append(str(Path(__file__).parent))

TABLES = metadata()
FIRST = Table("first", TABLES, Column("id", Integer, primary_key=True), Column("name", Text))
SECOND = Table("second", TABLES, Column("id", Integer, primary_key=True))


def sample_database(url: str) -> Database:
    """Return the database of the service that has this history."""
    return Database(url, "sample", TABLES)
