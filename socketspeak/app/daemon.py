"""The daemon's life: listen, serve, drain, end."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence

from twisted.application.service import Service
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IProtocolFactory,
    IReactorTime,
    IStreamServerEndpoint,
)
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.python.failure import Failure

import socketspeak
from socketspeak.app.starting import CannotStart
from socketspeak.app.statefile import StateFile
from socketspeak.app.world import World
from socketspeak.server.register import Register
from socketspeak.server.sockets import deepen
from socketspeak.sources.almanac import Almanac

# So long can it go unnoticed that the machine has slept; a look costs a few microseconds.
LOOK_SECONDS = 1.0


class Daemon(Service):
    """Listens on every endpoint or not at all; on its way out, answers what was asked."""

    log = Logger()

    def __init__(
        self,
        *,
        endpoints: Sequence[tuple[str, IStreamServerEndpoint]],
        factory: IProtocolFactory,
        register: Register,
        almanac: Almanac,
        state: StateFile | None,
        world: World,
        reactor: IReactorTime,
        grace: float,
        stopping: Callable[[], None],
    ) -> None:
        self._endpoints = endpoints
        self._factory = factory
        self._register = register
        self._almanac = almanac
        self._state = state
        self._world = world
        self._grace = grace
        self._stopping = stopping
        self._ports: list[IListeningPort] = []
        self._looking = LoopingCall(almanac.look)
        self._looking.clock = reactor

    def privilegedStartService(self) -> None:
        """Open the ports, while the process may still have the right to. Raises CannotStart."""
        super().privilegedStartService()
        self._say_what_is_known()
        for text, endpoint in self._endpoints:
            self._listen(text, endpoint)

    def startService(self) -> None:
        """Open the ports, if that has not been done, and find out which sources answer."""
        super().startService()
        if not self._ports:
            self.privilegedStartService()
        if self._state is not None:
            self._state.load()
            self._state.start()
        self._almanac.start()
        looking = self._looking.start(LOOK_SECONDS, now=False)
        looking.addErrback(lambda failure: self.log.failure("looking at the host's clocks broke", failure))

    def stopService(self) -> Deferred[None]:
        """Close the ports, let the sessions finish, let the sources go; fires within the grace."""
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        self._stopping()
        self.log.info("stopping, with {grace:g} s for the sessions to finish", grace=self._grace)
        ports, self._ports = self._ports, []
        closed = [port.stopListening() for port in ports]
        await self._register.drain(self._grace)
        await gatherResults([each for each in closed if isinstance(each, Deferred)])
        if self._looking.running:
            self._looking.stop()
        await self._almanac.stop()
        if self._state is not None:
            await self._state.stop()
        self.log.info("stopped")

    def _listen(self, text: str, endpoint: IStreamServerEndpoint) -> None:
        results: list[IListeningPort | Failure] = []
        endpoint.listen(self._factory).addBoth(results.append)
        if not results:
            raise CannotStart(f"--listen {text!r} cannot be used: it does not listen at once")
        port = results[0]
        if isinstance(port, Failure):
            reason = " ".join(port.getErrorMessage().split())
            raise CannotStart(f"--listen {text!r} cannot be used: {reason}")
        self._ports.append(port)
        if "backlog=" not in text:  # what an operator asks for stands
            deepen(port)
        address = port.getHost()
        self.log.info("listening on {address}", address=address_text(address))
        if is_public(address) and not is_encrypted(text):
            self.log.warn(
                "{address} can be reached from other machines, and nothing on it is encrypted",
                address=address_text(address),
            )

    def _say_what_is_known(self) -> None:
        self.log.info(
            "SocketSpeak {version}, tzdb {tzdb} with {zones} zones",
            version=socketspeak.__version__,
            tzdb=self._world.version,
            zones=self._world.zones,
        )
        if self._world.newer_on_host is not None:
            self.log.warn(
                "the host's tz database is {host}, newer than {tzdb}: upgrade tzdata, or use --tzdata system",
                host=self._world.newer_on_host,
                tzdb=self._world.version,
            )


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
