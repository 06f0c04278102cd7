"""What is remembered of a touch, so that it can be judged together with its neighbours.

Neighbours are the touches of one mail at one recipient; where a source has hidden links,
also what one agent of one person saw on its pages.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from crawlerdetect import CrawlerDetect

from services.ingest.domain.incoming import IncomingTouch, Mark
from services.ingest.domain.made_by import NO_SIGN, judge
from services.ingest.domain.sightings import (
    CLICKED,
    HIDDEN_LINK,
    HITS,
    NOT_SETTLED,
    OF_A_MAIL,
    SETTLES,
    is_hidden,
)
from services.ingest.domain.text import mapping, text_of

VIEWED = frozenset({"page.viewed", "content.viewed", "pricing.viewed", "careers.viewed"})
DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Traps:
    """What a source's settings say about telling machines.

    ``hidden`` are the addresses no person can see, as ``hidden_address`` writes them.
    """

    hidden: frozenset[str] = field(default_factory=frozenset)
    settles: timedelta = SETTLES


@dataclass(frozen=True, slots=True)
class Look:
    """What a touch tells about who made it.

    ``mail`` names its neighbours; None: it has none, and ``own`` is the last word. ``waits``:
    neighbours still to come may say otherwise.
    """

    own: Mark
    mail: bytes | None = None
    link: bytes | None = None
    waits: bool = False

    @property
    def first(self) -> Mark:
        """Return the mark the touch is published with: it depends on nothing but itself."""
        return NOT_SETTLED if self.waits else self.own


def look_at(
    touch: IncomingTouch,
    kind: str,
    properties: Mapping[str, Any],
    who: Sequence[str],
    is_timed: bool,
    traps: Traps,
) -> Look:
    """Return what a touch of ``kind`` tells of who made it.

    ``who`` are its identifiers, ``is_timed`` says that its moment is the source's own.
    """
    own = judge(touch.mark, touch.user_agent, is_crawler(touch.user_agent or ""))
    if traps.hidden and is_hidden(properties, traps.hidden):
        own = HIDDEN_LINK
    mail = _neighbours(touch, kind, properties, who, traps) if is_timed else None
    if mail is None:
        return Look(own)
    url = text_of(mapping(properties.get("email")).get("url"))
    waits = own == NO_SIGN and bool(traps.settles) and (kind in HITS or kind in VIEWED)
    return Look(own, mail, _digest(url) if url else None, waits)


def _neighbours(
    touch: IncomingTouch,
    kind: str,
    properties: Mapping[str, Any],
    who: Sequence[str],
    traps: Traps,
) -> bytes | None:
    recipient = next((one for one in who if one.startswith("email:")), who[0])
    if kind in OF_A_MAIL:
        email = mapping(properties.get("email"))
        if (mail := text_of(email.get("id"))) is not None:
            return _digest("mail", mail, recipient)
        if (campaign := text_of(mapping(properties.get("campaign")).get("id"))) is not None:
            return _digest("campaign", campaign, recipient)
        # Nobody says which mail: only links followed at once tell something.
        if kind == CLICKED and text_of(email.get("url")) is not None:
            return _digest("recipient", recipient)
    elif kind in VIEWED and traps.hidden:
        return _digest("agent", recipient, touch.user_agent or "")
    return None


def _digest(*parts: str) -> bytes:
    text = "\x00".join(parts).encode(errors="surrogatepass")
    return hashlib.blake2b(text, digest_size=DIGEST_BYTES).digest()


@lru_cache(maxsize=8192)
def is_crawler(user_agent: str) -> bool:
    """Return whether a published list knows ``user_agent`` as a crawler."""
    return bool(user_agent) and CrawlerDetect(user_agent=user_agent[:1000]).isCrawler()
