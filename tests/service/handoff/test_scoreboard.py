"""What the scoreboard counts: its definitions, one by one, through production's handlers."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from services.handoff.domain.policy import Targets
from services.handoff.handlers.erase_leads import erase_lead
from services.handoff.handlers.merge_leads import merge_leads, unmerge_lead
from services.handoff.handlers.overrides import Word, override
from services.handoff.handlers.scoreboard import read_scoreboard
from services.handoff.handlers.scoreboard_data import Asked
from services.handoff.http.scoreboard_models import ScoreboardShown
from services.handoff.store.leads import root_of_identifier
from services.handoff.store.tables import POLICY_VERSION
from services.handoff.unit_of_work import unit_of_work
from shared.access import Caller
from shared.ids import stable_id
from tests.service.handoff.world import NOON, POLICY, open_world

HOUR = timedelta(hours=1)
MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}


@pytest.fixture
async def world(database_url):
    targets = Targets(acceptance=70, first_attempt_in_time=90, sales_ready_per_month=40)
    world = await open_world(database_url, replace(POLICY, targets=targets))
    values = {"activated_at": NOON - timedelta(days=40)}
    await world.db.write(lambda conn: conn.execute(update(POLICY_VERSION).values(**values)).close())
    yield world
    await world.db.stop()


async def board(world, **asked):
    """Return the scoreboard of a period, March 2026 unless said otherwise, as the API would."""
    given = Asked(**(MARCH | asked))

    def read(conn):
        return read_scoreboard(unit_of_work(world.parts, conn), given)

    data = (await world.read(read)).as_data()
    return ScoreboardShown.model_validate(data).model_dump(by_alias=True)


async def hand_over(world, email, **options):
    """Let a lead ask for a demo; return its hand-off's id."""
    await world.take(world.touch(email, "demo.requested", **options))
    ready = await world.sales_ready()
    return next(one.handoff.handoff_id for one in reversed(ready) if one.lead.email == email)


async def lead_id(world, email):
    return await world.read(lambda conn: root_of_identifier(conn, f"email:{email}"))


async def test_the_funnel_goes_from_touches_to_won(world):
    await world.take(
        world.touch("eva@acme.com", "page.viewed"),
        world.touch("eva@acme.com", "email.opened", made_by="machine"),
        world.touch("max@acme.com", "page.viewed", made_by="unsure"),
    )
    won = await hand_over(world, "ana@acme.com")
    await hand_over(world, "ivo@acme.com")
    for kind in ("accept", "talked", "sql", "opportunity"):
        await world.answer(won, kind)
    await world.answer(won, "won", amount=900.0, currency="EUR")
    totals = (await board(world))["totals"]

    assert totals["touches"] == {"human": 3, "machine": 1, "unsure": 1}
    assert totals["engaged_leads"] == 3, "Max was only seen by what nobody is sure of"
    reached = [totals[name] for name in ("sales_ready", "accepted", "sql", "opportunity", "won")]
    assert reached == [2, 1, 1, 1, 1]
    assert totals["amounts"] == {"EUR": 900.0}
    assert totals["people"] == 2


async def test_a_later_stage_implies_those_a_crm_left_out(world):
    handoff = await hand_over(world, "ana@acme.com")
    await world.answer(handoff, "accept")
    await world.answer(handoff, "won")
    totals = (await board(world))["totals"]

    assert [totals[name] for name in ("accepted", "sql", "opportunity", "won")] == [1, 1, 1, 1]


async def test_waits_count_those_nobody_tried_as_longer_than_any_other(world):
    for minutes in (10, 30, 50):
        handoff = await hand_over(world, f"lead{minutes}@acme.com")
        await world.answer(handoff, "accept")
        world.clock.advance(timedelta(minutes=minutes))
        await world.answer(handoff, "attempt")
    await hand_over(world, "silent@acme.com")
    closed = await hand_over(world, "wrong@acme.com")
    await world.answer(closed, "reject", reason="bad_data")
    before = await board(world)
    world.clock.advance(2 * HOUR)
    after = await board(world)

    first = before["totals"]["first_attempt"]
    assert first == {"median_s": 1800, "p90_s": 3000, "cases": 3, "unanswered": 0}
    assert before["totals"]["shares"]["attempted_in_time"]["not_yet_known"] == 1
    first = after["totals"]["first_attempt"]
    assert first == {"median_s": 1800, "p90_s": None, "cases": 4, "unanswered": 1}
    in_time = after["totals"]["shares"]["attempted_in_time"]
    assert (in_time["good"], in_time["cases"], in_time["left_out"]) == (3, 4, 1)
    assert after["waits"]["unanswered"] == 1
    assert sum(one["handoffs"] for one in after["waits"]["within"]) == 3


