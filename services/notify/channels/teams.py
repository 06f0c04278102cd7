"""Microsoft Teams, by a Workflows URL and an Adaptive Card.

Text goes into text runs, which know no Markdown: nothing a lead wrote is markup.
(https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors)
"""

from typing import Any

import orjson

from services.notify.channels.parts import Parts
from services.notify.channels.posting import is_postable, post_to_people
from services.notify.domain.attempts import Reply
from services.notify.domain.messages import Message

CARD = "application/vnd.microsoft.card.adaptive"


class Teams:
    """A channel or chat in Teams."""

    name = "teams"

    def __init__(self, parts: Parts):
        self._parts = parts

    def is_usable(self, address: str) -> bool:
        return is_postable(self._parts.egress, address)

    async def send(self, address: str, message: Message, message_id: str) -> Reply:
        return await post_to_people(self._parts, address, orjson.dumps(payload(message)))


def payload(message: Message) -> dict[str, Any]:
    """Return the message as the card a workflow posts."""
    body = [_text(message.title, size="large", weight="bolder")]
    if message.intro:
        body.append(_text(message.intro))
    for section in message.sections:
        body.append(_text(section.heading, weight="bolder"))
        body.extend(_text(line) for line in section.lines)
    if message.footer:
        body.append(_text(message.footer, isSubtle=True))
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": message.language,
        "fallbackText": message.title,
        "body": body,
        "actions": [
            {"type": "Action.OpenUrl", "title": one.text, "url": one.url} for one in message.buttons
        ],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": CARD, "contentUrl": None, "content": card}],
    }


def _text(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}
