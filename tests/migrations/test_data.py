"""A migration that rewrites a table keeps what is in it."""

from datetime import UTC, date, datetime
from typing import Any

from alembic import command
from sqlalchemy import Connection, text

from services.handoff.store import tables as handoff_tables
from services.ingest.store import tables as ingest_tables
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


PERSON = """
INSERT INTO person (person_id, revision, name, email, roles, language, zone, channels, active)
VALUES (:id, 1, 'Ana', :email, '["rep"]', 'es', 'UTC', '[]', true)
"""
HOURS = """
INSERT INTO person_hours (person_id, revision, document) VALUES (:id, 1, :document)
"""


async def test_the_last_day_of_who_leaves_becomes_a_field_of_the_person(new_url, open_database):
    db = await open_database(await new_url(), "handoff", handoff_tables.TABLES)
    leaver, stayer, usual = new_id(), new_id(), new_id()

    def before(conn: Connection) -> None:
        if db.schema is not None:
            conn.execute(text(f"CREATE SCHEMA {db.schema}"))
        config = _config("handoff")
        config.attributes |= {"connection": conn, "tables": db.tables}
        command.upgrade(config, "0011")
        for person_id in (leaver, stayer, usual):
            conn.execute(text(PERSON), {"id": person_id, "email": f"{person_id}@acme.com"})
        conn.execute(text(HOURS), {"id": leaver, "document": '{"last_day": "2027-03-31"}'})
        conn.execute(text(HOURS), {"id": stayer, "document": '{"last_day": null, "leave": []}'})

    await db.write(before)
    await migrate(db)

    rows = await db.read(lambda conn: conn.execute(handoff_tables.PERSON.select()).all())
    assert {row.person_id: row.last_day for row in rows} == {
        leaver: date(2027, 3, 31),
        stayer: None,
        usual: None,
    }


RECEIPT = """
INSERT INTO receipt (id, source_id, vendor, received_at, request, body, state, events, published,
  duplicates, parked, read_at)
VALUES (:id, :source, 'generic', :at, :none, :none, :state, 3, 1, 1, :parked, :read_at)
"""


async def test_the_days_of_the_ledger_are_counted_from_the_receipts(new_url, open_database):
    db = await open_database(await new_url(), "ingest", ingest_tables.TABLES)
    source = new_id()
    late, early = "2026-03-01 23:30:00.000000", "2026-03-02 00:30:00.000000"
    read = [(late, "parked", 1), (early, "read", 0), (early, "pending", 0)]

    def moment(text_of: str) -> Any:
        at = datetime.fromisoformat(text_of).replace(tzinfo=UTC)
        return at if db.schema is not None else text_of

    def before(conn: Connection) -> None:
        if db.schema is not None:
            conn.execute(text(f"CREATE SCHEMA {db.schema}"))
        config = _config("ingest")
        config.attributes |= {"connection": conn, "tables": db.tables}
        command.upgrade(config, "0007")
        for at, state, parked in read:
            row = {"id": new_id(), "source": source, "state": state, "parked": parked, "none": b""}
            events = {"at": moment(at), "read_at": moment(at)}
            insert = RECEIPT if state != "read" else RECEIPT.replace(", 3, 1, 1,", ", 2, 1, 1,")
            conn.execute(text(insert), row | events)

    await db.write(before)
    await migrate(db)

    rows = await db.read(lambda conn: conn.execute(ingest_tables.LEDGER_DAY.select()).all())
    assert {(row.day, row.received, row.published, row.duplicates, row.parked) for row in rows} == {
        ("2026-03-01", 3, 1, 1, 1),
        ("2026-03-02", 5, 2, 2, 0),
    }
