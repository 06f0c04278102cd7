"""Slack, by an incoming webhook and Block Kit (https://docs.slack.dev/block-kit)."""

from typing import Any

import orjson

from services.notify.channels.parts import Parts
from services.notify.channels.posting import is_postable, post_to_people
from services.notify.domain.attempts import Reply
from services.notify.domain.messages import Message

HEADER_CHARACTERS = 150
TEXT_CHARACTERS = 3000
BUTTON_CHARACTERS = 75


class Slack:
    """A channel or a person's own webhook in Slack."""

    name = "slack"

    def __init__(self, parts: Parts):
        self._parts = parts

    def is_usable(self, address: str) -> bool:
        return is_postable(self._parts.egress, address)

    async def send(self, address: str, message: Message, message_id: str) -> Reply:
        return await post_to_people(self._parts, address, orjson.dumps(payload(message)))


def payload(message: Message) -> dict[str, Any]:
    """Return the message for Slack: lead text is plain text, and no mention ever pings."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain(message.title, HEADER_CHARACTERS)}
    ]
    if message.intro:
        blocks.append({"type": "section", "text": plain(message.intro, TEXT_CHARACTERS)})
    for section in message.sections:
        heading = {"type": "mrkdwn", "text": f"*{escape(section.heading)}*"}
        blocks.append({"type": "section", "text": heading})
        lines = "\n".join(section.lines)
        blocks.append({"type": "section", "text": plain(lines, TEXT_CHARACTERS)})
    if message.buttons:
        elements = [
            {"type": "button", "text": plain(one.text, BUTTON_CHARACTERS), "url": one.url}
            for one in message.buttons
        ]
        blocks.append({"type": "actions", "elements": elements})
    if message.footer:
        blocks.append({"type": "context", "elements": [plain(message.footer, TEXT_CHARACTERS)]})
    return {
        "text": escape(message.title),  # what notifications show
        "mrkdwn": False,
        "link_names": False,
        "parse": "none",
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": blocks,
    }


def plain(text: str, limit: int) -> dict[str, Any]:
    """Return a text without markup; cut before it is escaped, so no entity is cut in two."""
    return {"type": "plain_text", "text": _fitting(text, limit), "emoji": False}


def escape(text: str) -> str:
    """Return ``text`` with Slack's three control characters as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fitting(text: str, limit: int) -> str:
    while len(escaped := escape(text)) > limit:
        text = text[: len(text) - max(1, (len(escaped) - limit) // 5)]
    return escaped
