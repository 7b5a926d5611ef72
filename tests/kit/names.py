"""Host names in tests: a resolver that knows what it was told, or is silent, and asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer

LOOPBACK = "127.0.0.1"
HANGS = "hangs"  # in the place of an address: the look-up never ends


@implementer(IHostResolution)
class _LookUp:
    """A look-up under way, which costs nothing and so need not be stopped."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Part of the interface."""


@implementer(IHostnameResolver)
class Names:
    """What each name stands for: an address, HANGS, or nothing at all where it is missing."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.asked: list[str] = []

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Any = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        look_up = _LookUp(hostName)
        self.asked.append(hostName)
        resolutionReceiver.resolutionBegan(look_up)
        address = self.known.get(hostName)
        if address == HANGS:
            return look_up
        if address is not None:
            resolutionReceiver.addressResolved(IPv4Address("TCP", address, portNumber))
        resolutionReceiver.resolutionComplete()
        return look_up


@contextmanager
def resolving() -> Iterator[Names]:
    """The reactor looks names up here and nowhere else."""
    from twisted.internet import reactor as global_reactor

    reactor: Any = global_reactor
    names = Names()
    usual = reactor.installNameResolver(names)
    try:
        yield names
    finally:
        reactor.installNameResolver(usual)
