"""What the kernel is told about a connection."""

from __future__ import annotations

import socket
from typing import cast

from twisted.internet.interfaces import (
    IFileDescriptor,
    IListeningPort,
    ISystemHandle,
    ITCPTransport,
    ITransport,
)
from twisted.protocols.policies import ProtocolWrapper

SEND_BUFFER_OCTETS = 65_536  # a peer that never reads costs the kernel no more
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
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", UNACKNOWLEDGED_MS),
    # Else a second answer on a silent connection waits 42 ms for a delayed acknowledgement.
    (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
)

# Some systems lack some of them; what they lack they have limits of their own for.
_KNOWN = tuple(
    (level, getattr(socket, name), value) for level, name, value in _OPTIONS if hasattr(socket, name)
)


def deepen(port: IListeningPort) -> None:
    """Let BACKLOG connections wait at a listening port that is a socket, of whatever family."""
    if IFileDescriptor.providedBy(port):
        descriptor = cast(IFileDescriptor, port).fileno()
        with socket.fromfd(descriptor, socket.AF_UNIX, socket.SOCK_STREAM) as handle:
            handle.listen(BACKLOG)  # on one that listens already, this sets the number anew


def tune(transport: ITransport | None) -> None:
    """Bound what a TCP peer can hold up, under TLS too; other transports are left as they are."""
    while isinstance(transport, ProtocolWrapper):
        transport = transport.transport
    if not (ITCPTransport.providedBy(transport) and ISystemHandle.providedBy(transport)):
        return
    handle = cast(ISystemHandle, transport).getHandle()
    if not isinstance(handle, socket.socket) or handle.family not in (socket.AF_INET, socket.AF_INET6):
        return
    for level, option, value in _KNOWN:
        handle.setsockopt(level, option, value)
