"""Consent per channel: checked at hand-off, shown, and told to owners at once."""

from datetime import timedelta

import pytest

from services.handoff.handlers.merge_leads import merge_leads, unmerge_lead
from services.handoff.handlers.set_consent import Said, set_consent
from services.handoff.readmodels import show_lead
from tests.service.handoff.found import handoffs, lead_of
from tests.service.handoff.overruling import MIA, evaluated
from tests.service.handoff.test_verdict_effects import DEMO, of_type

REFUSED, GRANTED, UNKNOWN = "refused", "granted", "unknown"


def said(world, channel, status, ago=timedelta(0)):
    return {"channel": channel, "status": status, "at": world.clock.now() - ago}


async def by_hand(world, *said, email="eva@acme.com"):
    lead_id = await lead_of(world, email)
    words = [Said(*one) for one in said]
    world.clock.advance(timedelta(minutes=1))
    await world.write(lambda uow: set_consent(uow, MIA, lead_id, words, "phone", "they said so"))


async def test_who_may_be_contacted_on_no_channel_is_not_handed_over_and_it_is_said_why(world):
    refusal = said(world, "all", REFUSED)
    await world.take(world.touch("eva@acme.com", DEMO, consent=[refusal]))

    assert await handoffs(world) == []
    answer = await evaluated(world)
    assert answer["held_back"]["code"] == "no_consent"
    assert answer["override"]["reason"] == "asked not to be contacted on any channel, said web"


async def test_each_channel_refused_is_all_of_them_refused(world):
    channels = [said(world, one, REFUSED) for one in ("email", "phone", "sms", "post")]
    await world.take(world.touch("eva@acme.com", DEMO, consent=channels[:3]))
    await world.take(world.touch("ben@acme.com", DEMO, consent=channels))

    assert [row.lead_name for row in await handoffs(world)] == ["eva@acme.com"]


async def test_what_is_allowed_and_what_not_goes_with_the_hand_off(world):
    refusal = said(world, "all", REFUSED, timedelta(days=2))
    later = said(world, "email", GRANTED, timedelta(days=1))
    await world.take(world.touch("eva@acme.com", DEMO, consent=[refusal, later]))

    [ready] = await world.sales_ready()
    assert {one.channel: one.status for one in ready.lead.consent} == {
        "email": GRANTED,
        "phone": REFUSED,
        "post": REFUSED,
        "sms": REFUSED,
    }
    assert [one.channel for one in ready.not_to_say] == ["phone", "post", "sms"]


@pytest.mark.parametrize("together", [True, False])
async def test_who_allows_a_channel_again_is_handed_over(world, together):
    await world.take(world.touch("eva@acme.com", DEMO, consent=[said(world, "all", REFUSED)]))
    world.clock.advance(timedelta(days=1))
    granted = {"consent": [said(world, "email", GRANTED)]}
    touch = world.touch("eva@acme.com", "page.viewed", **granted)
    await world.take(touch if together else world.identify("eva@acme.com", **granted))

    assert len(await handoffs(world)) == 1


async def test_the_owner_of_an_open_hand_off_hears_at_once(world):
    await world.take(world.touch("eva@acme.com", DEMO))
    [row] = await handoffs(world)
    await world.take(
        world.touch("eva@acme.com", "page.viewed", consent=[said(world, "phone", REFUSED)])
    )

    [told] = await of_type(world, "handoff.consent_changed.v1")
    assert (told.handoff.handoff_id, told.refused) == (row.handoff_id, ["phone"])
    assert [(one.channel, one.status, one.source) for one in told.changes] == [
        ("phone", REFUSED, "web")
    ]
    [everybody] = await of_type(world, "lead.consent_changed.v1")
    assert everybody.identifiers == ["email:eva@acme.com"]


async def test_what_changes_nothing_is_told_to_nobody(world):
    granted = [said(world, "email", GRANTED)]
    await world.take(world.touch("eva@acme.com", DEMO, consent=granted))
    await world.take(world.touch("eva@acme.com", "page.viewed", consent=granted))

    assert await of_type(world, "lead.consent_changed.v1") == []


async def test_a_person_writes_down_what_a_lead_said_and_takes_it_back(world):
    await world.take(world.touch("eva@acme.com", "page.viewed"))
    await by_hand(world, ("all", REFUSED))
    await world.take(world.touch("eva@acme.com", DEMO))
    assert await handoffs(world) == []
    await by_hand(world, ("all", UNKNOWN))

    assert len(await handoffs(world)) == 1
    [ready] = await world.sales_ready()
    assert (ready.lead.consent, ready.not_to_say) == ([], [])


async def test_what_a_source_told_later_outranks_what_a_person_wrote_down_of_before(world):
    await world.take(
        world.touch("eva@acme.com", "page.viewed", consent=[said(world, "email", GRANTED)])
    )
    yesterday = world.clock.now() - timedelta(days=1)
    await by_hand(world, ("email", REFUSED, yesterday))

    lead_id = await lead_of(world)
    consent = (await world.read(lambda conn: show_lead(conn, lead_id)))["consent"]
    assert consent["email"]["status"] == GRANTED


async def test_a_refusal_goes_with_its_lead_through_a_merge_and_back(world):
    await world.take(
        world.touch("eva@home.com", "page.viewed"),
        world.touch("eva@acme.com", "page.viewed", consent=[said(world, "all", REFUSED)]),
    )
    home, work = await lead_of(world, "eva@home.com"), await lead_of(world)
    await world.write(lambda uow: merge_leads(uow, home, work, "Ana", "same person"))
    await world.take(world.touch("eva@home.com", DEMO))
    assert await handoffs(world) == []
    merged = work if await lead_of(world) == home else home
    await world.write(lambda uow: unmerge_lead(uow, merged, "Ana"))
    world.clock.advance(timedelta(hours=1))
    await world.take(world.touch("eva@home.com", DEMO), world.touch("eva@acme.com", DEMO))

    assert [row.lead_name for row in await handoffs(world)] == ["eva@home.com"]
