"""The pages on which a version is tried on history, over HTTP, without scripts."""

import csv
import io
from itertools import count

import pytest

from services.handoff.workers.tryouts import TryoutWorker
from tests.service.handoff.paging import role
from tests.service.handoff.recording import put_in_force
from tests.service.handoff.test_tryouts import BEN, CANDIDATE, TEXT, answer_all, live, tell
from tests.support.visiting import session_of, visitor, words_of

NUMBERS = count(1)
TRY = "/agreement/inbound/try"


@pytest.fixture(scope="module")
async def tried(house):
    """A house whose history was tried with the second version, which is still a draft."""
    await put_in_force(house, TEXT)
    await live(house)
    await tell(house, "sum@sum.com", "demo.requested", 4, lead={"name": "=1+1 <b>Suma</b>"})
    await answer_all(house)
    drafted = await house.post("/v1/policies", {"text": CANDIDATE}, **{"If-Match": '"1"'})
    assert drafted.status_code == 201, drafted.text
    visit = await role(house, "marketing")
    path = await begun(house, visit)
    return house, visit, path


async def begun(house, visit, **given):
    """Begin a try-out by its form and let it end; return the path of its page."""
    answer = await visit.post(TRY, {"number": "2", "against": "", "days": "90"} | given)
    assert answer.status_code == 303, words_of(answer)
    await TryoutWorker(house.parts).run_waiting()
    return answer.headers["location"]


async def test_a_version_is_tried_by_a_form_and_may_be_signed_then(tried):
    house, visit, path = tried
    page = await visit.get(TRY)
    version = (await house.get("/v1/policies/inbound/versions/2")).json()

    assert version["step"] == "tried"
    assert path.rpartition("/")[2] == version["tryout_id"]
    assert "No draft waits to be tried." in words_of(page)
    assert "Version 2 beside version 1" in words_of(page)
    assert "Luz" in words_of(page), "who asked for it is named"


async def test_a_result_tells_in_words_who_is_gained_and_lost(tried):
    _, visit, path = tried
    page = await visit.get(path)
    told = words_of(page)

    assert "Handed over too 1" in told
    assert "No longer handed over 2" in told
    assert "Eva Sol" in told
    assert "Ben &lt;b&gt;Roy&lt;/b&gt;" in page.text
    assert BEN not in page.text
    assert page.text.count('<div class="chart"') >= 5


@pytest.mark.parametrize(
    "name",
    ["weeks", "funnel", "tiers", "gates", "sources", "load", "shares", "gained", "lost"],
)
async def test_every_table_is_a_file_too(tried, name):
    _, visit, path = tried
    answer = await visit.get(f"{path}/{name}.csv")
    rows = list(csv.reader(io.StringIO(answer.text)))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"try-out-{name}.csv" in answer.headers["content-disposition"]
    assert all(len(row) == len(rows[0]) for row in rows)


async def test_deals_that_were_won_come_first_among_the_lost_and_no_cell_is_a_formula(tried):
    house, visit, path = tried
    await tell(house, "ben@ben.com", "deal.won", 0)
    path = await begun(house, visit)
    page = words_of(await visit.get(f"{path}/lost"))
    rows = list(csv.DictReader(io.StringIO((await visit.get(f"{path}/lost.csv")).text)))

    assert page.index("Ben") < page.index("1+1"), "he was lost earlier, and won"
    assert [row["outcome"] for row in rows] == ["won", "accepted"]
    assert rows[1]["lead"] == "'=1+1 <b>Suma</b>"
    assert "fit 0 of 40" in page


async def test_a_rep_reads_what_was_tried_and_begins_nothing(tried):
    house, _, path = tried
    rep = await role(house, "rep")
    page = await rep.get(TRY)
    refused = await rep.post(TRY, {"number": "2", "days": "90"})

    assert (await rep.get(path)).status_code == 200
    assert 'method="post" action="/agreement' not in page.text
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"number": "x"}, "Choose a version of the list.", id="no version"),
        pytest.param({"days": "own", "from": "2026-13-01"}, "Give a date.", id="no day"),
        pytest.param(
            {"days": "own", "from": "2026-03-02", "to": "2026-02-01"},
            "The first day has to be before",
            id="backwards",
        ),
        pytest.param(
            {"days": "own", "from": "2199-03-02", "to": "2199-03-03"},
            "The first day has to be before",
            id="not yet",
        ),
        pytest.param({"open_days": "-4"}, "A whole number from 0 to 366", id="no length"),
    ],
)
async def test_what_is_wrong_in_the_form_is_told_at_its_field(tried, given, told):
    _, visit, _ = tried
    answer = await visit.post(TRY, {"number": "2", "days": "90"} | given)

    assert answer.status_code == 422
    assert told in words_of(answer)
    assert 'aria-invalid="true"' in answer.text


async def test_a_try_out_that_waits_is_seen_and_stopped_without_scripts(tried):
    house, visit, _ = tried
    path = (await visit.post(TRY, {"number": "1", "days": "30"})).headers["location"]
    waiting = await visit.get(path)
    part = await visit.get(path, HX_Request="true")
    stopped = await visit.post(f"{path}/stop", {})
    after = await visit.get(path, HX_Request="true")

    assert "Begins as soon as it is its turn." in words_of(waiting)
    assert "<html" not in part.text
    assert 'hx-trigger="every 1s"' in part.text
    assert stopped.headers["location"] == path
    assert after.headers["hx-refresh"] == "true"
    assert "stopped" in words_of(await visit.get(path))
    assert (await visit.get(f"{path}/gained")).status_code == 409
    assert await TryoutWorker(house.parts).run_waiting() == 0


async def test_the_days_of_a_try_out_are_those_that_were_chosen_wherever_one_reads(tried):
    house, visit, _ = tried
    given = {"days": "own", "from": "2026-02-01", "to": "2026-02-28"}
    path = await begun(house, visit, **given)
    person = await house.add_person("Kai", email="kai@a.com", roles=["sales"], zone="Asia/Tokyo")
    abroad = visitor(house.http, await session_of(house.parts, person["person_id"]))
    pages = [words_of(await abroad.get(where)) for where in (path, TRY)]

    assert all("1 Feb – " in page and "28 Feb" in page for page in pages), pages
    assert not any("1 Mar" in page for page in pages)


async def test_two_try_outs_stand_side_by_side_and_unlike_ones_are_called_so(tried):
    house, visit, path = tried
    other = await begun(house, visit, number="1", days="30")
    ids = [one.rpartition("/")[2] for one in (path, other)]
    page = words_of(await visit.get(f"{TRY}/compare?a={ids[0]}&b={ids[1]}"))

    assert "The days or assumptions differ" in page
    assert "Leads handed over to sales 2 3" in page


async def test_a_try_out_of_another_policy_is_not_there(tried):
    _, visit, path = tried
    other = path.replace("/inbound/", "/b2b-starter/")

    assert (await visit.get(other)).status_code == 404
    assert (await visit.get("/agreement/nothing/try")).status_code == 404
    assert (await visit.get(f"{path}/nothing.csv")).status_code == 404
    assert (await visit.get(f"{path}/nothing")).status_code == 404
    assert (await visit.post(f"{other}/stop", {})).status_code == 404
