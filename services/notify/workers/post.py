"""Sending one claimed delivery: by its channel, or signed to its subscription."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.notify.channels import Channel
from services.notify.channels.events import post_event
from services.notify.domain.attempts import Reply
from services.notify.domain.deliveries import Delivery
from services.notify.domain.messages import Asked, Message, Notice
from services.notify.domain.notifications import Route
from services.notify.texts.compose import compose_event, compose_notice
from shared.answer_links import PATH, Action, AnswerLink, LinkSeal
from shared.egress import Egress
from shared.ids import new_id

ACTIONS: tuple[Action, ...] = ("accept", "reject")


@dataclass(frozen=True, slots=True)
class AnswerPages:
    """Where people answer. What it returns goes into a message and is kept nowhere."""

    seal: LinkSeal
    public_url: str

    def of(self, asked: Asked) -> dict[Action, str]:
        """Return the address of each answer."""
        links = (
            AnswerLink(asked.handoff_id, asked.person_id, action, asked.at) for action in ACTIONS
        )
        return {
            link.action: f"{self.public_url.rstrip('/')}{PATH}{self.seal.token(link)}"
            for link in links
        }


class Post:
    """Knows every channel, and the language and zone of those who have none of their own."""

    def __init__(
        self,
        egress: Egress,
        channels: Mapping[str, Channel],
        now: Callable[[], datetime],
        language: str,
        zone: str,
        pages: AnswerPages | None,
    ):
        self._egress = egress
        self._channels = channels
        self._now = now
        self._language = language
        self._zone = zone
        self._pages = pages

    def compose(self, notice: Notice) -> Message:
        """Return a person's message as text."""
        answers: dict[Action, str] = {}
        if self._pages is not None and notice.asked is not None:
            answers = self._pages.of(notice.asked)
        return compose_notice(notice, self._language, self._zone, answers)

    def is_usable(self, channel: str, address: str) -> bool:
        """Return whether something can be sent that way."""
        return channel in self._channels and self._channels[channel].is_usable(address)

    async def say(self, route: Route, message: Message) -> Reply:
        """Send a message that is no delivery, once; how it went is the result."""
        return await self._channels[route.channel].send(route.address, message, new_id())

    async def send(self, delivery: Delivery) -> Reply:
        """Make one attempt."""
        endpoint, notice = delivery.endpoint, delivery.notice
        if endpoint is None:
            assert notice is not None
            channel = self._channels[delivery.channel]
            message = self.compose(notice)
            return await channel.send(delivery.address, message, notice.notification_id)
        if endpoint.channel == "webhook":
            return await post_event(self._egress, delivery, self._now())
        message = compose_event(delivery.payload, endpoint.language, endpoint.zone)
        return await self._channels[endpoint.channel].send(endpoint.url, message, delivery.event_id)
