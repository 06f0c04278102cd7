"""Which addresses may be called."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.addresses import is_allowed, literal, networks

INTERNAL = {
    "this network": "0.0.0.0",
    "private 10": "10.1.2.3",
    "carrier-grade NAT": "100.64.0.1",
    "loopback": "127.0.0.1",
    "loopback, not the first": "127.8.8.8",
    "link-local": "169.254.1.1",
    "cloud metadata": "169.254.169.254",
    "private 172": "172.31.255.255",
    "private 192": "192.168.0.1",
    "protocol assignments": "192.0.0.8",
    "documentation": "203.0.113.7",
    "benchmarking": "198.19.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "IPv6 unspecified": "::",
    "IPv6 loopback": "::1",
    "IPv4-compatible": "::7f00:1",
    "IPv4-mapped loopback": "::ffff:127.0.0.1",
    "IPv4-mapped private": "::ffff:10.0.0.1",
    "IPv4-translated": "::ffff:0:127.0.0.1",
    "NAT64 of loopback": "64:ff9b::7f00:1",
    "NAT64 of a public address": "64:ff9b::808:808",
    "local NAT64": "64:ff9b:1::1",
    "6to4 of a private address": "2002:a00:1::1",
    "Teredo": "2001:0:4136:e378::1",
    "ORCHID": "2001:20::1",
    "IPv6 documentation": "2001:db8::1",
    "newer documentation": "3fff::1",
    "segment routing": "5f00::1",
    "unique local": "fd00::1",
    "IPv6 link-local": "fe80::1",
    "IPv6 link-local with a zone": "fe80::1%eth0",
    "public address with a zone": "2606:4700::1111%1",
    "site-local": "fec0::1",
    "IPv6 multicast": "ff02::1",
    "discard": "100::1",
}


@pytest.mark.parametrize("text", INTERNAL.values(), ids=INTERNAL.keys())
def test_internal_and_special_addresses_are_not_called(text):
    assert not is_allowed(ip_address(text))


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"]
)
def test_public_addresses_are_called(text):
    assert is_allowed(ip_address(text))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_ipv6_is_never_allowed_where_it_is_not_itself(address):
    number = int(address)
    hidden = [
        ip_address(f"::ffff:{address}"),
        ip_address((0x64FF9B << 96) + number),
        ip_address((0x2002 << 112) + (number << 80) + 1),
        ip_address(number),
    ]

    assert is_allowed(address) or not any(is_allowed(one) for one in hidden)


def test_an_exception_holds_for_its_network_and_for_no_other():
    allowed = networks("10.1.0.0/16, ::1/128")

    assert is_allowed(ip_address("10.1.2.3"), allowed)
    assert is_allowed(ip_address("::ffff:10.1.2.3"), allowed)
    assert is_allowed(ip_address("::1"), allowed)
    assert not is_allowed(ip_address("10.2.0.1"), allowed)
    assert not is_allowed(ip_address("127.0.0.1"), allowed)


@pytest.mark.parametrize("text", ["10.0.0.1/8", "localhost", "10.0.0.0/33", "300.1.1.1/32"])
def test_networks_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=r"."):
        networks(text)


def test_no_networks_are_an_empty_text():
    assert networks(" ") == ()


@pytest.mark.parametrize("name", ["example.com", "2130706433", "0x7f.1", "127.1", "1.2.3.4.5"])
def test_only_the_standard_spelling_is_a_literal(name):
    assert literal(name) is None


def test_an_ipv6_literal_may_have_brackets():
    assert literal("[::1]") == ip_address("::1")
