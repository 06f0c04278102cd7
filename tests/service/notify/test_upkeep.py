"""Now and then: contacts warned, what fails disabled, the old forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notify.channels.email import Email
from services.notify.channels.parts import Parts
from services.notify.service import FORGET
from services.notify.workers.upkeep import PRUNE_ROWS, prune, watch
from shared.egress import Egress
from tests.builders import Lead
from tests.service.notify.world import BUSY, GONE, OK

READY = "handoff.sales_ready.v1"


@pytest.fixture
def mail(mail_sink):
    return Email(Parts(Egress(), lambda: datetime.now(UTC), smtp_url=mail_sink.url))


async def failing(world, **values):
    """A subscription to which nothing gets through from now on."""
    crm = await world.subscribe(READY, **values)
    await world.take(Lead().sales_ready())
    await world.attempt(crm, BUSY)
    return crm


async def test_the_contact_is_warned_twice_and_told_when_it_is_disabled(world, mail, mail_sink):
    crm = await failing(world, language="es", name="HubSpot")
    subjects = []
    for day in range(1, 7):
        world.clock.advance(timedelta(days=1))
        await watch(world.run, mail)
        await watch(world.run, mail)  # the next minute: nothing new
        subjects.append([one.message["Subject"] for one in mail_sink.mails])
        mail_sink.mails.clear()
        assert (await world.subscription(crm)).state == ("active" if day < 5 else "disabled")

    assert subjects == [
        ["Falla un webhook: HubSpot"],
        [],
        [],
        ["Falla un webhook: HubSpot"],
        ["Webhook desactivado: HubSpot"],
        [],
    ]
    assert mail_sink.mails == []


async def test_a_receiver_that_recovers_is_not_warned_about(world, mail, mail_sink):
    crm = await failing(world)
    world.clock.advance(timedelta(hours=23))
    await world.attempt(crm, OK)
    world.clock.advance(timedelta(hours=2))
    await watch(world.run, mail)

    assert mail_sink.mails == []


async def test_a_warning_that_was_not_taken_is_sent_again(world, mail, mail_sink):
    await failing(world)
    world.clock.advance(timedelta(days=1))
    mail_sink.answer_next("451 later")
    await watch(world.run, mail)
    assert mail_sink.mails == []
    await watch(world.run, mail)

    assert len(mail_sink.mails) == 1


async def test_what_was_disabled_by_a_410_is_told_too(world, mail, mail_sink):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready())
    await world.attempt(crm, GONE)
    await watch(world.run, mail)
    (told,) = mail_sink.mails

    assert told.recipients == ("ops@acme.com",)
    assert "410" in told.message.get_body(("plain",)).get_content()


async def test_without_a_contact_it_is_disabled_all_the_same(world, mail, mail_sink):
    crm = await failing(world, contact_email=None)
    world.clock.advance(timedelta(days=5))
    await watch(world.run, mail)

    assert (await world.subscription(crm)).state == "disabled"
    assert mail_sink.mails == []


async def test_a_disabled_subscription_parks_what_it_has_not_got(world, mail):
    crm = await failing(world)
    world.clock.advance(timedelta(days=5))
    await watch(world.run, mail)
    (row,) = await world.deliveries(subscription_id=crm)

    assert row.state == "parked"
    assert row.reason.startswith("subscription disabled")


async def test_the_old_is_forgotten_and_the_rest_is_not(world):
    crm = await world.subscribe(READY)
    world.clock.moment = datetime.now(UTC)  # ids rise with the real time
    await world.take(Lead().sales_ready())
    await world.attempt(crm, OK)
    await world.attempt(None, OK)
    world.clock.advance(timedelta(days=40))
    await world.take(Lead().sales_ready())
    world.clock.advance(timedelta(days=51))
    await prune(world.run, FORGET)

    events = await world.db.read(
        lambda conn: conn.exec_driver_sql("SELECT position FROM feed_event").scalars().all()
    )
    assert events == [2]
    assert [row.position for row in await world.deliveries(channel="webhook")] == [2]
    assert len(await world.notifications()) == 1


async def test_forgetting_takes_a_little_at_a_time(world):
    calls = []

    def forget(uow, limit):
        calls.append(limit)
        return limit if len(calls) < 3 else 1

    await prune(world.run, [forget])
    assert calls == [PRUNE_ROWS] * 3
