"""Messages for people: once per hand-off and step, on their channels, while they matter."""

from datetime import timedelta

import pytest

from services.notify.domain.deliveries import CLAIM
from services.notify.domain.retries import PERSON_DELAYS_S
from services.notify.texts.compose import compose_notice
from tests.builders import MANAGER, REP, Lead, person_changed, review_due
from tests.service.notify.world import BUSY, OK, REFUSED, minutes

SLACK = ("slack", "https://hooks.slack.com/services/T/B/x")
MAIL = ("email", "lucia@acme.com")


@pytest.fixture
async def rep(world):
    """The rep chose Slack, then mail."""
    await world.take_directory(person_changed(REP, [SLACK, MAIL]))
    return REP


async def told(world):
    """(step, state) of every message."""
    return [(row.step, row.state) for row in await world.notifications()]


async def test_a_new_lead_is_told_once_on_the_first_channel(world, rep):
    lead = Lead()
    await world.take(lead.sales_ready(), lead.assigned())
    (delivery,) = await world.attempt(None, OK)

    assert (delivery.channel, delivery.address) == SLACK
    assert delivery.notice.step == "new"
    assert await told(world) == [("new", "told")]
    assert await world.claim(None) == []


async def test_the_same_news_under_another_id_is_told_once(world, rep):
    lead = Lead()
    await world.take(lead.sales_ready(), lead.sales_ready())
    await world.take(lead.sales_ready())

    assert len(await world.attempt(None, OK)) == 1
    assert await told(world) == [("new", "told")]


async def test_a_channel_that_keeps_failing_is_followed_by_the_next(world, rep):
    await world.take(Lead().sales_ready())
    channels, waits = [], []
    for _ in (0, *PERSON_DELAYS_S):
        (delivery,) = await world.attempt(None, BUSY)
        (row,) = await world.deliveries(id=delivery.id)
        channels.append(delivery.channel)
        waits.append((row.next_attempt_at - world.clock.now()).total_seconds())
        world.clock.moment = row.next_attempt_at
    (mail,) = await world.attempt(None, OK)

    assert channels == ["slack"] * 5
    for wait, planned in zip(waits, PERSON_DELAYS_S, strict=False):
        assert 0.8 * planned <= wait <= 1.2 * planned
    assert (mail.channel, mail.address) == MAIL
    assert await told(world) == [("new", "told")]
    assert [(one["type"], one["channel"]) for one in await world.reports()] == [
        ("delivery.failed.v1", "slack"),
        ("delivery.succeeded.v1", "email"),
    ]
    assert (await world.reports())[0]["next_channel"] == "email"


async def test_a_refusal_for_good_goes_to_the_next_channel_at_once(world, rep):
    await world.take(Lead().sales_ready())
    await world.attempt(None, REFUSED)
    (mail,) = await world.claim(None)

    assert mail.channel == "email"


async def test_when_every_channel_failed_the_message_is_still_in_the_inbox(world, rep):
    await world.take(Lead().sales_ready())
    await world.attempt(None, REFUSED)
    await world.attempt(None, REFUSED)

    assert await told(world) == [("new", "failed")]
    assert await world.claim(None) == []
    assert [one["next_channel"] for one in await world.reports()] == ["email", None]


async def test_after_the_chosen_channels_mail_is_tried_though_nobody_chose_it(world):
    await world.take_directory(person_changed(REP, [SLACK]))
    await world.take(Lead().sales_ready())
    await world.attempt(None, REFUSED)
    (mail,) = await world.claim(None)

    assert (mail.channel, mail.address) == ("email", REP.email)


async def test_who_chose_the_inbox_is_told_with_the_event_itself(world):
    await world.take_directory(person_changed(REP, [("inbox", "")]))
    await world.take(Lead().sales_ready())

    assert await told(world) == [("new", "told")]
    assert await world.claim(None) == []
    assert [(one["type"], one["channel"]) for one in await world.reports()] == [
        ("delivery.succeeded.v1", "inbox")
    ]


async def test_somebody_not_copied_yet_gets_mail_at_the_address_in_the_event(world):
    await world.take(Lead().sales_ready())
    (mail,) = await world.claim(None)

    assert (mail.channel, mail.address) == ("email", REP.email)
    assert mail.notice.reader.name == REP.name


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Lead.accepted, id="accepted"),
        pytest.param(lambda lead: lead.reassigned(by=REP), id="given away"),
    ],
)
async def test_a_message_that_was_overtaken_is_not_sent(world, rep, answer):
    lead = Lead()
    await world.take(lead.sales_ready())
    await world.attempt(None, BUSY)
    await world.take(answer(lead))
    world.clock.advance(timedelta(seconds=7))
    claimed = [one for one in await world.claim(None) if one.person_id == REP.person_id]
    (first, *_) = await world.deliveries(person_id=REP.person_id)

    assert claimed == []
    assert (first.state, len(first.attempts)) == ("not_needed", 1)
    assert (await told(world))[0] == ("new", "not_needed")


