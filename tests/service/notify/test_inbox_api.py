"""The console's inbox: what a person was told, in their language, read and unread."""

from uuid import uuid4

import pytest

from tests.builders import MANAGER, REP, Lead, person_changed, review_due


@pytest.fixture
async def mine(api):
    """A client whose key acts for the rep."""
    await api.publish(person_changed(REP, [("inbox", "")], language="es"))
    await api.until_known(REP)
    return await api.with_key("inbox:read", person_id=REP.person_id)


async def messages(mine, count, **params):
    """Ask until there are ``count`` messages."""
    while True:
        items = (await mine.get("/v1/inbox", **params)).json()["items"]
        if len(items) >= count:
            return items


async def test_a_person_reads_their_messages_newest_first_in_their_language(api, mine):
    first, second = Lead("Ana"), Lead("Bea")
    await api.publish(first.sales_ready())
    await messages(mine, 1)
    await api.publish(second.sales_ready())
    latest, earlier = await messages(mine, 2)

    assert latest["title"] == "Nuevo lead para ti: Bea (Acme)"
    assert earlier["title"] == "Nuevo lead para ti: Ana (Acme)"
    assert latest["handoff_id"] == second.handoff_id
    assert latest["sections"][0] == {
        "heading": "Tu plazo",
        "lines": ["Acepta o rechaza antes del lun 2 mar, 13:15 (Europe/Madrid)"],
    }
    assert [link["kind"] for link in latest["links"]] == ["open"]


async def test_what_was_read_is_no_longer_unread(api, mine):
    await api.publish(Lead("Ana").sales_ready(), Lead("Bea").sales_ready())
    one, _ = await messages(mine, 2)
    path = f"/v1/inbox/{one['message_id']}/read"

    assert (await mine.post(path)).json() == {"read": 1}
    assert (await mine.post(path)).json() == {"read": 0}
    assert len(await messages(mine, 1, unread=True)) == 1
    assert (await mine.post("/v1/inbox/read")).json() == {"read": 1}
    assert (await mine.get("/v1/inbox", unread=True)).json()["items"] == []


async def test_a_review_that_is_due_is_in_the_inbox_without_a_hand_off(api, mine):
    await api.publish(Lead("Ana").sales_ready(), review_due())
    review, lead = sorted(await messages(mine, 2), key=lambda one: one["step"], reverse=True)

    assert (review["step"], lead["step"]) == ("review", "new")
    assert (review["handoff_id"], review["lead_id"]) == (None, None)
    assert review["title"] == "Toca revisar Cuándo un lead está listo"


async def test_nobody_reads_or_marks_the_messages_of_somebody_else(api, mine):
    await api.publish(Lead().sales_ready())
    (message,) = await messages(mine, 1)
    other = await api.with_key("inbox:read", person_id=MANAGER.person_id)

    assert (await other.get("/v1/inbox")).json()["items"] == []
    for message_id in (message["message_id"], uuid4()):
        assert (await other.post(f"/v1/inbox/{message_id}/read")).status_code == 404
    assert (await messages(mine, 1))[0]["read_at"] is None


async def test_a_key_that_acts_for_nobody_has_no_inbox(api):
    answer = await api.get("/v1/inbox")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_a_person")


async def test_the_inbox_has_pages(api, mine):
    await api.publish(*(Lead(name).sales_ready() for name in "ABC"))
    await messages(mine, 3)
    first = (await mine.get("/v1/inbox", limit=2)).json()
    second = (await mine.get("/v1/inbox", limit=2, cursor=first["next_cursor"])).json()

    assert [len(first["items"]), len(second["items"])] == [2, 1]
    assert second["next_cursor"] is None
