"""Whether anybody may contact a lead, channel by channel. A call is not a mail.

What a lead said of every channel (``all``) and of one of them is weighed by when it was
said: the later word counts, and of two said at one moment the refusal. A channel nobody
said anything about is neither granted nor refused; whether it may be used is for the law
of the lead's country, so it is no reason to hold a lead back.
"""

from collections.abc import Mapping
from typing import Literal

from services.handoff.domain.knowledge import Statement

Status = Literal["granted", "refused", "unknown"]
CHANNELS = ("email", "phone", "sms", "post")
EVERY_CHANNEL = "all"
REFUSED: Status = "refused"
UNKNOWN: Status = "unknown"
"""Also what a person says who takes a wrong refusal back: neither granted nor refused."""


def statement(consent: Mapping[str, Statement], channel: str) -> Statement | None:
    """Return the word that counts for a channel: ``[status, moment, source]``."""
    said = [one for name in (channel, EVERY_CHANNEL) if (one := consent.get(name)) is not None]
    return max(said, key=lambda one: (one[1], one[0] == REFUSED), default=None)


def status(consent: Mapping[str, Statement], channel: str) -> Status:
    """Return whether a channel may be used."""
    said = statement(consent, channel)
    return UNKNOWN if said is None else said[0]


def refused(consent: Mapping[str, Statement]) -> tuple[str, ...]:
    """Return the channels that must not be used."""
    return tuple(channel for channel in CHANNELS if status(consent, channel) == REFUSED)


def nobody_may(consent: Mapping[str, Statement]) -> Statement | None:
    """Return the latest word by which no channel is left; None where one is."""
    if len(refused(consent)) < len(CHANNELS):
        return None
    said = [one for channel in CHANNELS if (one := statement(consent, channel)) is not None]
    return max(said, key=lambda one: one[1])


def counting(consent: Mapping[str, Statement]) -> dict[str, Statement]:
    """Return the words that count, by channel; ``all`` where one counts for every channel.

    What a later word has overtaken is left out, and so is what was taken back.
    """
    everything = consent.get(EVERY_CHANNEL)
    by_channel = {
        channel: said
        for channel in sorted({*CHANNELS, *consent} - {EVERY_CHANNEL})
        if (said := statement(consent, channel)) is not None and said[0] != UNKNOWN
    }
    own = {channel: said for channel, said in by_channel.items() if said is not everything}
    if everything is None or everything[0] == UNKNOWN:
        return own
    return by_channel if own else {EVERY_CHANNEL: everything}
