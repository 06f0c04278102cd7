"""Each service's history makes exactly the tables its code expects, on both databases."""

from importlib import import_module

import pytest

from services.parts import NAMES
from shared.migrations import is_current
from tests.support.migrations import differences


@pytest.mark.parametrize("service", NAMES)
async def test_the_history_makes_the_tables_of_the_code(service, new_url, open_database):
    tables = import_module(f"services.{service}.store.tables").TABLES
    migrated = await open_database(await new_url(), service, tables)
    created = await open_database(await new_url(), service, tables)

    assert await differences(migrated, created) == []
    assert await migrated.read(lambda conn: is_current(conn, service))
