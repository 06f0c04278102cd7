"""A rep who reads Spanish reads Spanish, whatever handoff had to say about the lead."""

from datetime import timedelta

import pytest

from services.notify.domain.messages import Message, Notice, Reader
from services.notify.texts.compose import compose_event, compose_notice
from shared.contracts import Envelope
from shared.contracts.handoffs import HandoffEvent, HandoffRef
from tests.service.handoff.world import NOON, World, open_world

ENGLISH = (
    *("refused", "said", "given by", "not_now", "Not now", "unsubscribed", "Sales", "call"),
    *("phone", "sent it back", "had it before", "reason:"),
)


@pytest.fixture
async def world(sqlite_url):
    world = await open_world(sqlite_url)
    yield world
    await world.db.stop()


async def latest(world: World, kind: str) -> Envelope:
    return [one for one in await world.staged() if one.type == kind][-1]


def ref(event: Envelope) -> HandoffRef:
    assert isinstance(event.data, HandoffEvent)
    return event.data.handoff


async def handed_over_twice(world: World) -> Envelope:
    """Hand a lead over that refused the phone, was sent back, and complained about a mail."""
    refused = {"channel": "phone", "status": "refused", "at": NOON}
    await world.take(
        world.identify("eva@acme.com", consent=[refused], lead={"name": "Eva Ruiz"}),
        world.touch("eva@acme.com", "email.complained", name="Spam report"),
        world.touch("eva@acme.com", "demo.requested", name="Solicitud de demo"),
    )
    first = await latest(world, "handoff.sales_ready.v1")
    await world.answer(ref(first).handoff_id, "reject", reason="not_now")
    world.clock.advance(timedelta(days=100))
    await world.take(world.touch("eva@acme.com", "demo.requested", name="Solicitud de demo"))
    return await latest(world, "handoff.sales_ready.v1")


def read(message: Message) -> str:
    """Return all of a message's words, without what is data: names, sources, addresses."""
    lines = [message.title, message.intro, message.footer]
    for section in message.sections:
        lines += [section.heading, *section.lines]
    return "\n".join(lines)


def composed(step: str, event: Envelope, ready: Envelope) -> str:
    reader = Reader("Lucía Gómez", "lucia@acme.com", "es", "Europe/Madrid")
    notice = Notice("1", step, reader, (event.to_bytes(),), ready.to_bytes())
    return read(compose_notice(notice, "en", "UTC"))


async def test_a_new_lead_with_opt_outs_and_earlier_rejections_is_told_in_spanish(world):
    ready = await handed_over_twice(world)
    text = composed("new", ready, ready)

    assert [word for word in ENGLISH if word in text] == []
    assert "No usar: teléfono" in text
    assert "No por teléfono: lo rechazó el 2 mar 2026 (web)" in text
    assert "Se quejó (correo electrónico) el 2 mar 2026 (web)" in text
    assert "Ventas lo devolvió el 2 mar 2026: Ahora no" in text
    assert "devuelto a marketing (Ahora no)" in text


@pytest.mark.parametrize(
    ("said", "why"),
    [
        pytest.param(None, "El motivo: lo ha asignado Ana.", id="without a word"),
        pytest.param("vive en Lyon", "El motivo: vive en Lyon.", id="in their own words"),
    ],
)
async def test_a_handoff_given_by_hand_says_so_in_spanish(world, said, why):
    ready = await handed_over_twice(world)
    owner = ref(ready).owner.email
    to = next(
        ref(one).owner.person_id
        for one in await world.staged()
        if one.type == "handoff.assigned.v1" and ref(one).owner.email != owner
    )
    await world.answer(ref(ready).handoff_id, "reassign", "ana@ours.com", to=to, text=said)
    text = composed("reassigned", await latest(world, "handoff.reassigned.v1"), ready)

    assert why in text
    assert [word for word in ENGLISH if word in text] == []


@pytest.mark.parametrize("kind", ["handoff.rejected.v1", "lead.recycled.v1"])
async def test_a_team_reads_the_reason_in_its_language(world, kind):
    await handed_over_twice(world)
    event = (await latest(world, kind)).to_bytes()

    assert "(Ahora no)" in compose_event(event, "es", "UTC").title
    assert "(Not now)" in compose_event(event, "en", "UTC").title