async def test_silence_after_the_deadline_is_no_acceptance_and_no_answer_in_time(world):
    late = await hand_over(world, "late@acme.com")
    await hand_over(world, "silent@acme.com")
    rejected = await hand_over(world, "no@acme.com")
    await world.answer(rejected, "reject", reason="bad_data")
    world.clock.advance(HOUR)
    await world.answer(late, "accept")
    shares = (await board(world))["totals"]["shares"]

    assert (shares["accepted"]["good"], shares["accepted"]["cases"]) == (1, 3)
    assert (shares["answered_in_time"]["good"], shares["answered_in_time"]["cases"]) == (1, 3)
    assert not shares["accepted"]["enough"], "three cases say little"


async def test_reasons_tell_unworked_from_handed_back(world):
    for email, before in (("a@acme.com", ()), ("b@acme.com", ("accept",)), ("c@acme.com", ())):
        handoff = await hand_over(world, email)
        for kind in before:
            await world.answer(handoff, kind)
        await world.answer(handoff, "reject", reason="bad_data")
    [reason] = (await board(world))["reasons"]

    assert (reason["reason"], reason["rejected"], reason["handed_back"]) == ("bad_data", 2, 1)
    assert {"es", "en"} == reason["title"].keys()
    assert reason["share"] == 1


async def test_a_lead_that_comes_back_is_two_hand_offs_and_one_person(world):
    handoff = await hand_over(world, "ana@acme.com")
    await world.answer(handoff, "reject", reason="other", text="not yet")
    world.clock.advance(timedelta(days=31))
    await hand_over(world, "ana@acme.com")
    totals = (await board(world, last=date(2026, 4, 30)))["totals"]

    assert (totals["sales_ready"], totals["people"]) == (2, 1)


async def test_merged_leads_count_once_and_parted_ones_twice_again(world):
    await hand_over(world, "ana@acme.com")
    world.clock.advance(HOUR)
    await hand_over(world, "ana@home.com")
    one, other = [await lead_id(world, f"ana@{host}.com") for host in ("acme", "home")]
    await world.write(lambda uow: merge_leads(uow, one, other, "Ben", "same person"))
    merged = (await board(world))["totals"]
    await world.write(lambda uow: unmerge_lead(uow, other, "Ben"))
    parted = (await board(world))["totals"]

    assert (merged["engaged_leads"], merged["sales_ready"], merged["superseded"]) == (1, 1, 1)
    assert (parted["engaged_leads"], parted["sales_ready"]) == (2, 1), "what was closed stays so"


async def test_erasing_somebody_leaves_the_counts(world):
    content = {"content": {"id": "guide", "title": "Guide"}, "campaign": {"name": "spring"}}
    await world.take(world.touch("ana@acme.com", "page.viewed", properties=content))
    handoff = await hand_over(world, "ana@acme.com")
    await world.answer(handoff, "accept")
    await world.answer(handoff, "won")
    before = await board(world)
    person = await lead_id(world, "ana@acme.com")
    await world.write(lambda uow: erase_lead(uow, person, "Ben", "asked"))
    after = await board(world)

    assert before["totals"] == after["totals"]
    assert before["content"] == after["content"]
    assert after["totals"]["touches"]["human"] == 2


