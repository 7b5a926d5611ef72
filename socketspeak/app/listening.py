"""Opening a door, and closing it: what is in the way is told in one line, or cleared away if it is dead."""

from __future__ import annotations

import errno
import os
import socket
import stat
from contextlib import suppress

from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort
from twisted.logger import Logger
from twisted.python.failure import Failure

from socketspeak.app.doors import Door
from socketspeak.app.starting import CannotStart
from socketspeak.language.printable import shown

SHOWN = 200  # characters of a reason

_log = Logger()


def opened(door: Door) -> IListeningPort:
    """The port of a door that listens now; raises CannotStart."""
    try:
        return _listen(door)
    except CannotListenError as problem:
        if not _cleared(problem):
            raise _cannot(door, problem) from None
    try:
        return _listen(door)
    except CannotListenError as problem:
        raise _cannot(door, problem) from None


def closed(port: IListeningPort) -> Deferred[None]:
    """Close a port; fires when that is done, and never fails: somebody may have removed a socket's file."""
    done: Deferred[None] = Deferred()
    leaving = port.stopListening()
    if not isinstance(leaving, Deferred):
        done.callback(None)
        return done

    def left(result: object) -> None:
        if isinstance(result, Failure):
            _log.warn("a port did not close well: {why}", why=shown(result.getErrorMessage(), SHOWN))
        done.callback(None)

    leaving.addBoth(left)
    return done


def _listen(door: Door) -> IListeningPort:
    results: list[IListeningPort | Failure] = []
    door.endpoint.listen(door.factory).addBoth(results.append)
    if not results:
        raise CannotStart(f"--{door.option} {door.text!r} cannot be used: it does not listen at once")
    (result,) = results
    if not isinstance(result, Failure):
        return result
    if result.check(CannotListenError):
        result.raiseException()
    raise CannotStart(_told(door, result.getErrorMessage()))


def _cannot(door: Door, problem: CannotListenError) -> CannotStart:
    if _path(problem) is not None and _taken(problem):
        return CannotStart(_told(door, "another process listens there, or its file is no socket"))
    return CannotStart(_told(door, str(problem)))


def _told(door: Door, why: str) -> str:
    return f"--{door.option} {door.text!r} cannot be used: {shown(' '.join(why.split()), SHOWN)}"


# -- UNIX sockets

NO_LOCK = "Cannot acquire lock"  # as Twisted says it, of the file beside the socket


def _path(problem: CannotListenError) -> bytes | None:
    """The file of a UNIX socket that cannot be listened on; None for any other port."""
    return problem.port if isinstance(problem.port, bytes) else None


def _taken(problem: CannotListenError) -> bool:
    """Whether a socket, or its lock, is there already."""
    why = problem.socketError
    return why.errno == errno.EADDRINUSE if isinstance(why, OSError) else why == NO_LOCK


def _cleared(problem: CannotListenError) -> bool:
    """Whether a dead socket was in the way, and is no more.

    A process that was killed leaves its socket's file and its lock, a link that names its number. Twisted
    clears both away, unless that number is another process's by now, as it always is in a container.
    """
    path = _path(problem)
    if path is None or not _taken(problem) or not _dead(path):
        return False
    try:
        with suppress(FileNotFoundError):
            os.unlink(path + b".lock")
        with suppress(FileNotFoundError):
            os.unlink(path)
    except OSError:
        return False
    return True


def _dead(path: bytes) -> bool:
    """Whether nobody listens on the UNIX socket of that file, or only its lock is left."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            return False
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(0)  # it is answered at once, or its queue is full, and it lives
            asking.connect(path)
    except FileNotFoundError:
        return os.path.islink(path + b".lock")
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False
