"""Where the log goes: what twistd was told of it, checked at the start, and a file that is opened anew."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from twisted.application.service import IService, MultiService
from twisted.logger import ILogObserver, textFileLogObserver
from twisted.python.components import Componentized
from twisted.python.logfile import LogFile

from socketspeak.app.logs import json_log, printable, standard_output, text_log

USUAL_LOG = "twistd.log"  # as twistd has it, in the background
ROTATED_OCTETS = 1_000_000  # as twistd has it
DIVERTED_SECONDS = 0.2  # for the process that writes the file to take a line; it holds the reactor up
KEPT_FILES = 9  # twistd would keep them for ever


class ReopenedFile(LogFile):
    """Twisted's log file; where it cannot be opened anew, the old one stays in use."""

    _diverted: socket.socket | None = None

    def divert(self, end: socket.socket) -> None:
        """Send what is to be written, a datagram each time, to the process that writes the file."""
        end.settimeout(DIVERTED_SECONDS)
        self._diverted = end

    def write(self, data: Any) -> None:
        """Write some text."""
        if self._diverted is None:
            super().write(data)
            return
        with suppress(OSError):  # nobody writes it down: there is nobody to tell that, either
            self._diverted.send(data.encode("utf-8"))

    def reopen(self) -> None:
        """Open the file of that name, which may be another by now; raises OSError."""
        old = self._file
        self._openFile()
        old.close()


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where the log goes: the observer that writes it, None for one of twistd's own, and the file, if any."""

    observer: ILogObserver | None = None
    file: ReopenedFile | None = None


class Logging(MultiService):
    """A service that gives the application it becomes part of its log; twistd makes none of its own then."""

    def __init__(self, place: LogPlace, service: IService) -> None:
        super().__init__()
        self._place = place
        service.setServiceParent(self)

    def setServiceParent(self, parent: Any) -> None:
        if self._place.observer is not None and isinstance(parent, Componentized):
            parent.setComponent(ILogObserver, self._place.observer)
        super().setServiceParent(parent)


def log_place(command: MutableMapping[str, Any] | None) -> LogPlace:
    """Where `twistd` or `twist`, whose options these are, is to log; raises SystemExit with one line.

    Twisted's own log has control characters as they come. So twistd's is replaced, and `twist` told of
    another observer. What an operator names with `--logger` stands, and so does syslog.
    """
    if command is None:
        return LogPlace()
    if "nodaemon" not in command:  # it is `twist`, which opens the file itself
        if command.get("fileLogObserverFactory") is textFileLogObserver:
            command["fileLogObserverFactory"] = text_log
        return LogPlace()
    _check(command)
    name, in_background = command.get("logfile"), not command["nodaemon"]
    if command.get("logger") is not None or command.get("syslog") or (in_background and name == "-"):
        return LogPlace()
    if name == "-" or not (name or in_background):
        return LogPlace(text_log(standard_output()))
    file = _opened(name or USUAL_LOG)
    return LogPlace(text_log(cast(Any, file)), file)


def _opened(name: str) -> ReopenedFile:
    try:
        path = Path(name).absolute()
        return ReopenedFile(path.name, str(path.parent), ROTATED_OCTETS, maxRotatedFiles=KEPT_FILES)
    except (OSError, ValueError) as problem:
        raise _unusable("logfile", name, problem) from None


def _check(command: Mapping[str, Any]) -> None:
    """Refuse in one line what twistd would stumble over with a traceback."""
    if command.get("logger") is json_log and not command["nodaemon"]:
        raise SystemExit("twistd: json_log writes to standard output, which only twistd -n has")
    pidfile = command.get("pidfile")
    if pidfile and not command.get("chroot"):
        try:
            there = os.path.lexists(pidfile)
            os.close(os.open(pidfile, os.O_WRONLY | os.O_CREAT))
            if not there:
                os.unlink(pidfile)
        except OSError as problem:
            raise _unusable("pidfile", pidfile, problem) from None


def _unusable(option: str, name: str, problem: Exception) -> SystemExit:
    reason = problem.strerror if isinstance(problem, OSError) else None
    return SystemExit(printable(f"twistd: --{option} {name!r} cannot be used: {reason or problem}"))
