"""Where a caller sits, behind proxies that are trusted to say so."""

from ipaddress import ip_address

from fastapi import Request

from services.handoff.settings import HandoffSettings, networks_of


def address_of(request: Request, settings: HandoffSettings) -> str:
    """Return whom failures to sign in are counted for: the nearest address we trust."""
    proxies = networks_of(settings.trusted_proxies)
    client = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "")
    for hop in [*reversed([one.strip() for one in forwarded.split(",") if one.strip()]), ""]:
        try:
            known = any(ip_address(client) in network for network in proxies)
        except ValueError:
            return client
        if not known or not hop:
            return client
        client = hop[:64]
    return client
