"""Bringing a service's tables to the state its code expects.

Each service has its own Alembic history in its package, run from code, so it works from an
installed wheel. Two replicas that start together take turns; a run that was killed can be
repeated.
"""

from functools import cache
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from shared.db import Database

LOCK = 0x72656C65766F  # "relevo": the transaction-level advisory lock of all migrations


def _config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(f"services.{service}") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


async def migrate(db: Database) -> None:
    """Run every migration that is still missing, in one transaction."""

    def upgrade(conn: Connection) -> None:
        if conn.dialect.name == "postgresql":
            conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            _create_schema(conn, db)
        if is_current(conn, db.service):
            return  # as at most starts; reading every migration would cost more than the look
        config = _config(db.service)
        config.attributes["connection"] = conn
        config.attributes["tables"] = db.tables
        command.upgrade(config, "head")

    await db.write(upgrade)


def _create_schema(conn: Connection, db: Database) -> None:
    exists = text("SELECT to_regnamespace(:name) IS NOT NULL")
    if not conn.execute(exists, {"name": db.schema}).scalar_one():
        # IF NOT EXISTS would ask for the right to create one even where there is one.
        conn.execute(text(f"CREATE SCHEMA {db.schema}"))


def is_current(conn: Connection, service: str) -> bool:
    """Return whether the tables are what this code expects."""
    context = MigrationContext.configure(conn, opts={"version_table": version_table(service)})
    return frozenset(context.get_current_heads()) == _heads(service)


@cache
def _heads(service: str) -> frozenset[str]:
    """Return the newest migrations in the code; readiness asks too often to read the files."""
    return frozenset(ScriptDirectory.from_config(_config(service)).get_heads())


def pending(conn: Connection, service: str) -> list[str]:
    """Return the migrations still to be run, oldest first, each as ``id title``."""
    scripts = ScriptDirectory.from_config(_config(service))
    context = MigrationContext.configure(conn, opts={"version_table": version_table(service)})
    lower = context.get_current_heads() or "base"
    missing = list(scripts.iterate_revisions("heads", lower))
    return [f"{one.revision} {one.doc}" for one in reversed(missing)]


def version_table(service: str) -> str:
    """Return the name of the table that holds the history of ``service``."""
    return f"alembic_version_{service}"


def run_environment(service: str) -> None:
    """Be the body of a service's ``env.py``: run inside the caller's connection and transaction."""
    from alembic import context

    config = context.config
    context.configure(
        connection=config.attributes["connection"],
        target_metadata=config.attributes["tables"],
        version_table=version_table(service),
        render_as_batch=config.attributes["connection"].dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=False,
    )
    context.run_migrations()
