"""The page on which versions are asked about one lead, over HTTP, without scripts."""

import pytest

from tests.service.handoff.paging import role
from tests.service.handoff.recording import put_in_force
from tests.service.handoff.test_tryouts import CANDIDATE, TEXT, live, tell
from tests.support.visiting import words_of

TRY = "/agreement/inbound/try/lead"


@pytest.fixture(scope="module")
async def asked(house):
    """A house with a version in force and a draft, and what leads did."""
    await put_in_force(house, TEXT)
    await live(house)
    await tell(
        house, "zoe@zoe.com", "content.downloaded", 0, lead={"title": "CTO", "name": "Zoe Ríos"}
    )
    drafted = await house.post("/v1/policies", {"text": CANDIDATE}, **{"If-Match": '"1"'})
    assert drafted.status_code == 201, drafted.text
    return house, await role(house, "sales")


async def test_a_lead_is_found_by_name_and_asked_about_by_both_versions(asked):
    _, visit = asked
    found = await visit.get(f"{TRY}?q=zoe")
    href = found.text.partition(f'href="{TRY}?')[2].partition('"')[0].replace("&amp;", "&")
    page = words_of(await visit.get(f"{TRY}?{href}"))
    first, _, second = page.partition("Version 2 draft")

    assert "Not ready yet" in first.rpartition("Version 1 in force")[2]
    assert "Ready for sales: Warm" in second
    assert "The engagement is at least 50 points (30 of 50: 20 short) Guide, today" in first

    assert "The engagement is at least 25 points (30 of 25)" in second


async def test_a_lead_is_asked_about_by_address_and_what_is_missing_is_told(asked):
    _, visit = asked
    page = words_of(await visit.get(f"{TRY}?lead=ben@ben.com"))

    assert "Missing: The fit is at least 40 points (0 of 40: 40 short)" in page
    assert "Asked for a demo" in page
    assert "What is missing" in page


async def test_somebody_made_up_is_asked_about_too_and_nothing_is_kept(asked):
    house, visit = asked
    before = len((await house.get("/v1/leads")).json()["items"])
    page = words_of(await visit.get(f"{TRY}?example=yes&title=CTO&did.demo=1&did.guide=2"))

    assert page.count("Ready for sales:") == 2
    assert "Engagement" in page
    assert len((await house.get("/v1/leads")).json()["items"]) == before


async def test_nobody_is_found_in_words(asked):
    _, visit = asked
    for query in ("q=zzzz", "lead=zzzz", "lead=nobody@nowhere.com"):
        page = await visit.get(f"{TRY}?{query}")

        assert "Nobody like that was found." in words_of(page), query


async def test_what_is_no_number_is_taken_for_nothing(asked):
    _, visit = asked
    odd = "number=-3&example=yes&employees=many&did.demo=99&did.x=2&country=%3Cb%3E"
    page = await visit.get(f"{TRY}?{odd}")

    assert page.status_code == 200
    assert 'value="&lt;b&gt;"' in page.text
    assert (await visit.get("/agreement/nothing/try/lead")).status_code == 404
