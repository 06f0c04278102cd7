"""Leads that wait for an answer by a link, and what the link's page says, in both languages."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.service.handoff.answering import open_answering
from tests.service.handoff.world import open_world

DAY = timedelta(days=1)
# What people read, in each language, to whom the world's people all speak Spanish by default.
SPANISH = {
    "unknown": "Este enlace no existe",
    "expired": "Este enlace ha caducado",
    "used": "Ya has respondido",
    "revoked": "Este enlace ya no vale",
    "closed": "la entrega ya terminó",
}


@pytest.fixture(scope="module")
async def standing(new_data):
    """The same for all tests that ask for what is refused, and so change nothing."""
    world = await open_world(f"sqlite:///{new_data('answering')}")
    async with open_answering(world) as answering:
        yield answering
    await world.db.stop()


@pytest.fixture(scope="module")
async def waiting(standing):
    """A lead that waits for an answer in it."""
    return await standing.handed_over()


def text_of(answer):
    """Return what a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


async def both(answering, path, action):
    """Return what opening a link says in both languages, and what pressing its button says."""
    spanish, english = await answering.get(path, "es"), await answering.get(path, "en")
    pressed = await answering.press(path, action, reason="not_now")
    assert spanish.status_code == english.status_code == pressed.status_code
    assert 'lang="es"' in spanish.text
    assert 'lang="en"' in english.text
    assert text_of(spanish) != text_of(english)
    assert "<form" not in spanish.text
    return spanish.status_code, text_of(spanish), text_of(english)
