"""The page of the shared goals, over HTTP, without scripts."""

import pytest

from tests.service.handoff.paging import role
from tests.service.handoff.recording import put_in_force
from tests.service.handoff.test_tryouts import TEXT, answer_all, live
from tests.support.visiting import words_of

WITH_GOALS = TEXT + "targets: {acceptance: 70%, sales_ready_per_month: 40}  # agreed in spring\n"
TARGETS = "/agreement/inbound/targets"


@pytest.fixture(scope="module")
async def agreed(house):
    """A house with goals, and what was reached of them."""
    await put_in_force(house, WITH_GOALS)
    await live(house)
    await answer_all(house)
    return house, await role(house, "marketing"), await role(house, "sales")


async def test_goals_stand_beside_what_was_reached(agreed):
    _, visit, _ = agreed
    page = words_of(await visit.get(TARGETS))

    assert "Accepted by sales too few cases to say 100 % goal: 70 %" in page
    assert "Won no goal" in page
    assert "Next review" in page


async def test_other_goals_are_a_draft_that_says_all_else_the_same(agreed):
    house, visit, other = agreed
    given = {"newest": "1", "acceptance": "72,5", "won": "12 %", "comment": "Better leads"}
    answer = await visit.post(TARGETS, given)
    drafted = (await house.get("/v1/policies/inbound/versions/2")).json()
    late = await other.post(TARGETS, given | {"acceptance": "50"})
    same = await other.post(TARGETS, given | {"newest": "2"})

    assert answer.headers["location"] == "/agreement/inbound/try?number=2"
    assert drafted["text"] == TEXT + "targets: {acceptance: 72.5%, won: 12%}\n"
    assert (late.status_code, same.status_code) == (412, 409)
    assert "Somebody drafted another version meanwhile." in words_of(late)
    assert "Those are its goals already." in words_of(same)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"acceptance": "101"}, "A number from 0 to 100", id="more than all"),
        pytest.param({"won": "nan"}, "A number from 0 to 100", id="no number"),
        pytest.param({"sales_ready_per_month": "2.5"}, "A whole number", id="half a lead"),
    ],
)
async def test_a_goal_that_is_none_is_told_at_its_field(agreed, given, told):
    _, visit, _ = agreed
    answer = await visit.post(TARGETS, {"newest": "1"} | given)

    assert answer.status_code == 422
    assert told in words_of(answer)
    assert f'aria-describedby="wrong-{next(iter(given))}"' in answer.text


async def test_a_review_is_held_and_shown_with_the_goals_of_the_day(agreed):
    _, visit, other = agreed
    empty = await visit.post(f"{TARGETS}/reviews", {"comment": "  "})
    held = await other.post(f"{TARGETS}/reviews", {"comment": "All well <b>so far</b>"})
    page = await visit.get(held.headers["location"])

    assert (empty.status_code, held.status_code) == (422, 303)
    assert "Write what was looked at and agreed." in words_of(empty)
    assert "Review noted." in words_of(page)
    assert "All well &lt;b&gt;so far&lt;/b&gt;" in page.text
    assert "Accepted by sales: 2 of 2" in words_of(page)


async def test_advice_tells_what_the_api_tells_and_a_rep_changes_nothing(agreed):
    house, visit, _ = agreed
    rep = await role(house, "rep")
    told = (await house.get("/v1/policies/inbound/advice")).json()
    one = next(each for each in told["compared"] if each["name"] == "demo")["accepted"]
    advice = words_of(await visit.get(f"{TARGETS}/advice"))
    page = await rep.get(TARGETS)

    assert (one["with_good"], one["with_cases"], told["handoffs"]) == (2, 2, 2)
    assert "By the 2 hand-offs of version 1." in advice
    assert "Asked for a demo nothing to compare with 2 of 2 with it, 0 of 0 without" in advice, (
        advice
    )
    assert page.status_code == 200
    assert 'method="post" action="/agreement/inbound/targets' not in page.text
    assert (await rep.post(TARGETS, {"newest": "1"})).status_code == 403
    assert (await rep.post(f"{TARGETS}/reviews", {"comment": "x"})).status_code == 403


async def test_goals_of_what_is_not_there_are_not_there(agreed):
    _, visit, _ = agreed

    assert (await visit.get("/agreement/nothing/targets")).status_code == 404
    assert (await visit.post("/agreement/nothing/targets", {"newest": "1"})).status_code == 404
    gone = await visit.post("/agreement/nothing/targets/reviews", {"comment": "x"})
    assert gone.status_code == 404
