"""The scoreboard's page, over HTTP, without scripts: what it can be narrowed to, and rubbish."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from services.handoff.store.tables import TIMER
from tests.service.handoff.paging import role
from tests.service.handoff.recording import put_in_force
from tests.service.handoff.test_tryouts import TEXT, answer_all, live
from tests.support.visiting import session_of, visitor, words_of


@pytest.fixture(scope="module")
async def counted(house):
    """A house whose hand-offs were answered, and somebody who reads the numbers."""
    await put_in_force(house, TEXT)
    await live(house)
    await answer_all(house)
    return house, await role(house, "marketing")


def ready(page):
    """Return the first figure: how many were handed over."""
    return page.text.partition('<ul class="tiles">')[2].partition("<b>")[2].partition("</b>")[0]


async def test_a_view_is_narrowed_to_a_version_of_a_policy(counted):
    _, visit = counted
    whole = await visit.get("/scoreboard")
    first = await visit.get("/scoreboard?policy=inbound@1")
    gone = await visit.get("/scoreboard?policy=inbound@9")

    assert '<option value="inbound@1">inbound · version 1</option>' in whole.text
    assert (ready(first), '<option value="inbound@1" selected>' in first.text) == ("2", True)
    assert "Only version 1" in words_of(first)
    assert (gone.status_code, ready(gone)) == (422, ready(whole))
    assert "There is no such policy, version or team." in words_of(gone)


async def test_both_ends_of_the_world_read_the_same_days(counted):
    house, _ = counted
    pages = []
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):  # it is never the same day in both
        person = await house.add_person(
            zone, email=f"{zone[-3:]}@a.com", roles=["sales"], zone=zone
        )
        visit = visitor(house.http, await session_of(house.parts, person["person_id"]))
        pages.append(await visit.get("/scoreboard?period=30"))
    first, second = (
        page.text.partition('<p class="lead">')[2].partition("</p>")[0] for page in pages
    )

    assert first == second


async def test_no_part_of_the_page_is_blank(counted):
    _, visit = counted
    page = await visit.get("/scoreboard?period=own&from=2020-01-01&to=2020-03-31")
    parts = page.text.split('<section class="sheet board"')[1:]

    assert len(parts) > 10
    assert all("<figure" in one or "<table" in one or "Nothing to draw" in one for one in parts)


async def test_a_view_is_narrowed_to_days_of_ones_own(counted):
    house, visit = counted
    today = (await house.get("/v1/scoreboard")).json()["to"]
    begin = (date.fromisoformat(today) - timedelta(days=7)).isoformat()
    then = await visit.get("/scoreboard?period=own&from=2020-01-01&to=2020-03-31")
    now = await visit.get(f"/scoreboard?period=own&from={begin}&to={today}&by=day")
    told = (await house.get("/v1/scoreboard", params={"from": begin, "to": today})).json()
    file = await visit.get(f"/scoreboard/funnel.csv?period=own&from={begin}&to={today}")

    assert (then.status_code, ready(then)) == (200, "0")
    assert ready(now) == str(told["totals"]["sales_ready"]) != "0"
    assert "From January 1, 2020 to March 31, 2020" in words_of(then)
    assert f"from={begin}" in now.text, "its files are of the same days"
    assert f"scoreboard-funnel-{begin}-{today}.csv" in file.headers["content-disposition"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        pytest.param("from=soon&to=", "Write both days", id="no days"),
        pytest.param("from=2026-03-02&to=2026-03-01", "The first day is after", id="backwards"),
        pytest.param("from=2001-01-01&to=2026-03-01", "too many days", id="a quarter century"),
        pytest.param("from=2025-01-01&to=2026-12-31&by=day", "too many days", id="day by day"),
    ],
)
async def test_days_that_are_none_are_told_beside_them(counted, query, told):
    _, visit = counted
    page = await visit.get(f"/scoreboard?period=own&{query}")

    assert page.status_code == 422
    assert f"{told}" in words_of(page)
    assert "Below are the last 12 months." in words_of(page)


async def test_a_view_is_narrowed_to_content_and_names_are_text(counted):
    _, visit = counted
    one = await visit.get("/scoreboard?asset=content:%3Cscript%3Ealert(1)%3C/script%3E")
    none = await visit.get("/scoreboard?asset=nothing&by=century&period=ever")

    assert (one.status_code, none.status_code) == (200, 200)
    assert ready(one) == "0"
    assert "Only content" in words_of(one)
    assert "<script>alert" not in one.text
    assert "Only" not in words_of(none)


async def test_leaks_are_told_on_top(counted):
    house, visit = counted
    before = words_of(await visit.get("/scoreboard"))
    await house.service.db.write(lambda conn: conn.execute(delete(TIMER)))
    after = words_of(await visit.get("/scoreboard"))

    assert "followed by nobody" not in before
    assert "followed by nobody, and there should be none." in after
