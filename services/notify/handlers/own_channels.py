"""How somebody hears of leads: their ways in order, and a message to see that one works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.notify.domain.messages import Message
from services.notify.domain.notifications import Route
from services.notify.store.tables import audit
from services.notify.texts.phrases import Phrases
from services.notify.unit_of_work import UnitOfWork
from shared.audit import times_since
from shared.problem import Problem, not_found

INBOX = "inbox"
TESTED = "channel.tested"
MOST_TESTS = 5
TESTS_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a person; ``is_usable``: something can be sent there as things are set up."""

    channel: str
    address: str
    is_usable: bool


def own_channels(uow: UnitOfWork, person_id: str) -> list[Way]:
    """Return a person's ways in the order they are tried; mail follows as the last.

    The inbox is not among them unless they chose it: it has every message anyhow. Raises
    ``Problem`` (404) for a person not known here yet.
    """
    person = _person(uow, person_id)
    chosen = [(one["channel"], one.get("address") or "") for one in person.channels]
    both = dict.fromkeys([*chosen, ("email", person.email)])
    return [Way(name, address, uow.is_usable(name, address)) for name, address in both]


def test_message(
    uow: UnitOfWork, who: str, person_id: str, channel: str, language: str, zone: str
) -> tuple[Route, Message]:
    """Return a message to try one's own ``channel`` with, and where it goes; noted in the audit.

    ``language`` and ``zone`` hold where the person has none. Raises ``Problem``: 404 for a
    person not known here yet, 409 for a channel that is not one of theirs, or not usable, 429
    after ``MOST_TESTS`` within ``TESTS_WITHIN``.
    """
    person = _person(uow, person_id)
    way = _first(own_channels(uow, person_id), channel)
    if way is None or channel == INBOX:
        raise Problem(409, "not_usable", f"nothing can be sent to you by {channel}")
    if times_since(uow.conn, audit, TESTED, person_id, uow.now - TESTS_WITHIN) >= MOST_TESTS:
        headers = {"Retry-After": str(int(TESTS_WITHIN.total_seconds()))}
        message = f"{MOST_TESTS} messages were sent within {TESTS_WITHIN}: look for them first"
        raise Problem(429, "too_many_tests", message, headers=headers)
    uow.audit(who, TESTED, person_id, detail={"channel": channel})
    words = Phrases(person.language or language, person.zone or zone)
    intro = words.say("test.text", name=person.name)
    return Route(way.channel, way.address), Message(
        words.language, words.say("test.subject"), intro, (), ()
    )


def _first(ways: Sequence[Way], channel: str) -> Way | None:
    return next((way for way in ways if way.channel == channel and way.is_usable), None)


def _person(uow: UnitOfWork, person_id: str) -> Row[Any]:
    person = uow.people.find([person_id]).get(person_id)
    if person is None:
        raise not_found("person")
    return person