async def test_the_new_owner_and_the_manager_are_told_too(world, rep):
    lead = Lead()
    await world.take(lead.sales_ready())
    await world.take(lead.escalated(to=MANAGER))
    await world.take(lead.reassigned(to=MANAGER))
    claimed = await world.claim(None)

    assert {(one.person_id, one.notice.step) for one in claimed} == {
        (MANAGER.person_id, "reassigned"),
        (REP.person_id, "taken"),
        (MANAGER.person_id, "escalated"),
    }


async def test_a_message_a_dead_sender_may_have_sent_says_so_when_it_is_overtaken(world, rep):
    lead = Lead()
    await world.take(lead.sales_ready())
    await world.claim(None)
    await world.take(lead.accepted())
    world.clock.advance(CLAIM)
    await world.claim(None)
    (first, *_) = await world.deliveries(person_id=REP.person_id)

    assert first.state == "not_needed"
    assert [one["outcome"] for one in first.attempts] == ["unknown"]


async def test_an_escalation_that_was_answered_meanwhile_is_not_sent(world, rep):
    lead = Lead()
    await world.take(lead.sales_ready(), lead.escalated(to=MANAGER), lead.accepted())

    assert await world.claim(None) == []
    assert await told(world) == [("new", "not_needed"), ("escalated", "not_needed")]


async def test_news_soon_after_a_message_is_gathered_into_one(world, rep):
    lead = Lead()
    await world.take(lead.sales_ready())
    await world.attempt(None, OK)
    for title in ("Prices", "Cases"):
        world.clock.advance(minutes(1))
        await world.take(lead.updated(title))
    await world.take(lead.updated("Contact"), lead.updated("Legal"))
    assert await world.claim(None) == []

    world.clock.advance(minutes(3))
    (news,) = await world.attempt(None, OK)
    count, *lines = compose_notice(news.notice, "en", "UTC").sections[0].lines

    assert count == "4 señales nuevas, la más fuerte primero"
    assert [line.split(": ")[-1] for line in lines] == ["Prices", "Cases", "Contact", "Legal"]
    assert await told(world) == [("new", "told"), ("update", "told")]


async def test_news_after_a_quiet_while_comes_at_once(world, rep):
    lead = Lead()
    await world.take(lead.sales_ready())
    await world.attempt(None, OK)
    world.clock.advance(minutes(30))
    await world.take(lead.updated())

    assert [one.notice.step for one in await world.claim(None)] == ["update"]


async def test_news_that_comes_while_a_message_is_on_its_way_is_a_message_of_its_own(world, rep):
    lead = Lead()
    await world.take(lead.sales_ready())
    await world.attempt(None, OK)
    world.clock.advance(minutes(30))
    await world.take(lead.updated("Prices"))
    (first,) = await world.claim(None)
    await world.take(lead.updated("Cases"))
    await world.record((first, OK))
    world.clock.advance(minutes(5))
    (second,) = await world.claim(None)

    assert len(first.notice.events) == len(second.notice.events) == 1


async def test_news_about_different_hand_offs_is_not_mixed(world, rep):
    one, other = Lead("Ana"), Lead("Bea")
    await world.take(one.sales_ready(), other.sales_ready())
    await world.attempt(None, OK)
    world.clock.advance(minutes(30))
    await world.take(one.updated(), other.updated(), one.updated())
    claimed = await world.claim(None)

    assert sorted(len(delivery.notice.events) for delivery in claimed) == [1, 2]


async def test_an_older_revision_of_a_person_changes_nothing(world):
    await world.take_directory(person_changed(REP, [SLACK], revision=2))
    await world.take_directory(person_changed(REP, [MAIL], revision=1))
    await world.take(Lead().sales_ready())
    (delivery,) = await world.claim(None)

    assert delivery.channel == "slack"


async def test_a_channel_that_is_not_set_up_is_passed_over(world, rep):
    world.usable = {"email"}
    await world.take(Lead().sales_ready())
    (delivery,) = await world.claim(None)

    assert delivery.channel == "email"


async def test_to_somebody_who_has_left_nothing_is_sent(world):
    await world.take_directory(person_changed(REP, [SLACK, MAIL], active=False))
    await world.take(Lead().sales_ready())

    assert await world.claim(None) == []
    assert await told(world) == [("new", "told")]


async def test_both_teams_are_told_once_that_a_review_is_due(world, rep):
    await world.take_directory(person_changed(MANAGER, [("inbox", "")]))
    event = review_due()
    await world.take(event)
    await world.take(event)  # the bus may repeat itself
    (delivery,) = await world.attempt(None, OK)

    assert (delivery.person_id, delivery.channel) == (REP.person_id, "slack")
    assert sorted(await told(world)) == [("review", "told"), ("review", "told")]
    assert await world.reports() == []  # it concerns no lead


async def test_the_sender_is_woken_for_people_at_once(world, rep):
    await world.take(Lead().sales_ready())

    assert world.desk.woken == 1
