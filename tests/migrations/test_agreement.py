"""What decided before versions could be signed goes on deciding, as the trial it was."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from services.handoff.store.tables import TABLES
from shared.ids import new_id
from shared.migrations import migrate
from tests.support.migrations import migrate_to

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
INSERT = text(
    "INSERT INTO policy_version"
    " (version_id, policy, number, text, digest, state, agreement, created_at, created_by)"
    " VALUES (:id, :policy, :number, 'the text', 'd', :state, 'trial', :at, 'admin')"
)
VERSIONS = (
    ("inbound", 1, "succeeded"),
    ("inbound", 2, "in_force"),
    ("inbound", 3, "draft"),
    ("outbound", 1, "draft"),
)


@pytest.fixture
async def before(new_url, open_database):
    """A database of the release before, with versions in every state."""
    db = await open_database(await new_url(), "handoff", TABLES)

    def begin(conn: Connection) -> None:
        migrate_to(conn, db, "0001")
        at = NOON if conn.dialect.name == "postgresql" else NOON.isoformat(" ")
        for policy, number, state in VERSIONS:
            given = {"id": new_id(), "policy": policy, "number": number, "state": state, "at": at}
            conn.execute(INSERT, given)

    await db.write(begin)
    return db


async def test_what_decided_goes_on_as_a_trial_and_nothing_is_lost(before):
    await migrate(before)

    def look(conn):
        query = "SELECT policy, number, state, agreement, text, trial_of FROM policy_version"
        versions = conn.execute(text(f"{query} ORDER BY policy, number")).all()
        trials = conn.execute(text("SELECT policy, began_by FROM trial")).all()
        return [tuple(row) for row in versions], [tuple(row) for row in trials]

    versions, trials = await before.read(look)
    assert versions == [
        (policy, number, state, "trial", "the text", policy if state == "in_force" else None)
        for policy, number, state in VERSIONS
    ]
    assert trials == [("inbound", "admin")]


async def test_the_release_before_can_draft_beside_and_cannot_activate(before):
    await migrate(before)
    fourth = {"id": new_id(), "policy": "outbound", "number": 2, "state": "draft"}
    at = NOON if before.schema is not None else NOON.isoformat(" ")
    await before.write(lambda conn: conn.execute(INSERT, {**fourth, "at": at}))
    activate = "UPDATE policy_version SET state = 'in_force' WHERE policy = 'outbound'"

    with pytest.raises(IntegrityError):
        await before.write(lambda conn: conn.execute(text(f"{activate} AND number = 2")))
