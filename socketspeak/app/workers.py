"""Several processes where one is not enough: what the first one and its workers are put together from."""

from __future__ import annotations

import atexit
import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.application.service import IService
from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from socketspeak.app.config import Config
from socketspeak.app.crew import Crew
from socketspeak.app.daemon import Daemon
from socketspeak.app.foreman import Foreman
from socketspeak.app.hostclock import steady_ns
from socketspeak.app.house import House
from socketspeak.app.logfile import ReopenedFile
from socketspeak.app.reloading import Reloading
from socketspeak.app.signals import Signals
from socketspeak.app.supervisor import Supervisor
from socketspeak.app.worker import Worker, Workers
from socketspeak.sources.names import Names

MOST_LINE_OCTETS = 131_072  # of the log: sixteen thousand characters, escaped or not
MOST_LINES = 64  # read in one turn


def crew_of(config: Config) -> Crew | None:
    """What the workers share; None where one process does everything."""
    return Crew(config.workers, [source.name for source in config.sources]) if config.workers > 1 else None


@dataclass(frozen=True)
class Company:
    """The first process and its workers: a daemon that is forked as it stands, open and not begun.

    The first process has read and made everything. So it can be given up its rights, and a worker that begins
    later has what is in force then; for that it, too, reads its files anew at SIGHUP. `reloading` makes what
    reads them, of a log file and a supervisor.
    """

    crew: Crew
    daemon: Daemon
    house: House
    reloading: Callable[..., Reloading]
    log_file: ReopenedFile | None
    signals: Signals
    reactor: Any

    def led(self, own: Reloading, supervisor: Supervisor) -> IService:
        """The first process's service; `own` reads its own files anew."""
        lines = None if self.log_file is None else LogLines(self.log_file)
        if lines is not None:
            self.reactor.callWhenRunning(self.reactor.addReader, lines)
        foreman = Foreman(
            crew=self.crew,
            place=self.daemon,
            start=Workers(partial(self.work, lines), self.reactor).start,
            ready_to_start=lambda: threading.active_count() == 1,
            reactor=self.reactor,
            grace=self.house.grace,
            stopping=self.signals.stopping,
            supervisor=supervisor,
            give_up=lambda: give_up(self.reactor),
        )

        def reload() -> None:
            foreman.reload()
            own.reload()

        self.signals.install(reload=reload, rotate=own.rotate, grace=self.house.grace)
        return foreman

    def work(self, lines: LogLines | None, number: int, end: socket.socket) -> int:
        """Be a worker, up to its exit status; `end` is its end of the channel to the first process."""
        self.reactor.installNameResolver(Names(self.reactor, steady_ns))
        if self.log_file is not None and lines is not None:
            self.log_file.divert(lines.other_end)
        anew = self.reloading(log_file=None, supervisor=Supervisor(self.reactor, {}))
        self.signals.install(reload=anew.reload, rotate=lambda: None, grace=self.house.grace)
        worker = Worker(
            daemon=self.daemon,
            desk=self.house.desk,
            crew=self.crew,
            reload=anew.reload,
            reactor=self.reactor,
        )
        return worker.work(number, end)


def give_up(reactor: Any) -> None:
    """End the process with status 1."""
    atexit.register(_fail)  # twistd, which cleans up after the reactor, knows no such end
    reactor.stop()


def _fail() -> None:
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(Exception):
            stream.flush()
    os._exit(1)


@implementer(IReadDescriptor)
class LogLines:
    """Writes into the log file what the workers have to say: they have no file of their own."""

    def __init__(self, file: ReopenedFile) -> None:
        # Datagrams, since lines of several writers, and of several threads, have to stay whole.
        self._end, self.other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._end.setblocking(False)
        self._file = file

    def fileno(self) -> int:
        """The descriptor."""
        return self._end.fileno()

    def doRead(self) -> None:
        """Write what has come."""
        for _ in range(MOST_LINES):
            try:
                line = self._end.recv(MOST_LINE_OCTETS)
            except BlockingIOError:
                return
            self._file.write(line.decode("utf-8", "replace"))
            self._file.flush()

    def logPrefix(self) -> str:
        """What stands before a line about this."""
        return "-"

    def connectionLost(self, reason: Failure) -> None:
        """The reactor ends."""
