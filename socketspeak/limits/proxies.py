"""Whose word about a client's address is believed."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from socketspeak.limits.proxyheader import plain

UNIX = "unix"  # whoever may open one of our UNIX sockets
Proxy = IPv4Network | IPv6Network | str


def parse_proxy(text: str) -> Proxy:
    """A network of proxies, or UNIX; raises ValueError."""
    if text == UNIX:
        return UNIX
    if "%" in text:
        raise ValueError("a network has no scope")
    return ip_network(text)


class Proxies:
    """The peers that must say for whom they speak."""

    def __init__(self, trusted: Iterable[Proxy]) -> None:
        known = tuple(trusted)
        self._unix = UNIX in known
        self._networks = tuple(network for network in known if not isinstance(network, str))

    def __bool__(self) -> bool:
        return self._unix or bool(self._networks)

    def trust(self, host: str | None) -> bool:
        """Whether a peer is one of them: its address, or None where it came by a UNIX socket."""
        if host is None:
            return self._unix
        try:
            address = plain(ip_address(host))
        except ValueError:
            return False
        return any(address in network for network in self._networks)
