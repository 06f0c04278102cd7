"""The ways to reach a person: each with an address that can be meant."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from services.handoff.fields.people import masked
from services.handoff.settings import HandoffSettings
from shared.contracts.directory import PersonalChannel
from shared.fields import normal_email
from shared.problem import invalid
from shared.settings import LOOPBACK


def settled_channels(
    settings: HandoffSettings, email: str, channels: Sequence[PersonalChannel]
) -> list[PersonalChannel]:
    """Return the channels as they are stored; ``email`` is the person's own address.

    Raises ``Problem`` (422) with the place of the first one that cannot be used.
    """
    return [
        channel.model_copy(update={"address": _settled_address(settings, email, place, channel)})
        for place, channel in enumerate(channels)
    ]


def unmasked(
    channels: Sequence[PersonalChannel], known: Sequence[PersonalChannel]
) -> list[PersonalChannel]:
    """Return ``channels`` with the addresses of ``known`` ones where they came back masked."""
    addresses = {(one.channel, masked(one)): one.address for one in known}
    return [
        one.model_copy(update={"address": addresses.get((one.channel, one.address), one.address)})
        for one in channels
    ]


def _settled_address(
    settings: HandoffSettings, email: str, place: int, channel: PersonalChannel
) -> str:
    pointer, address = f"/channels/{place}/address", channel.address.strip()
    match channel.channel:
        case "email":
            try:
                return normal_email(address) if address else email
            except ValueError as error:
                raise invalid(pointer, str(error)) from error
        case "inbox":
            if address:
                raise invalid(pointer, "the inbox is here: it has no address")
            return ""
        case _:
            if why := _why_not(settings, address):
                raise invalid(pointer, why)
            return address


def _why_not(settings: HandoffSettings, url: str) -> str | None:
    """Return what is wrong with a URL that leads are to be told to."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        return f"not a URL: {error}"
    if not host or not url.isprintable() or " " in url:
        return "not a URL; it starts with https://"
    if parts.username is not None or parts.password is not None:
        return "a URL with a user name or password would show it to everybody"
    if parts.scheme == "https":
        return None
    if parts.scheme == "http" and settings.environment == "development" and host in LOOPBACK:
        return None
    return "must start with https:// (http:// only to this machine, in development)"
