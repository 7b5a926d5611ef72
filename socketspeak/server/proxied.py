"""Connections that come through a proxy: its PROXY header is read first, and the client's address counts."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress, IDelayedCall, IProtocolFactory
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from socketspeak.limits.proxies import Proxies
from socketspeak.limits.proxyheader import Client, Malformed, ProxyHeader, read_header
from socketspeak.server.gate import Gate

TELL_SECONDS = 60.0  # between two lines of the log about proxies without a header, however many there are


class Introduction(Protocol):
    """A proxy that has not yet said for whom it speaks. Until then nothing is said to it either."""

    _late: IDelayedCall | None = None

    def __init__(self, factory: ProxiedFactory, proxy: IAddress) -> None:
        self._introducing = factory
        self._proxy = proxy
        self._begun = b""
        self._ended = False

    def connectionMade(self) -> None:
        gate = self._introducing.gate
        self._late = gate.clock.callLater(gate.handshake_time, self._end, "it is late")

    def dataReceived(self, data: bytes) -> None:
        self._begun += data
        header = read_header(self._begun)
        if isinstance(header, Malformed):
            self._end(header.why)
        elif header is not None:
            self._hand_over(header)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._be_in_time()
        if self._begun and not self._ended:  # whoever connects and goes only looks whether we are there
            self._introducing.unintroduced(self._proxy, "it ends before its header does")
        self._ended = True

    def _hand_over(self, header: ProxyHeader) -> None:
        """Leave the transport to the protocol of whoever speaks through it, as if nothing had been before."""
        self._be_in_time()
        self._ended = True
        transport: Any = self.transport
        protocol = self._introducing.introduced(header.client, self._proxy)
        transport.protocol = protocol
        protocol.makeConnection(transport)
        rest = self._begun[header.octets :]
        if rest:
            protocol.dataReceived(rest)

    def _end(self, why: str) -> None:
        """HAProxy's specification: never guess; abort, so that the proxy notices."""
        self._be_in_time()
        self._ended = True
        self._introducing.unintroduced(self._proxy, why)
        transport: Any = self.transport
        transport.abortConnection()

    def _be_in_time(self) -> None:
        if self._late is not None and self._late.active():
            self._late.cancel()
        self._late = None


class ProxiedFactory(Factory):
    """Lets trusted proxies say for whom they speak; everyone else goes straight to the factory inside.

    It stands at the port itself: the header comes before TLS, and the transport is handed on.
    """

    noisy = False
    log = Logger()

    def __init__(self, inner: IProtocolFactory, proxies: Proxies, gate: Gate) -> None:
        """A header may take as long as the gate gives to a handshake of TLS."""
        self._inner: Any = inner
        self._proxies = proxies
        self.gate = gate
        self._told: float | None = None

    def doStart(self) -> None:
        self._inner.doStart()
        super().doStart()

    def doStop(self) -> None:
        self._inner.doStop()
        super().doStop()

    def logPrefix(self) -> str:
        """What this is called in the log."""
        return f"{self._inner.logPrefix()} (PROXY)"

    def buildProtocol(self, addr: IAddress | None) -> Any:
        if addr is not None and self._proxies.trust(_host(addr)):
            return Introduction(self, addr)
        return self._inner.buildProtocol(addr)

    def introduced(self, client: Client | None, proxy: IAddress) -> Any:
        """The protocol for a client; where there is none, for the proxy itself."""
        return self._inner.buildProtocol(proxy if client is None else _address(client))

    def unintroduced(self, proxy: IAddress, why: str) -> None:
        """A trusted proxy did not say for whom it speaks: count it, and tell of it now and then."""
        self.gate.counts.proxy_faults += 1
        now = self.gate.clock.seconds()
        if self._told is None or now - self._told >= TELL_SECONDS:
            self._told = now
            self.log.warn(
                "the proxy {proxy} is let go for want of a PROXY header: {why}",
                proxy=_host(proxy) or "on a UNIX socket",
                why=why,
            )


def _host(address: IAddress) -> str | None:
    """An address's host; None for a UNIX socket."""
    return None if isinstance(address, UNIXAddress) else str(getattr(address, "host", ""))


def _address(client: Client) -> IAddress:
    kind = IPv4Address if ip_address(client.host).version == 4 else IPv6Address
    return kind("TCP", client.host, client.port)
