"""What notify's pages are made with; one set for the process."""

from collections.abc import Callable
from dataclasses import dataclass

from services.notify.broadcast import Broadcast
from services.notify.domain.messages import Message, Notice
from services.notify.unit_of_work import Parts
from shared.console.console import Console


@dataclass(frozen=True, slots=True)
class Installation:
    """What was set up to reach people. ``mail_from`` is None where no mail can be sent.

    ``language`` and ``zone`` hold where a person has none of their own.
    """

    mail_from: str | None
    signs_webhooks: bool
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class Tools:
    """See the module's text. ``grew`` tells that events have come, for pages that are live."""

    console: Console
    parts: Parts
    compose: Callable[[Notice], Message]
    installation: Installation
    grew: Broadcast
