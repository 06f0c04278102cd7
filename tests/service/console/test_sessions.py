"""One session for the pages of all services: told by the bus when it begins, changes and ends."""

import re

from tests.support.visiting import Visit, session_of, visitor, words_of
from tests.support.waiting import eventually

OTHERS = ["/operations/ingest", "/operations/notify"]
SOON_S = 20


async def until(visit: Visit, path: str, status: int) -> None:
    async def answers() -> bool:
        return (await visit.get(path)).status_code == status

    await eventually(answers, SOON_S, f"{status} of {path}")


async def test_a_session_reaches_every_service_and_ends_in_every_one(running):
    visit = await running.enter()
    for path in OTHERS:
        await until(visit, path, 200)
    token = re.findall(r'name="form_token" value="([^"]+)"', (await visit.get(OTHERS[0])).text)[0]
    left = await visit.post("/sign-out", {"form_token": token})  # a form of another service's page
    for path in OTHERS:
        await until(visit, path, 303)
    sent_away = await visit.get(OTHERS[0])

    assert (left.status_code, left.headers["location"]) == (303, "/sign-in")
    assert sent_away.headers["location"] == "/sign-in?next=%2Foperations%2Fingest"


async def test_what_somebody_may_no_longer_do_is_refused_everywhere_in_their_language(running):
    person = await running.add_person("Ana Pérez", language="es")
    visit = await signed_in(running, person)
    for path in OTHERS:
        await until(visit, path, 200)
    changes = {"roles": ["rep"], "language": "en"}
    path = f"/v1/people/{person['person_id']}"
    await running.http.patch(path, json=changes, headers={"If-Match": "*"})
    for path in OTHERS:
        await until(visit, path, 403)
    page = await visit.get(OTHERS[0])

    assert "This is not yours to see" in words_of(page)


async def test_who_leaves_is_out_of_the_pages_of_every_service(running):
    person = await running.add_person("Ana Pérez")
    visit = await signed_in(running, person)
    for path in OTHERS:
        await until(visit, path, 200)
    path = f"/v1/people/{person['person_id']}"
    await running.http.patch(path, json={"active": False}, headers={"If-Match": "*"})
    for path in OTHERS:
        await until(visit, path, 303)


async def test_the_pages_of_every_service_ask_handoff_how_many_wait_for_whom_they_show_it(consoles):
    for service, path in (("handoff", "/leads"), ("ingest", "/sources"), ("notify", "/inbox")):
        for role in ("admin", "marketing"):
            page = await (await consoles.visit(service, roles=[role])).get(path)

            assert page.status_code == 200
            assert page.text.count('hx-sse:connect="/live"') == (role == "admin")
            assert page.text.count('id="live"') == (role == "admin")


async def signed_in(running, person) -> Visit:
    return visitor(running.http, await session_of(running.parts, person["person_id"]))