async def test_content_and_campaigns_that_end_in_won_deals(world):
    content = {"content": {"id": "guide", "title": "The guide"}, "campaign": {"name": "spring"}}
    await world.take(
        world.touch("ana@acme.com", "page.viewed", properties=content),
        world.touch("ivo@acme.com", "page.viewed", properties=content),
        world.touch("eva@acme.com", "form.submitted", properties={"form": {"name": "Call Eva!"}}),
    )
    world.clock.advance(HOUR)
    won, other, _ = [
        await hand_over(world, f"{name}@acme.com", source="linkedin")
        for name in ("ana", "ivo", "eva")
    ]
    for handoff, outcome in ((won, "won"), (other, "lost")):
        await world.answer(handoff, "accept")
        await world.answer(handoff, outcome, reason="price")
    found = await board(world)
    only = await board(world, content="guide")
    by_source = await board(world, source="web")

    [guide] = found["content"]
    assert (guide["name"], guide["title"]) == ("guide", "The guide")
    assert (guide["handoffs"], guide["accepted"], guide["won"], guide["ended"]) == (2, 2, 1, 2)
    assert [one["name"] for one in found["campaigns"]] == ["spring"]
    assert (only["totals"]["sales_ready"], only["totals"]["touches"]["human"]) == (2, 2)
    assert only["totals"]["engaged_leads"] is None
    assert by_source["totals"]["sales_ready"] == 3, "the first touch brought them"
    assert by_source["totals"]["touches"]["human"] == 3


async def test_a_miss_is_a_lead_won_that_no_gate_had_handed_over(world):
    await world.take(world.touch("missed@acme.com", "deal.won"))
    await world.take(world.touch("missed@acme.com", "deal.won"))
    await hand_over(world, "found@acme.com")
    world.clock.advance(HOUR)
    await world.take(world.touch("found@acme.com", "deal.won"))
    await world.take(world.touch("byhand@acme.com", "page.viewed"))
    await world.take(world.touch("late@acme.com", "deal.won", at=world.clock.now() - 2 * HOUR))
    await hand_over(world, "late@acme.com")
    found = await board(world)

    assert found["misses"] == {"leads": 2, "before": 0, "told_by_crm": 2, "told_by_sales": 0}
    assert found["totals"]["misses"] == 2
    assert (await board(world, team="Sales"))["misses"]["leads"] is None


async def test_what_a_person_handed_over_counts_apart_and_is_a_miss_once_won(world):
    await world.take(world.touch("byhand@acme.com", "page.viewed"))
    person = await lead_id(world, "byhand@acme.com")
    word = Word(policy="b2b", ready=True, reason="met at the fair", until=None, tier=None)
    ana = Caller("key", "Ana", frozenset(), stable_id("person", "ana"))
    await world.write(lambda uow: override(uow, ana, person, word))
    [opened] = await world.sales_ready()
    await world.answer(opened.handoff.handoff_id, "accept")
    await world.answer(opened.handoff.handoff_id, "won")
    found = await board(world)

    totals = found["totals"]
    assert (totals["sales_ready"], totals["won"], totals["by_hand"]) == (0, 0, 1)
    assert (found["misses"]["leads"], found["misses"]["told_by_sales"]) == (1, 1)


async def test_months_stand_beside_what_the_policy_of_then_wants(world):
    await hand_over(world, "ana@acme.com")
    found = await board(world, first=date(2026, 2, 1), last=date(2026, 3, 20))
    february, march = found["months"]

    assert (february["month"], february["sales_ready"], february["wanted"]) == ("2026-02", 0, 40)
    assert (march["sales_ready"], march["is_whole"]) == (1, False)
    assert found["wanted"]["shares"]["attempted_in_time"] == 0.9
    assert found["wanted"]["first_attempt_in_s"] == {"hot": 3600, "warm": 3600}


async def test_a_period_is_cut_where_the_company_begins_its_days(database_url):
    world = await open_world(database_url)
    object.__setattr__(
        world.parts, "settings", world.parts.settings.model_copy(update={"zone": "Europe/Madrid"})
    )
    late = NOON.replace(day=3, hour=23, minute=30)  # 0:30 on the 4th in Madrid
    await world.take(world.touch("ana@acme.com", "page.viewed", at=late, received_at=late))
    days = {one["from"]: one for one in (await board(world, by="day"))["series"]}

    assert days[date(2026, 3, 4)]["touches"]["human"] == 1
    assert days[date(2026, 3, 3)]["touches"]["human"] == 0
    await world.db.stop()


async def test_the_period_before_is_as_many_whole_months(world):
    found = await board(world, by="week")

    assert (found["before"]["from"], found["before"]["to"]) == (date(2026, 2, 1), date(2026, 2, 28))
    assert found["series"][0]["from"] == date(2026, 3, 1)
    assert found["series"][1]["from"] == date(2026, 3, 2), "a Monday"
    assert len(found["series"]) == 6
