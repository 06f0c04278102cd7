"""Which network addresses the product may call on behalf of a user.

``ipaddress.is_global`` is not enough: it calls NAT64, 6to4, IPv4-compatible and other
ranges global although they lead to internal IPv4 addresses. So the forbidden ranges are
listed, and an address inside an IPv6 one is judged as well.

Sources: IANA special-purpose address registries (IPv4, IPv6), RFC 6890, RFC 9637.
"""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

FORBIDDEN: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local; cloud metadata lives here
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast included
        "::/96",  # unspecified, loopback, IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # local NAT64
        "100::/63",  # discard, dummy
        "2001::/23",  # IETF protocol assignments, Teredo and ORCHID included
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # private
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
)


def networks(text: str) -> tuple[Network, ...]:
    """Return the comma-separated networks in ``text``, for example ``127.0.0.0/8,::1/128``.

    Raises ``ValueError`` for what is none, host bits included.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_allowed(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Return whether ``address`` may be connected to; ``allowed`` are exceptions to the list.

    An IPv4 address inside an IPv4-mapped one counts as itself.
    """
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
    if any(address in network for network in allowed):
        return True
    return not any(address in network for network in FORBIDDEN)


def literal(host: str) -> Address | None:
    """Return the address ``host`` spells in the standard way; None when it is a name."""
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
