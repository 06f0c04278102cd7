"""The ways to people: each channel is one file, and one line in ``CHANNELS``."""

from typing import Protocol

from services.notify.channels.email import Email
from services.notify.channels.inbox import Inbox
from services.notify.channels.parts import Parts
from services.notify.channels.slack import Slack
from services.notify.channels.teams import Teams
from services.notify.channels.webhook import Webhook
from services.notify.domain.attempts import Reply
from services.notify.domain.messages import Message


class Channel(Protocol):
    """One way to a person or a team.

    ``message_id`` is the same for every try, so that a receiver can tell a repeat.
    """

    name: str

    def __init__(self, parts: Parts): ...

    def is_usable(self, address: str) -> bool:
        """Return whether something can be sent to ``address`` at all."""
        ...

    async def send(self, address: str, message: Message, message_id: str) -> Reply:
        """Send; how it went is the result, never an exception."""
        ...


CHANNELS: tuple[type[Channel], ...] = (Email, Slack, Teams, Webhook, Inbox)


def build_channels(parts: Parts) -> dict[str, Channel]:
    """Return every channel by its name."""
    return {channel.name: channel(parts) for channel in CHANNELS}
