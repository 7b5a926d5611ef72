"""The ways into the daemon: each endpoint that it listens on, and what it is to those who come in there."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IAddress, IProtocolFactory, IStreamServerEndpoint

from socketspeak.app.certificates import Certificates
from socketspeak.app.config import Config
from socketspeak.limits.proxies import Proxies
from socketspeak.server.encrypted import EncryptedFactory
from socketspeak.server.gate import Gate
from socketspeak.server.held import leaving_as_it_is
from socketspeak.server.proxied import ProxiedFactory


@dataclass(frozen=True, slots=True)
class Door:
    """An endpoint, with the option and the description that it is from, and what serves those who come in.

    `starttls`: whoever comes in can ask for TLS.
    """

    option: str
    text: str
    endpoint: IStreamServerEndpoint
    factory: IProtocolFactory
    starttls: bool = False

    @property
    def encrypted(self) -> bool:
        """Whether it is TLS from the start."""
        return self.option == "listen-tls" or is_encrypted(self.text)

    def exposed(self, address: IAddress) -> bool:
        """Whether other machines can listen in if it listens on this address."""
        return is_public(address) and not self.encrypted


def doors_of(
    config: Config, factory: IProtocolFactory, certificates: Certificates | None, gate: Gate, reactor: Any
) -> tuple[Door, ...]:
    """Every door that the settings ask for, with what serves behind it; none is open yet."""
    proxies = Proxies(config.trusted_proxy)

    def door(option: str, text: str, inner: IProtocolFactory, starttls: bool = False) -> Door:
        # A PROXY header comes before all else, so not where an endpoint reads something by itself.
        reads = is_encrypted(text) or text.startswith("haproxy:")
        outer = ProxiedFactory(inner, proxies, gate) if proxies and not reads else inner
        return Door(option, text, leaving_as_it_is(serverFromString(reactor, text), reactor), outer, starttls)

    clear = [door("listen", text, factory, certificates is not None) for text in config.listen]
    if certificates is None:
        return tuple(clear)
    inside = EncryptedFactory(certificates.creator, reactor, factory)
    return (*clear, *(door("listen-tls", text, inside) for text in config.listen_tls))


def address_text(address: IAddress) -> str:
    """An address as operators write it: `127.0.0.1:8082`, `[::1]:8082`, or a UNIX socket's path."""
    if isinstance(address, IPv4Address):
        return f"{address.host}:{address.port}"
    if isinstance(address, IPv6Address):
        return f"[{address.host}]:{address.port}"
    name = getattr(address, "name", None)
    return name.decode(errors="replace") if isinstance(name, bytes) else str(address)


def is_encrypted(endpoint: str) -> bool:
    """Whether an endpoint's description asks for TLS at once: `ssl:`, `tls:`, or another around one."""
    return not {"ssl", "tls"}.isdisjoint(endpoint.split(":"))


def is_public(address: IAddress) -> bool:
    """Whether other machines can reach a listening address."""
    if not isinstance(address, IPv4Address | IPv6Address):
        return False
    return not ipaddress.ip_address(address.host).is_loopback
