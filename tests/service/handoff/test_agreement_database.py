"""What the database itself refuses, whoever writes: an unsigned version in force."""

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from services.handoff.store.tables import POLICY_VERSION
from shared.ids import stable_id
from tests.service.handoff.world import NOON

ANA, BEN = stable_id("person", "ana"), stable_id("person", "ben")
TRIED = f"tried_at = '{NOON.isoformat()}'"
MARKETING, SALES = f"marketing_signed_by = '{ANA}'", f"sales_signed_by = '{BEN}'"
AGREED = f"{TRIED}, {MARKETING}, {SALES}"
# `b2b` is on trial: its version 1 decides, 2 is a draft. `other` has drafts only.
OTHER, B2B = "policy = 'other' AND number = 1", "policy = 'b2b' AND number = 2"


@pytest.fixture
async def drafts(world):
    rows = [
        {
            "version_id": stable_id("version", policy, str(number)),
            "policy": policy,
            "number": number,
            "text": "",
            "digest": "",
            "state": "draft",
            "agreement": "trial",
            "created_at": NOON,
            "created_by": "test",
        }
        for policy, number in (("b2b", 2), ("other", 1), ("other", 2))
    ]
    await world.db.write(lambda conn: conn.execute(insert(POLICY_VERSION), rows))
    return world


async def run(world, *statements):
    def work(conn):
        for statement in statements:
            conn.execute(text(statement))

    await world.db.write(work)


def change(values, which=OTHER):
    return f"UPDATE policy_version SET {values} WHERE {which}"


REFUSED = [
    pytest.param(change("state = 'in_force'"), id="a draft put in force"),
    pytest.param(change("state = 'in_force'", B2B), id="a draft beside the one on trial"),
    pytest.param(
        change("state = 'in_force', trial_of = 'other'"), id="on a trial that does not exist"
    ),
    pytest.param(change("state = 'in_force', trial_of = 'b2b'"), id="on another policy's trial"),
    pytest.param(
        change("state = 'in_force', agreement = 'signed'"), id="said to be signed by nobody"
    ),
    pytest.param(
        change(f"state = 'in_force', agreement = 'signed', {TRIED}, {MARKETING}"),
        id="signed by marketing alone",
    ),
    pytest.param(
        change(f"state = 'in_force', agreement = 'signed', {TRIED}, {SALES}"),
        id="signed by sales alone",
    ),
    pytest.param(
        change(f"{TRIED}, {MARKETING}, sales_signed_by = '{ANA}'"), id="signed twice by one"
    ),
    pytest.param(change(f"{MARKETING}, {SALES}"), id="signed untried"),
    pytest.param(
        change(f"{TRIED}, {MARKETING}, sales_signed_by = '{stable_id('nobody')}'"),
        id="signed by somebody unknown",
    ),
    pytest.param(change(f"state = 'in_force', {AGREED}"), id="signed and not activated as that"),
    pytest.param(change("state = 'in_force', agreement = 'agreed'"), id="a third kind"),
    pytest.param(change("state = 'running'"), id="a state of somebody's own"),
    pytest.param(
        change(f"state = 'scheduled', starts_at = '{NOON.isoformat()}'"), id="an unsigned date"
    ),
    pytest.param(change(f"state = 'scheduled', agreement = 'signed', {AGREED}"), id="no date"),
    pytest.param("DELETE FROM trial WHERE policy = 'b2b'", id="the trial ended under what runs"),
    pytest.param(
        "UPDATE policy_version SET trial_of = NULL WHERE state = 'in_force'",
        id="what runs taken off its trial",
    ),
    pytest.param(
        f"UPDATE policy_version SET state = 'in_force', agreement = 'signed', {AGREED}"
        " WHERE policy = 'other'",
        id="two in force",
    ),
    pytest.param(
        f"UPDATE policy_version SET state = 'scheduled', agreement = 'signed', {AGREED},"
        f" starts_at = '{NOON.isoformat()}' WHERE policy = 'other'",
        id="two scheduled",
    ),
]


@pytest.mark.parametrize("statement", REFUSED)
async def test_the_database_refuses_what_no_two_people_signed(drafts, statement):
    before = await drafts.read(everything)
    with pytest.raises(IntegrityError):
        await run(drafts, statement)

    assert await drafts.read(everything) == before


async def test_the_database_takes_what_two_people_signed(drafts):
    await run(drafts, change(f"state = 'in_force', agreement = 'signed', {AGREED}"))

    assert [(row.policy, row.agreement) for row in await drafts.read(deciding)] == [
        ("b2b", "trial"),
        ("other", "signed"),
    ]


async def test_without_its_trial_a_policy_has_nothing_unsigned_in_force(drafts):
    succeeded = change("state = 'succeeded', trial_of = NULL", "state = 'in_force'")
    await run(drafts, succeeded, "DELETE FROM trial")
    with pytest.raises(IntegrityError):
        await run(drafts, change("state = 'in_force', trial_of = 'b2b'", B2B))

    assert await drafts.read(deciding) == []


def everything(conn):
    return conn.execute(select(POLICY_VERSION).order_by(POLICY_VERSION.c.version_id)).all()


def deciding(conn):
    query = select(POLICY_VERSION).where(POLICY_VERSION.c.state == "in_force")
    return conn.execute(query.order_by(POLICY_VERSION.c.policy)).all()
