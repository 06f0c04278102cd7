"""A person's own webhook: the message as JSON, for tools that pass it on."""

from dataclasses import asdict

import orjson

from services.notify.channels.parts import Parts
from services.notify.channels.posting import is_postable, post_to_people
from services.notify.domain.attempts import Reply
from services.notify.domain.messages import Message
from shared.signing import secret_key, sign


class Webhook:
    """Any URL that takes JSON. Signed by Standard Webhooks where a secret is set."""

    name = "webhook"

    def __init__(self, parts: Parts):
        self._parts = parts
        self._keys = [secret_key(parts.webhook_secret)] if parts.webhook_secret else []

    def is_usable(self, address: str) -> bool:
        return is_postable(self._parts.egress, address)

    async def send(self, address: str, message: Message, message_id: str) -> Reply:
        body = orjson.dumps({"id": message_id, **asdict(message)})
        headers = {"webhook-id": message_id}
        if self._keys:
            headers = sign(self._keys, message_id, self._parts.now(), body)
        return await post_to_people(self._parts, address, body, headers)
