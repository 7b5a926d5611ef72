"""What the kernel is told about a connection."""

from __future__ import annotations

import socket
from typing import cast

from twisted.internet.interfaces import ISystemHandle, ITCPTransport, ITransport

SEND_BUFFER_OCTETS = 65_536  # a peer that never reads costs the kernel no more
KEEPALIVE_IDLE_SECONDS = 60  # then a silent peer is probed,
KEEPALIVE_INTERVAL_SECONDS = 15  # this often,
KEEPALIVE_PROBES = 4  # this many times
UNACKNOWLEDGED_MS = 30_000  # a peer that takes nothing for so long is gone

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


def tune(transport: ITransport) -> None:
    """Bound what a TCP peer can hold up; other transports are left as they are."""
    if not (ITCPTransport.providedBy(transport) and ISystemHandle.providedBy(transport)):
        return
    handle = cast(ISystemHandle, transport).getHandle()
    if not isinstance(handle, socket.socket) or handle.family not in (socket.AF_INET, socket.AF_INET6):
        return
    for level, option, value in _KNOWN:
        handle.setsockopt(level, option, value)
