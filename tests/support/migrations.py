"""What a service's tables are in a real database, so that two ways to make them can be compared.

::

    assert await differences(migrated, created) == []
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from services.parts import NAMES, database, settings_class
from shared.db import Database
from shared.migrations import _config, _create_schema, migrate, version_table


async def differences(migrated: Database, created: Database) -> list[str]:
    """Migrate one empty database, create the tables in another; return how they differ.

    Compared are all columns, constraints and indexes as the database tells them, the
    conditions of checks and partial indexes included, and then what Alembic would change.
    """
    await migrate(migrated)
    await created.write(lambda conn: _create_all(conn, created))
    with _indexes_on_expressions():
        ours = await migrated.read(lambda conn: described(conn, migrated.service))
        wanted = await created.read(lambda conn: described(conn, created.service))
        changes = await migrated.read(lambda conn: _changes(conn, migrated))
    found = [
        f"{place}: migrated {ours.get(place)}, in the code {wanted.get(place)}"
        for place in sorted(ours.keys() | wanted.keys())
        if ours.get(place) != wanted.get(place)
    ]
    return found + [repr(change) for change in changes]


@contextmanager
def _indexes_on_expressions() -> Iterator[None]:
    """Let SQLAlchemy pass over the indexes it cannot read back from SQLite."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based")
        warnings.filterwarnings("ignore", "autogenerate skipping metadata-specified expression")
        yield


async def migrate_all(url: str) -> None:
    """Make every service's tables in an empty database or directory."""
    for name in NAMES:
        db = database(name, settings_class(name)(database_url=url))
        await db.start()
        await migrate(db)
        await db.stop()


def migrate_to(conn: Connection, db: Database, revision: str) -> None:
    """Bring an empty database to where an earlier release had it."""
    if db.schema is not None:
        _create_schema(conn, db)
    config = _config(db.service)
    config.attributes["connection"] = conn
    config.attributes["tables"] = db.tables
    command.upgrade(config, revision)


def described(conn: Connection, service: str) -> dict[str, Any]:
    """Return every column, constraint and index of the service's tables by its place."""
    inspector = inspect(conn)
    found: dict[str, Any] = {}
    for table in inspector.get_table_names():
        if table == version_table(service):
            continue
        found[table] = inspector.get_table_options(table)
        found[f"{table} primary key"] = inspector.get_pk_constraint(table)
        for column in inspector.get_columns(table):
            found[f"{table}.{column['name']}"] = {**column, "type": str(column["type"])}
        for kind, things in (
            ("unique", inspector.get_unique_constraints(table)),
            ("foreign key", inspector.get_foreign_keys(table)),
            ("check", inspector.get_check_constraints(table)),
            ("index", inspector.get_indexes(table)),
        ):
            for thing in things:
                found[f"{table} {kind} {thing['name']}"] = _plain(thing)
    if conn.dialect.name == "sqlite":  # what it cannot read back as values, it can as text
        written = text("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
        found |= {f"index {name} as written": sql for name, sql in conn.execute(written)}
    return found


def _plain(thing: Any) -> Any:
    """Return reflected options with SQL as text: clauses do not compare."""
    if isinstance(thing, dict):
        return {key: _plain(value) for key, value in thing.items()}
    return thing if isinstance(thing, str | int | list | None) else str(thing)


def _changes(conn: Connection, db: Database) -> list[Any]:
    options = {"compare_type": True, "version_table": version_table(db.service)}
    changes: list[Any] = compare_metadata(MigrationContext.configure(conn, opts=options), db.tables)
    return changes


def _create_all(conn: Connection, db: Database) -> None:
    if db.schema is not None:
        conn.execute(text(f"CREATE SCHEMA {db.schema}"))
    db.tables.create_all(conn)
