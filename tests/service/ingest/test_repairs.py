"""Parked receipts that people repair, or say they do not want."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, select

from services.ingest.handlers import retries
from services.ingest.store.repairs import lock_receipt, replace_content
from services.ingest.store.tables import AUDIT, LEDGER_DAY, REPAIR, RETRY
from tests.service.ingest.test_erasing import order
from tests.service.ingest.test_reading import GUIDE, counts
from tests.service.ingest.test_retries import park, retrier
from tests.service.ingest.world import World

NOBODY = b'{"event": "Opened", "email": "ana@acme,com"}'
MENDED = '{"event": "Opened", "email": "ana@acme.com"}'


async def parked_id(world: World, body: bytes = NOBODY) -> str:
    token = await world.source()
    await park(world, token, 1, body)
    (receipt,) = await world.receipts(state="parked")
    return str(receipt["id"])


async def repair(world: World, receipt_id: str, body: str, **more: Any) -> Any:
    path = f"/v1/receipts/{receipt_id}/repair"
    return await world.api("POST", path, {"body": body, **more})


async def shown(world: World, receipt_id: str) -> Any:
    return (await world.api("GET", f"/v1/receipts/{receipt_id}")).json()


async def test_a_repaired_receipt_is_read_and_keeps_what_it_was(world: World):
    receipt_id = await parked_id(world)

    answer = await repair(world, receipt_id, MENDED, why="a comma in the address")
    await world.read()

    assert answer.status_code == 200, answer.text
    assert answer.json()["told"][0]["identity"] == "email:ana@acme.com"
    assert [touch.identity for touch in await world.touches()] == ["email:ana@acme.com"]
    assert await counts(world) == {"received": 1, "published": 1}
    receipt = await shown(world, receipt_id)
    assert (receipt["state"], receipt["body"]) == ("read", MENDED)
    (one,) = receipt["repairs"]
    assert (one["repaired_by"], one["why"]) == ("admin", "a comma in the address")
    original = await world.api("GET", f"/v1/receipts/{receipt_id}/original")
    assert original.json() == {"body": NOBODY.decode(), "body_encoding": "text"}
    audited = select(AUDIT.c.what).where(AUDIT.c.subject == receipt_id)
    assert await world.service.db.read(lambda conn: conn.execute(audited).scalars().all()) == [
        "receipt.repaired"
    ]


async def test_checking_a_repair_changes_nothing(world: World):
    receipt_id = await parked_id(world)
    before = await shown(world, receipt_id)

    answer = await world.api("POST", f"/v1/receipts/{receipt_id}/repair/check", {"body": MENDED})

    assert answer.json()["told"][0]["identity"] == "email:ana@acme.com"
    assert await shown(world, receipt_id) == before


async def test_a_repair_has_to_make_something_readable(world: World):
    receipt_id = await parked_id(world)
    codes = {
        "{": "still_unreadable",
        '{"event": "Opened"}': "still_unreadable",
        "[]": "still_unreadable",
        NOBODY.decode(): "unchanged",
    }
    for body, code in codes.items():
        answer = await repair(world, receipt_id, body)

        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert answer.json()["errors"][0]["pointer"].startswith("/body")
    assert (await shown(world, receipt_id))["state"] == "parked"


async def test_what_was_published_has_to_stay_in_its_place(world: World):
    bad = {"event": "Opened"}
    good = GUIDE | {"id": "g1"}
    token = await world.source()
    await world.send("/hooks/web", [bad, good], token)
    await world.read()
    (receipt,) = await world.receipts(state="parked")
    moved = orjson.dumps([good, bad | {"email": "b@acme.com"}]).decode()
    other = orjson.dumps([bad | {"email": "b@acme.com"}, good | {"email": "x@acme.com"}]).decode()
    right = orjson.dumps([bad | {"email": "b@acme.com"}, good]).decode()

    refused = [(await repair(world, receipt["id"], body)).json() for body in (moved, other)]
    taken = await repair(world, receipt["id"], right)
    await world.read()

    assert [one["code"] for one in refused] == ["moved", "moved"]
    assert taken.status_code == 200, taken.text
    assert await counts(world) == {"received": 2, "published": 2}
    assert len(await world.touches()) == 2, "what was published before is not published again"


async def test_a_packed_body_is_repaired_by_a_plain_one(world: World):
    token = await world.source()
    await world.send("/hooks/web", gzip.compress(NOBODY), token, content_encoding="gzip")
    await world.read()
    (receipt,) = await world.receipts(state="parked")

    await repair(world, receipt["id"], MENDED)
    await world.read()

    assert await counts(world) == {"received": 1, "published": 1}
    headers = (await shown(world, receipt["id"]))["request"]["headers"]
    assert "content-encoding" not in headers
    original = (await world.api("GET", f"/v1/receipts/{receipt['id']}/original")).json()
    assert original["body_encoding"] == "base64"


async def test_two_who_repair_at_once_do_not_repair_twice(world: World):
    receipt_id = await parked_id(world)

    answers = await asyncio.gather(*(repair(world, receipt_id, MENDED) for _ in range(4)))

    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    rows = await world.service.db.read(lambda conn: conn.execute(select(REPAIR)).all())
    assert len(rows) == 1


async def test_what_is_not_parked_is_not_repaired(world: World):
    token = await world.source()
    await world.send("/hooks/web", GUIDE, token)
    await world.read()
    (receipt,) = await world.receipts()

    answer = await repair(world, receipt["id"], MENDED)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_parked")
    unknown = await repair(world, "019c0000-0000-7000-8000-000000000001", MENDED)
    assert unknown.status_code == 404


async def test_a_discarded_receipt_is_in_no_group_and_the_ledger_adds_up(world: World):
    receipt_id = await parked_id(world)

    why = {"why": "a test of theirs"}
    answer = await world.api("POST", f"/v1/receipts/{receipt_id}/discard", why)

    assert answer.json() == {"discarded": 1}
    one = await shown(world, receipt_id)
    assert one["state"] == "discarded"
    assert one["discarded"] == why | {"by": "admin", "at": one["discarded"]["at"]}
    assert (await world.api("GET", "/v1/receipts/parked")).json()["groups"] == []
    line = await world.ledger()
    assert (line["received"], line["discarded"], line["parked"], line["gap"]) == (1, 1, 0, 0)
    again = await world.api("POST", f"/v1/receipts/{receipt_id}/discard")
    assert again.status_code == 409


async def test_a_retry_takes_the_discarding_back(world: World):
    receipt_id = await parked_id(world)
    await world.api("POST", f"/v1/receipts/{receipt_id}/discard")

    await world.api("POST", f"/v1/receipts/{receipt_id}/retry")
    await world.read()

    assert await counts(world) == {"received": 1, "parked": 1}
    assert (await world.ledger())["discarded"] == 0
    assert (await shown(world, receipt_id))["discarded"] is None


async def test_a_group_is_discarded_in_steps(world: World, monkeypatch):
    monkeypatch.setattr(retries, "STEP", 2)
    token = await world.source()
    await park(world, token, 5)
    await park(world, token, 1, b"?")

    wanted = {"source": "web", "reason": "no_identity", "why": "of a fair"}
    begun = (await world.api("POST", "/v1/receipts/discard", wanted)).json()
    worker = retrier(world)
    while await worker.step():
        pass

    assert (begun["what"], begun["total"], begun["retried"]) == ("discard", 5, 2)
    line = await world.ledger()
    assert (line["discarded"], line["parked"], line["gap"]) == (5, 1, 0)
    reasons = {one["discarded"]["why"] for one in await world.receipts(state="discarded")}
    assert reasons == {"of a fair"}
    rows = await world.service.db.read(lambda conn: conn.execute(select(RETRY.c.why)).all())
    assert rows == [("",)], "a finished one leaves the reason to the receipts"
    nothing = await world.api("POST", "/v1/receipts/discard", {})
    assert nothing.status_code == 422


async def test_the_days_of_the_ledger_add_up_to_it(world: World):
    token = await world.source()
    await park(world, token, 2)
    world.clock.advance(timedelta(days=1))
    await world.send("/hooks/web", [GUIDE, {"event": "Opened"}], token)
    await world.read()
    receipts = await world.receipts(state="parked")
    await world.api("POST", f"/v1/receipts/{receipts[0]['id']}/discard")
    await world.api("POST", f"/v1/receipts/{receipts[1]['id']}/retry")
    await world.read()

    rows = await world.service.db.read(
        lambda conn: conn.execute(select(LEDGER_DAY).order_by(LEDGER_DAY.c.day)).all()
    )

    assert [(row.day, row.received, row.published, row.parked, row.discarded) for row in rows] == [
        ("2026-03-02", 2, 0, 2, 0),
        ("2026-03-03", 2, 1, 0, 1),
    ]


async def test_receipts_are_listed_by_source_state_and_day(world: World):
    world.clock.moment = datetime.now(UTC)  # ids tell the real time
    token = await world.source()
    other = await world.source("other")
    await park(world, token, 2)
    await world.send("/hooks/other", GUIDE, other)
    await world.read()
    soon = world.clock.now() + timedelta(seconds=1)

    async def found(**query: str) -> int:
        return len(await world.receipts(**query))

    assert await found() == 3
    assert await found(source="web") == 2
    assert await found(state="parked") == 2
    assert await found(source="other", state="parked") == 0
    assert await found(source="web", until=soon.isoformat()) == 2
    assert await found(source="web", since=soon.isoformat()) == 0
    assert await found(until=(soon - timedelta(days=1)).isoformat()) == 0


async def test_an_erased_person_is_found_in_what_a_receipt_was(world: World):
    eva = {"id": "e", "event": "Opened", "email": "eva@acme.com"}
    receipt_id = await parked_id(world)
    await repair(world, receipt_id, orjson.dumps(eva).decode())
    await world.read()

    await order(world, "email:eva@acme.com")
    await world.read()

    receipt = await shown(world, receipt_id)
    assert (receipt["body"], receipt["reason"], receipt["repairs"]) == ("", "erased", [])


async def test_what_was_mended_away_is_found_too(world: World):
    token = await world.source()
    both = [{"id": "e", "event": "Opened", "email": "eva@acme.com"}, {"event": "Opened"}]
    with_id = [{"id": "b", "event": "Opened", "user_id": "7"}, {"event": "Opened"}]
    await world.send("/hooks/web", both, token)
    await world.read()
    (receipt,) = await world.receipts(state="parked")

    def write(conn: Connection) -> None:  # as if it had been mended before anything was read
        values = {"body": orjson.dumps(with_id), "request": b"POST /hooks/web"}
        row = lock_receipt(conn, receipt["id"])
        assert row is not None
        replace_content(conn, row, **values, who="ana", now=world.clock.now(), why="")

    await world.service.db.write(write)
    await order(world, "email:eva@acme.com")
    await world.read()

    assert (await shown(world, receipt["id"]))["reason"] == "erased"
