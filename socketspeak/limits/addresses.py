"""Which connections come from the same place: whoever has one IPv6 address has 2**64 of them."""

from __future__ import annotations

import sys
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

LOCAL = "local"  # the group of UNIX sockets, which have no address
IPV6_HOST_BITS = 64  # below them a network is one site's (RFC 6177)
KEPT_ADDRESSES = 1024  # to read an address takes half as long as all else that it takes to let its peer in
_HOST_MASK = (1 << IPV6_HOST_BITS) - 1


@lru_cache(KEPT_ADDRESSES)
def group_of(host: str) -> str:
    """The group that a peer's address is counted in: an IPv4 address, an IPv6 /64, LOCAL where there is none.

    An IPv4 address in IPv6's clothes (`::ffff:192.0.2.1`, RFC 4291) is the IPv4 address. What is no address
    is a group of its own. Equal groups are the same object.
    """
    if not host:
        return LOCAL
    address = _read(host)
    if address is None:
        return sys.intern(host)
    if isinstance(address, IPv6Address):
        return sys.intern(f"{IPv6Address(int(address) & ~_HOST_MASK)}/{IPV6_HOST_BITS}")
    return sys.intern(str(address))


@lru_cache(KEPT_ADDRESSES)
def is_local(host: str) -> bool:
    """Whether a peer is on this host: by loopback, or by a UNIX socket, which has no address."""
    address = _read(host)
    return not host or (address is not None and address.is_loopback)


def _read(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host.partition("%")[0])  # a scope says by which interface, not who
    except ValueError:
        return None
    return address if isinstance(address, IPv4Address) else address.ipv4_mapped or address
