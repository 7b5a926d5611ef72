"""What the kernel is told about a connection."""

from __future__ import annotations

import fcntl
import socket
import struct
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from twisted.internet.abstract import FileDescriptor
from twisted.internet.interfaces import (
    IFileDescriptor,
    IListeningPort,
    ISystemHandle,
    ITransport,
)
from twisted.internet.tcp import Connection, Server
from twisted.protocols.policies import ProtocolWrapper

SEND_BUFFER_OCTETS = 65_536  # a peer that never reads costs the kernel no more
# Read at once, and written that is not sent yet before a peer counts as one that does not read
BUFFER_OCTETS = 16_384
KEEPALIVE_IDLE_SECONDS = 60  # then a silent peer is probed,
KEEPALIVE_INTERVAL_SECONDS = 15  # this often,
KEEPALIVE_PROBES = 4  # this many times
UNACKNOWLEDGED_MS = 30_000  # a peer that takes nothing for so long is gone
BACKLOG = 1024  # connections that may wait to be accepted; with Twisted's 50, a crowd waits seconds

_OPTIONS = (
    (socket.SOL_SOCKET, "SO_SNDBUF", SEND_BUFFER_OCTETS),
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", KEEPALIVE_IDLE_SECONDS),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", KEEPALIVE_INTERVAL_SECONDS),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", KEEPALIVE_PROBES),
    # Else a second answer on a silent connection waits 42 ms for a delayed acknowledgement.
    (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", UNACKNOWLEDGED_MS),
)

# Some systems lack some of them; what they lack they have limits of their own for.
_KNOWN = tuple(
    (level, getattr(socket, name), value) for level, name, value in _OPTIONS if hasattr(socket, name)
)


_INT = struct.Struct("i")
_OCTETS = struct.Struct("Q")
_TCP_INFO = getattr(socket, "TCP_INFO", 11)
_ACKNOWLEDGED_AT = 120  # tcpi_bytes_acked of Linux's struct tcp_info; a system without it gives fewer octets


def deepen(port: IListeningPort) -> None:
    """Let BACKLOG connections wait at a listening port that is a socket, of whatever family."""
    with _listening(port) as handle:
        if handle is not None:
            handle.listen(BACKLOG)  # on one that listens already, this sets the number anew


def prepare(port: IListeningPort) -> None:
    """Tune a listening port: where the system hands that down to its connections, they need not be tuned."""
    with _listening(port) as handle:
        if handle is not None and handle.family in (socket.AF_INET, socket.AF_INET6):
            _set(handle)


@contextmanager
def _listening(port: IListeningPort) -> Iterator[socket.socket | None]:
    """The socket of a port, if it is one."""
    if not IFileDescriptor.providedBy(port):
        yield None
        return
    handle = socket.socket(fileno=cast(IFileDescriptor, port).fileno())
    try:
        yield handle
    finally:
        handle.detach()  # it is the port's


def tune(transport: ITransport | None) -> None:
    """Bound what a TCP peer can hold up, under TLS too; other transports are left as they are."""
    below: object = transport
    if type(below) is not Server:
        below = _below(transport)
    if isinstance(below, FileDescriptor):
        below.bufferSize = BUFFER_OCTETS
    if not isinstance(below, Connection):
        return
    handle = below.getHandle()
    if type(below) is not Server and handle.family not in (socket.AF_INET, socket.AF_INET6):
        return
    level, option, value = _KNOWN[-1]
    if handle.getsockopt(level, option) != value:  # the port's own were not handed down
        _set(handle)


def _set(handle: socket.socket) -> None:
    for level, option, value in _KNOWN:
        handle.setsockopt(level, option, value)


def delivered(transport: ITransport | None) -> object:
    """How much the peer has taken of what was sent: as long as that is equal, it has taken nothing.

    Of TCP that are the octets it has acknowledged (RFC 4898's ThruOctetsAcked), besides those that the kernel
    holds. Of a UNIX socket only the latter are known, in pieces of some 32 KiB. None for other transports.
    """
    handle = _handle(transport)
    if handle is None or handle.fileno() < 0:
        return None
    waiting = fcntl.ioctl(handle, termios.TIOCOUTQ, bytes(_INT.size))
    if handle.family not in (socket.AF_INET, socket.AF_INET6):
        return waiting
    info = handle.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _ACKNOWLEDGED_AT + _OCTETS.size)
    return waiting, info[_ACKNOWLEDGED_AT:]


def _below(transport: ITransport | None) -> ITransport | None:
    """The transport below TLS and other wrappers."""
    while isinstance(transport, ProtocolWrapper):
        transport = transport.transport
    return transport


def _handle(transport: ITransport | None) -> socket.socket | None:
    """The socket below a transport, if there is one."""
    transport = _below(transport)
    if not ISystemHandle.providedBy(transport):
        return None
    handle = cast(ISystemHandle, transport).getHandle()
    return handle if isinstance(handle, socket.socket) else None
