"""The resolver of the sources' names: what it knows it remembers, and a look-up that hangs holds nobody.

`getaddrinfo` has neither a deadline nor a way to be cancelled, and Twisted runs it in ten threads that all
share and that the end of the process waits for. Here each look-up has a thread of its own, which the end does
not wait for; they are few, and one a name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from socket import AF_INET, AF_INET6, SOCK_STREAM, getaddrinfo
from threading import Thread
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer

SECOND_NS = 1_000_000_000
THREADS = 8  # at once, of all names
FRESH_NS = 60 * SECOND_NS  # then a name is looked up again, behind what is remembered
REMEMBERED_NS = 3600 * SECOND_NS  # in which a resolver that fails or hangs does no harm
LOOK_UP_SECONDS = 1.0  # no longer does anybody wait for an address
GIVEN_UP_NS = 30 * SECOND_NS  # a look-up that has hung for so long may never end: another one is begun

Found = tuple[tuple[int, str], ...]  # of each address its family, and the address in figures
LookUp = Callable[[str], Found]


def system_look_up(name: str) -> Found:
    """Ask the system for the addresses of a name, in the system's order; it blocks. None found is empty."""
    try:
        rows = getaddrinfo(name, None, type=SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    found = ((int(family), str(where[0])) for family, _, _, _, where in rows)
    return tuple(dict.fromkeys(each for each in found if each[0] in {AF_INET, AF_INET6}))


@implementer(IHostResolution)
class _Resolution:
    """One wish to know the addresses of a name."""

    def __init__(self, name: str, port: int, receiver: IResolutionReceiver) -> None:
        self.name = name
        self._port = port
        self._receiver: IResolutionReceiver | None = receiver

    def cancel(self) -> None:
        self._receiver = None

    def tell(self, found: Found) -> None:
        """Fulfil it, once."""
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            for family, host in found:
                receiver.addressResolved(_address(family, host, self._port))
            receiver.resolutionComplete()


def _address(family: int, host: str, port: int) -> IAddress:
    return IPv6Address("TCP", host, port) if family == AF_INET6 else IPv4Address("TCP", host, port)


@dataclass
class _Name:
    """What is known of a name, and what is under way."""

    found: Found = ()
    found_ns: int = 0
    begun_ns: int | None = None  # the look-up that is under way
    waiting: list[_Resolution] = field(default_factory=list)


@implementer(IHostnameResolver)
class Names:
    """Resolves names through the system's resolver, in threads that hold up nothing and nobody."""

    def __init__(self, reactor: Any, steady_ns: Callable[[], int], look_up: LookUp = system_look_up) -> None:
        """`reactor` is told from threads, and keeps time; `look_up` is run in a thread of its own."""
        self._reactor = reactor
        self._steady_ns = steady_ns
        self._look_up = look_up
        self._names: dict[str, _Name] = {}
        self._threads = 0

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Tell the receiver the addresses of a name, as IHostnameResolver says; none where there are none."""
        resolution = _Resolution(hostName, portNumber, resolutionReceiver)
        resolutionReceiver.resolutionBegan(resolution)
        name, now_ns = self._names.setdefault(hostName, _Name()), self._steady_ns()
        age_ns = now_ns - name.found_ns
        if not name.found or age_ns >= FRESH_NS:
            self._begin(hostName, name, now_ns)
        if name.found and age_ns < REMEMBERED_NS:
            resolution.tell(name.found)
        elif name.begun_ns is None or now_ns - name.begun_ns > LOOK_UP_SECONDS * SECOND_NS:
            resolution.tell(())
        else:
            name.waiting.append(resolution)
        return resolution

    def _begin(self, text: str, name: _Name, now_ns: int) -> None:
        hangs = name.begun_ns is not None and now_ns - name.begun_ns < GIVEN_UP_NS
        if hangs or self._threads >= THREADS:
            return
        self._threads += 1
        name.begun_ns = now_ns
        deadline = self._reactor.callLater(LOOK_UP_SECONDS, self._tell, name, ())

        def ended(found: Found) -> None:
            self._threads -= 1
            name.begun_ns = None
            if found:
                name.found, name.found_ns = found, self._steady_ns()
            if deadline.active():
                deadline.cancel()
            self._tell(name, found)

        def run() -> None:
            self._reactor.callFromThread(ended, self._look_up(text))

        Thread(target=run, name=f"look-up of {text}", daemon=True).start()

    def _tell(self, name: _Name, found: Found) -> None:
        waiting, name.waiting = name.waiting, []
        for resolution in waiting:
            resolution.tell(found)
