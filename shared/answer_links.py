"""Links by which a person answers a hand-off: a page opens, and its form acts.

A token names hand-off, person, action and the moment of the event the message was about, and
is sealed with a key that notify and handoff share. So notify makes the same token again on
every try, nothing has to be stored of one before it is used, and nobody without the key can
make one. What a token is still good for is decided where the hand-off is.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import Struct
from typing import Literal
from uuid import UUID

from pydantic import Field, SecretStr, field_validator

from shared.settings import SHORTEST_KEY, Settings

Action = Literal["accept", "reject"]

PATH = "/a/"
PREFIX = "ans_"
SHAPE = re.compile(rf"{PREFIX}([A-Za-z0-9_-]{{76}})")
LABEL = b"relevo answer link 1\n"  # the key may serve nothing else by accident
SEAL_BYTES = 16
MOST_KEYS = 5
_BODY = Struct(">B16s16sQ")
_NUMBERS: dict[Action, int] = {"accept": 1, "reject": 2}
_ACTIONS = {number: action for action, number in _NUMBERS.items()}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """What a link allows: one person, one action, one hand-off.

    ``asked_at`` is when the event happened that the message told of, by handoff's clock.
    """

    handoff_id: str
    person_id: str
    action: Action
    asked_at: datetime


class LinkSeal:
    """Makes and reads tokens. The first key makes them; all are accepted."""

    def __init__(self, keys: Sequence[str]):
        """Keep ``keys``, at least one."""
        self._keys = [key.encode() for key in keys]

    def token(self, link: AnswerLink) -> str:
        """Return the token of a link, the same every time."""
        body = _BODY.pack(
            _NUMBERS[link.action],
            UUID(link.handoff_id).bytes,
            UUID(link.person_id).bytes,
            (link.asked_at - _EPOCH) // _MICROSECOND,
        )
        sealed = body + _seal(self._keys[0], body)
        return PREFIX + urlsafe_b64encode(sealed).decode()

    def read(self, token: str) -> AnswerLink | None:
        """Return what ``token`` allows; None unless one of the keys sealed it."""
        match = SHAPE.fullmatch(token)
        if match is None:
            return None
        sealed = urlsafe_b64decode(match[1])
        body, seal = sealed[: _BODY.size], sealed[_BODY.size :]
        if not any(hmac.compare_digest(_seal(key, body), seal) for key in self._keys):
            return None
        number, handoff, person, asked_us = _BODY.unpack(body)
        return AnswerLink(
            str(UUID(bytes=handoff)),
            str(UUID(bytes=person)),
            _ACTIONS[number],
            _EPOCH + asked_us * _MICROSECOND,
        )


def _seal(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, LABEL + body, "sha256")[:SEAL_BYTES]


def hash_token(token: str) -> str:
    """Return what is kept of a used token: no token can be made of it."""
    return sha256(token.encode()).hexdigest()


def link_keys(text: str) -> list[str]:
    """Return the keys in ``new,old``; raises ``ValueError`` where one is short or none is there."""
    keys = [key.strip() for key in text.split(",")]
    if any(len(key) < SHORTEST_KEY for key in keys) or len(keys) > MOST_KEYS:
        raise ValueError(
            f"it is 1 to {MOST_KEYS} keys of {SHORTEST_KEY} characters or more, with commas between"
        )
    return keys


class LinkSettings(Settings):
    """What the two services share that make and take links."""

    link_keys: SecretStr | None = Field(
        default=None,
        description="Seals the links by which people answer, 32 characters or more; without it "
        "messages carry none. The embedded product makes one. `NEW,OLD` changes it and lets links "
        "already sent work on.",
    )

    @field_validator("link_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            link_keys(value.get_secret_value())
        return value

    def link_seal(self) -> LinkSeal | None:
        """Return what makes and reads links, where a key is set."""
        keys = self.link_keys
        return None if keys is None else LinkSeal(link_keys(keys.get_secret_value()))

    def sends_links(self) -> bool:
        """Return whether messages carry links: with a key, and an address people can reach.

        An address found out at start does not count: it leads to this machine only.
        """
        return self.link_keys is not None and "public_url" in self.model_fields_set
