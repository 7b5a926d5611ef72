"""Which connections come from the same place."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socketspeak.limits.addresses import LOCAL, group_of, is_local

ADDRESSES = st.ip_addresses().map(str)


@pytest.mark.parametrize(
    ("host", "group"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:c000:201", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("127.0.0.1", "127.0.0.1"),
        ("", LOCAL),
        ("no address", "no address"),
    ],
)
def test_a_group_is_an_ipv4_address_or_an_ipv6_network_of_64_bits(host: str, group: str) -> None:
    assert group_of(host) == group


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_whoever_has_a_network_of_64_bits_is_one_group(address: IPv6Address, host: int) -> None:
    other = IPv6Address(int(address) >> 64 << 64 | host)
    if address.ipv4_mapped is None and other.ipv4_mapped is None:
        assert group_of(str(address)) is group_of(str(other))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_the_same_in_ipv6s_clothes(address: IPv4Address) -> None:
    assert group_of(f"::ffff:{address}") is group_of(str(address))


@given(st.text())
def test_no_text_makes_it_raise(host: str) -> None:
    assert isinstance(group_of(host), str)
    assert is_local(host) in (True, False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", ""])
def test_loopback_and_unix_sockets_are_on_this_host(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "localhost"])
def test_others_are_not(host: str) -> None:
    assert not is_local(host)
