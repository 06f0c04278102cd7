"""A migration that rewrites a table keeps what is in it."""

from alembic import command
from sqlalchemy import Connection, text

from services.notify.store import tables
from shared.ids import new_id
from shared.migrations import _config, migrate

OLD = """
INSERT INTO notification (id, person_id, handoff_id, lead_id, step, dedupe, positions, name,
  email, state, tried, created_at, due_at)
VALUES (:id, :id, :id, :id, 'new', 'once', '[1]', 'Ana', 'ana@acme.com', 'told', '[]',
  '2026-03-02 12:00:00', '2026-03-02 12:00:00')
"""


async def test_messages_are_there_after_the_table_was_copied(new_url, open_database):
    db = await open_database(await new_url(), "notify", tables.TABLES)
    message_id = new_id()

    def before(conn: Connection) -> None:
        if db.schema is not None:
            conn.execute(text(f"CREATE SCHEMA {db.schema}"))
        config = _config("notify")
        config.attributes |= {"connection": conn, "tables": db.tables}
        command.upgrade(config, "0002")
        conn.execute(text(OLD), {"id": message_id})

    await db.write(before)
    await migrate(db)

    (row,) = await db.read(lambda conn: conn.execute(tables.notification.select()).all())
    assert (row.id, row.handoff_id, row.positions, row.notice) == (
        message_id,
        message_id,
        [1],
        None,
    )
