"""Who changed which source, and who had receipts read again."""

from dataclasses import replace
from typing import Any

from services.ingest.service import copy_directory
from services.ingest.store.tables import AUDIT as TABLE
from shared.audit import Entry, write_down
from shared.contracts.directory import KeyChanged, PersonChanged
from shared.ids import new_id
from tests.builders import REP, person_changed
from tests.service.ingest.test_console_sources import member
from tests.service.ingest.world import World
from tests.support.visiting import words_of

AUDIT = "/v1/operations/ingest/audit"


async def audit(world: World) -> list[dict[str, Any]]:
    """Return what was changed, oldest first."""
    answer = await world.api("GET", AUDIT)
    assert answer.status_code == 200, answer.text
    return list(reversed(answer.json()["items"]))


async def test_every_change_of_a_source_is_written_down(world: World):
    await world.source("web")
    await world.change("web", state="paused")
    await world.change("web", settings={"touch_kinds": {"Guide": "content.downloaded"}})
    new = (await world.api("POST", "/v1/sources/web/rotate", {})).json()
    revoke = f"/v1/sources/web/credentials/{new['id']}/revoke"
    assert (await world.api("POST", revoke)).status_code == 204
    await world.api("DELETE", "/v1/sources/web")

    rows = await audit(world)
    assert [(one["what"], one["detail"]) for one in rows] == [
        ("source.added", {"name": "web", "vendor": "generic"}),
        ("source.changed", {"changed": ["state"], "state": "paused"}),
        ("source.changed", {"changed": ["settings"], "state": "paused"}),
        ("source.rotated", {"credential_id": new["id"], "overlap_s": 86_400}),
        ("source.credential_revoked", {"credential_id": new["id"]}),
        ("source.archived", {}),
    ]
    assert {(one["who"], one["subject"]) for one in rows} == {("admin", rows[0]["subject"])}


async def test_a_refused_change_leaves_no_row(world: World):
    await world.source("web")
    again = await world.api("POST", "/v1/sources", {"name": "web", "vendor": "generic"})

    assert again.status_code == 409
    assert [one["what"] for one in await audit(world)] == ["source.added"]


async def test_reading_receipts_again_is_written_down(world: World):
    token = await world.source("web")
    for _ in range(3):
        await world.send("/hooks/web", b"{broken", token)
    await world.read()
    first, *_ = await world.receipts(state="parked")
    await world.api("POST", f"/v1/receipts/{first['id']}/retry")
    await world.api("POST", "/v1/receipts/retry", {"source": "web", "reason": "invalid_json"})
    await world.api("POST", "/v1/receipts/retry", {"reason": "no_such_reason"})

    added, one, many = await audit(world)
    assert (one["what"], one["subject"]) == ("receipt.retried", first["id"])
    assert (many["what"], many["subject"]) == ("receipts.retried", added["subject"])
    assert many["detail"] == {"count": 2, "reason": "invalid_json"}


async def test_the_audit_keeps_no_credential(world: World):
    token = await world.source("web")
    new = (await world.api("POST", "/v1/sources/web/rotate", {})).json()
    text = (await world.api("GET", AUDIT)).text

    assert token not in text
    assert new["value"] not in text


async def test_the_page_names_people_who_are_not_signed_in_and_keys(world: World):
    now, db = world.clock.now(), world.service.db
    newer, older = person_changed(REP, revision=2), person_changed(REP, revision=1)
    assert isinstance(older.data, PersonChanged)
    before = replace(older, data=older.data.model_copy(update={"name": "Before Marrying"}))
    key = KeyChanged(
        key_id=new_id(), revision=1, hash="h", name="crm", scopes=[], person_id=None, revoked_at=now
    )
    told = replace(older, data=key)
    await db.write(lambda conn: copy_directory(conn, [newer, before, told]))
    done = [Entry(who, "source.changed", new_id()) for who in (REP.person_id, "crm")]
    await db.write(lambda conn: write_down(conn, TABLE, now, *done))
    visit = await member(world, roles=["admin"])

    said = words_of(await visit.get("/audit/ingest"))
    assert f"{REP.name} · cambió una fuente" in said
    assert "crm · cambió una fuente" in said
