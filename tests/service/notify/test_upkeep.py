"""Now and then: contacts warned, what fails disabled, the old forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notify import readmodels
from services.notify.channels.email import Email
from services.notify.channels.parts import Parts
from services.notify.handlers.read_inbox import inbox_page
from services.notify.service import FORGET
from services.notify.texts.compose import compose_notice
from services.notify.workers.upkeep import PRUNE_ROWS, prune, watch
from shared.contracts.handoffs import Person
from shared.egress import Egress
from shared.ids import new_id
from tests.builders import MANAGER, REP, Lead, person_changed
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


async def try_again(world, crm):
    """Let an attempt fail now, whatever the schedule says."""
    await world.take(Lead().sales_ready())
    await world.attempt(crm, BUSY)


async def test_the_contact_is_warned_twice_and_told_when_it_is_disabled(world, mail, mail_sink):
    crm = await failing(world, language="es", name="HubSpot")
    subjects = []
    for day in range(1, 7):
        world.clock.advance(timedelta(hours=23))
        await try_again(world, crm)
        world.clock.advance(timedelta(hours=1))
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


async def test_who_was_not_warned_because_we_were_away_is_warned_first(world, mail, mail_sink):
    crm = await failing(world, zone="UTC")
    world.clock.advance(timedelta(days=9))
    await watch(world.run, mail)
    assert (await world.subscription(crm)).state == "active"
    (warning,) = mail_sink.mails
    # The moment it names is a day away, not long past.
    assert "by Thu 12 Mar, 12:00" in warning.message.get_body(("plain",)).get_content()
    world.clock.advance(timedelta(days=1))
    await watch(world.run, mail)
    assert (await world.subscription(crm)).state == "active", "nothing was tried meanwhile"
    await try_again(world, crm)
    await watch(world.run, mail)

    assert (await world.subscription(crm)).state == "disabled"
    assert [one.message["Subject"] for one in mail_sink.mails] == [
        "Webhook failing: crm",
        "Webhook disabled: crm",
    ]


async def disabled(world, mail, crm):
    """Let a failing subscription come to its end."""
    for _ in range(6):
        world.clock.advance(timedelta(hours=23))
        await try_again(world, crm)
        world.clock.advance(timedelta(hours=1))
        await watch(world.run, mail)


ADMINS = (REP, MANAGER)


async def hire_admins(world):
    """Two admins, a rep, and an admin who has left."""
    people = [
        person_changed(REP, language="es", roles=["admin"]),
        person_changed(MANAGER, language="en", roles=["sales", "admin"]),
        person_changed(Person(person_id=new_id(), name="Rep", email="rep@acme.com")),
        person_changed(
            Person(person_id=new_id(), name="Gone", email="gone@acme.com"),
            roles=["admin"],
            active=False,
        ),
    ]
    await world.take_directory(*people)


@pytest.mark.parametrize(
    "how", ["no contact", "no mail server", "an address that is refused for good"]
)
async def test_where_no_contact_can_be_told_the_admins_find_it_in_their_inbox(
    world, mail, mail_sink, how
):
    await hire_admins(world)
    if how == "no mail server":
        mail = Email(Parts(Egress(), lambda: datetime.now(UTC)))
    elif how != "no contact":
        for _ in range(3):
            mail_sink.answer_next("550 no such user")
    contact = None if how == "no contact" else "ops@acme.com"
    crm = await failing(world, contact_email=contact, name="HubSpot")
    await disabled(world, mail, crm)

    assert (await world.subscription(crm)).state == "disabled"
    assert mail_sink.mails == []
    for person, titles in (
        (REP, ["Falla un webhook: HubSpot"] * 2 + ["Webhook desactivado: HubSpot"]),
        (MANAGER, ["Webhook failing: HubSpot"] * 2 + ["Webhook disabled: HubSpot"]),
    ):
        found = await inbox(world, person)
        assert [title for title, _ in found] == titles
    _, text = (await inbox(world, REP))[-1]
    assert "no llegó nada durante cinco días" in text
    steps = {row.person_id for row in await world.notifications() if row.step == "subscription"}
    assert steps == {one.person_id for one in ADMINS}


async def inbox(world, person):
    """Return title and text of a person's messages about subscriptions, oldest first."""

    def work(uow):
        rows = [
            row
            for row in readmodels.list_notifications(
                uow.conn, person.person_id, None, 50, unread=True
            )[0]
            if row.step == "subscription"
        ]
        notices = [one for _, one in inbox_page(uow, rows) if one is not None]
        return [compose_notice(one, "en", "UTC") for one in notices]

    return [(one.title, one.intro) for one in reversed(await world.run(work))]


async def test_a_disabled_subscription_parks_what_it_has_not_got(world, mail):
    crm = await failing(world, contact_email=None)
    await disabled(world, mail, crm)
    rows = await world.deliveries(subscription_id=crm)

    assert {row.state for row in rows} == {"parked"}
    assert {row.reason for row in rows} == {
        "subscription disabled: nothing got through for five days"
    }


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
