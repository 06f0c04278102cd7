"""What may be said with a verdict or an outcome, over HTTP; consent, requests, taking back."""

import pytest

from tests.service.handoff.api import Api
from tests.service.handoff.recording import record

WRONG = {"verdict": "reject", "reason": "wrong_person", "person": "ana@acme.com"}


async def handed_over(api: Api, email: str = "eva@globex.com") -> dict:
    """Hand a lead over to Ana, who is added; return the hand-off."""
    lead_id = await record(api, email, "demo.requested")
    page = (await api.get("/v1/handoffs")).json()
    return next(one for one in page["items"] if one["lead_id"] == lead_id)


@pytest.fixture
async def ana(api):
    return await api.add_person("Ana Pérez")


async def verdict(api, handoff, **said):
    body = {"verdict": "reject", "person": "ana@acme.com"} | said
    return await api.post(f"/v1/handoffs/{handoff['handoff_id']}/verdict", body)


async def outcome(api, handoff, **said):
    body = {"person": "ana@acme.com"} | said
    return await api.post(f"/v1/handoffs/{handoff['handoff_id']}/outcome", body)


async def test_a_verdict_can_name_the_right_person_and_marketing_settles_what_it_cannot(api, ana):
    handoff = await handed_over(api)
    answer = await verdict(api, handoff, reason="wrong_person", right_person={"name": "Luis"})
    assert answer.status_code == 200, answer.text
    [request] = (await api.get("/v1/requests")).json()["items"]
    assert (request["wanted"], request["text"]) == ("right_person", "the right person is Luis")

    path = f"/v1/requests/{request['request_id']}/settle"
    settled = await api.post(path, {"email": "luis@globex.com", "name": "Luis"})
    assert settled.status_code == 200, settled.text
    shown = (await api.get(f"/v1/handoffs/{settled.json()['handoff_id']}")).json()
    assert shown["lead_name"] == "Luis"
    assert (await api.post(path, {"email": "luis@globex.com"})).status_code == 409
    assert (await api.get("/v1/requests")).json()["items"] == []


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"reason": "not_now", "same_as": "x"}, "/same_as"),
        ({"reason": "not_now", "returns_at": "2001-01-01T00:00:00Z"}, "/returns_at"),
        ({"reason": "already_worked", "works_on_it": "nobody@acme.com"}, "/works_on_it"),
        ({"reason": "already_worked", "same_as": "x"}, "/same_as"),
        ({"reason": "wrong_person", "right_person": {"email": "none"}}, "/right_person/email"),
    ],
)
async def test_what_is_wrong_beside_a_reason_is_said_with_its_place(api, ana, said, pointer):
    handoff = await handed_over(api)
    answer = await verdict(api, handoff, **said)

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    shown = (await api.get(f"/v1/handoffs/{handoff['handoff_id']}")).json()
    assert shown["stage"] == "assigned"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"amount": 12.5}, "currency"),
        ({"currency": "EUR"}, "amount"),
        ({"amount": 12.345, "currency": "EUR"}, "decimals"),
        ({"amount": 12.5, "currency": "JPY"}, "decimals"),
        ({"amount": 12, "currency": "ESP"}, "ISO 4217"),
    ],
)
async def test_money_that_cannot_be_is_refused(api, ana, said, word):
    handoff = await handed_over(api)
    answer = await outcome(api, handoff, outcome="opportunity", **said)

    assert answer.status_code == 422
    assert word in answer.json()["message"]


async def test_an_amount_comes_back_to_the_cent(api, ana):
    handoff = await handed_over(api)
    await verdict(api, handoff, verdict="accept")
    exact = '{"outcome": "won", "person": "ana@acme.com", "amount": 123456789012.34, '
    path = f"/v1/handoffs/{handoff['handoff_id']}/outcome"
    headers = {"Content-Type": "application/json"}
    answer = await api.http.post(path, content=exact + '"currency": "EUR"}', headers=headers)

    assert answer.status_code == 200, answer.text
    assert '"amount":123456789012.34' in answer.text.replace(" ", "")


async def test_consent_is_written_down_and_a_verdict_taken_back(api, ana):
    handoff = await handed_over(api)
    path = f"/v1/leads/{handoff['lead_id']}"
    said = [{"channel": "phone", "status": "refused"}]
    answer = await api.http.put(
        f"{path}/consent", json={"said": said, "source": "phone", "why": "said so"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["channels"]["phone"]["status"] == "refused"
    assert answer.json()["channels"]["email"]["status"] == "unknown"
    assert (await api.post(f"{path}/allow", {"why": "no"})).json()["code"] == "not_held_back"
    await verdict(api, handoff, reason="not_our_market")
    taken = await api.post(f"{path}/allow", {"why": "a slip"})
    assert (taken.status_code, taken.json()) == (200, {"taken_back": ["suppress"]})
    [line] = await api.audit("lead.allowed")
    assert line["why"] == "a slip"


NEVER, EVER_SINCE = "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"


async def test_a_date_at_the_end_of_the_calendar_is_taken(api, ana):
    handoff = await handed_over(api)
    answer = await verdict(api, handoff, reason="not_now", returns_at=NEVER)

    assert answer.status_code == 200, answer.text
    assert answer.json()["returns_at"].startswith("9999-")


async def test_what_is_said_to_be_of_before_the_hand_off_counts_as_of_its_beginning(api, ana):
    """CRMs tell days without hours; what was known then is nothing new after it either."""
    handoff = await handed_over(api)
    await verdict(api, handoff, verdict="accept")
    path = f"/v1/handoffs/{handoff['handoff_id']}/attempts"
    tried = await api.post(path, {"person": "ana@acme.com", "at": EVER_SINCE})
    lost = await outcome(api, handoff, outcome="lost", reason="price", at=EVER_SINCE)

    assert (tried.status_code, lost.status_code) == (200, 200), tried.text + lost.text
    told = lost.json()
    assert told["first_attempt_at"] == told["closed_at"] == told["decided_at"]
