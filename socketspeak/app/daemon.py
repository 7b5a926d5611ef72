"""The daemon's life: listen, serve, drain, end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twisted.application.service import Service
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IReactorTime,
)
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

import socketspeak
from socketspeak.app.certificates import Certificates
from socketspeak.app.doors import Door, address_text
from socketspeak.app.limiting import Limits
from socketspeak.app.listening import closed, opened
from socketspeak.app.starting import CannotStart
from socketspeak.app.statefile import StateFile
from socketspeak.app.supervisor import Supervisor
from socketspeak.app.world import World
from socketspeak.server.held import another, keep_to_others
from socketspeak.server.register import Register
from socketspeak.server.sockets import deepen, prepare
from socketspeak.sources.almanac import Almanac

# So long can it go unnoticed that the machine has slept; a look costs a few microseconds.
LOOK_SECONDS = 1.0


class Daemon(Service):
    """Listens on every endpoint or not at all; on its way out, answers what was asked."""

    log = Logger()

    def __init__(
        self,
        *,
        doors: Sequence[Door],
        certificates: Certificates | None,
        register: Register,
        limits: Limits,
        almanac: Almanac,
        state: StateFile | None,
        world: World,
        reactor: IReactorTime,
        grace: Callable[[], float],
        stopping: Callable[[], None],
        supervisor: Supervisor,
    ) -> None:
        self._doors = doors
        self._certificates = certificates
        self._register = register
        self._limits = limits
        self._almanac = almanac
        self._state = state
        self._world = world
        self._grace = grace
        self._stopping = stopping
        self._supervisor = supervisor
        self._ports: list[IListeningPort] = []
        self._looking = LoopingCall(self._look)
        self._looking.clock = reactor
        self._reactor = reactor

    def privilegedStartService(self) -> None:
        """Open the ports, while the process may still have the right to. Raises CannotStart."""
        super().privilegedStartService()
        self._say_what_is_known()
        if self._certificates is not None:
            self._certificates.announce()
        for door in self._doors:
            self._listen(door)

    def hold(self) -> None:
        """Open the ports, and accept nobody: workers will, who take them over. Raises CannotStart."""
        self.privilegedStartService()
        for door, port in zip(self._doors, self._ports, strict=True):
            if not keep_to_others(port):
                raise CannotStart(f"--{door.option} {door.text!r} cannot be used with several --workers")

    def take_over(self, busier: Callable[[], bool]) -> None:
        """Serve, in a worker, at the ports that the first process holds; others first, if it is `busier`."""
        self._ports = [another(port, self._reactor, busier) for port in self._ports]
        for door, port in zip(self._doors, self._ports, strict=True):
            self._limits.guard(port, door.encrypted)

    def let_go(self) -> Deferred[None]:
        """Close the ports that are held; workers may still have them open."""
        ports, self._ports = self._ports, []
        return gatherResults([closed(port) for port in ports]).addCallback(lambda _: None)

    def startService(self) -> None:
        """Open the ports, if that has not been done, and find out which sources answer."""
        super().startService()
        if not self._ports:
            self.privilegedStartService()
        if self._state is not None:
            self._state.load()
            self._state.start()
        self._limits.start()
        self._almanac.start()
        looking = self._looking.start(LOOK_SECONDS, now=False)
        looking.addErrback(lambda failure: self.log.failure("looking at the host broke", failure))
        self._supervisor.ready()

    def stopService(self) -> Deferred[None]:
        """Close the ports, let the sessions finish, let the sources go; fires within the grace."""
        super().stopService()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        self._stopping()
        self._supervisor.stopping()
        grace = self._grace()
        self.log.info("stopping, with {grace:g} s for the sessions to finish", grace=grace)
        ports, self._ports = self._ports, []
        leaving = [closed(port) for port in ports]
        await self._register.drain(grace)
        await gatherResults(leaving)
        if self._looking.running:
            self._looking.stop()
        self._limits.stop()
        await self._almanac.stop()
        if self._state is not None:
            await self._state.stop()
        self.log.info("stopped")

    def _look(self) -> None:
        """See how the host is: its clocks, and how many descriptors are left."""
        self._almanac.look()
        self._limits.look()

    def _listen(self, door: Door) -> None:
        port = opened(door)
        self._ports.append(port)
        prepare(port)
        # What an operator asks for stands, be it in the endpoint or in systemd's socket unit.
        if not door.text.startswith("systemd:") and "backlog=" not in door.text:
            deepen(port)
        self._limits.guard(port, door.encrypted)
        self._say_where(door, port.getHost())

    def _say_where(self, door: Door, where: IAddress) -> None:
        address = address_text(where)
        if door.encrypted:
            self.log.info("listening on {address}, with TLS", address=address)
        else:
            self.log.info("listening on {address}", address=address)
        if door.exposed(where) and door.starttls:
            self.log.warn(
                "{address} can be reached from other machines, and is encrypted only from STARTTLS on",
                address=address,
            )
        elif door.exposed(where):
            self.log.warn(
                "{address} can be reached from other machines, and nothing on it is encrypted",
                address=address,
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
