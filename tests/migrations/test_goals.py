"""What leads had at hand-offs of before: read from what was frozen then."""

from typing import Any

import orjson
from sqlalchemy import insert, select

from services.handoff.domain.advice import had
from services.handoff.domain.explain import explained
from services.handoff.domain.rule_proposals import facts_of
from services.handoff.store.tables import HANDOFF, HANDOFF_HAD, TABLES
from shared.ids import new_id
from shared.migrations import migrate
from tests.builders import NOON
from tests.support.migrations import migrate_to
from tests.unit.handoff.written import asked, policy_of, touch

VERSION = policy_of(
    {"webinar": {"touch": "webinar.attended"}, "replied": {"touch": "email.replied"}},
    {"any": {"signal": ["webinar", "replied"]}},
    fit={
        "decides": {"when": {"lead.title": "cto"}, "points": 10},
        "young": {"when": {"lead.title": "student"}, "points": -10},
        "big": {"when": {"account.employees": {"at_least": 50}}, "points": 10},
    },
)
EXPLAINED = explained(
    asked(
        VERSION,
        touch("1", "webinar.attended"),
        touch("2", "email.replied", made_by="unsure"),
        lead={"title": "CTO"},
    )
)


FACTS = {"seniority": "c_level", "phone": "+34600111222", "tags": ["a"]}


def handoff(snapshot: dict[str, Any]) -> dict[str, Any]:
    return {
        **dict.fromkeys(("policy", "agreement", "gate", "tier", "stage", "lead_name"), "x"),
        **{name: new_id() for name in ("handoff_id", "lead_id", "version_id", "owner_id")},
        **dict.fromkeys(("cycle", "version", "engagement", "fit", "attempts"), 1),
        **dict.fromkeys(("decided_at", "due_at"), NOON),
        "snapshot": orjson.dumps(snapshot),
    }


async def test_what_leads_had_is_filled_in_for_the_hand_offs_there_are(new_url, open_database):
    db = await open_database(await new_url(), "handoff", TABLES)
    await db.write(lambda conn: migrate_to(conn, db, "0002"))
    known = {"name": "Eva", "title": "CTO", "language": None, "country": "ES", "facts": FACTS}
    frozen = {"evaluation": EXPLAINED, "lead": known, "account": {"facts": {"employees": 60}}}
    before = [handoff(frozen) for _ in range(1001)]
    await db.write(lambda conn: conn.execute(insert(HANDOFF), [*before, handoff({})]))
    await migrate(db)
    rows = await db.read(lambda conn: conn.execute(select(HANDOFF_HAD)).all())

    assert {row.handoff_id for row in rows} == {one["handoff_id"] for one in before}
    assert all((row.signals, row.fit) == had(EXPLAINED) for row in rows)
    assert rows[0].fit == {"decides": True, "young": False, "big": None}
    assert all(row.facts == facts_of(known, frozen["account"]) for row in rows)
