"""From what people call a server to the endpoint that reaches it."""

from __future__ import annotations

import ipaddress
import re
from typing import Any, cast

from twisted.internet.endpoints import HostnameEndpoint, clientFromString
from twisted.internet.interfaces import IStreamClientEndpoint

DEFAULT_PORT = 8082
MOST_PORT = 65_535
ATTEMPT_SECONDS = 0.05  # between a host's addresses: of localhost's two, often one listens
ALLOWED = "HOST, HOST:PORT, [IPv6]:PORT, or a Twisted client endpoint such as unix:/run/socketspeak.sock"

_HOST = re.compile(r"(?P<host>[^\s:\[\]]+)(:(?P<port>\d{1,5}))?")
_BRACKETED = re.compile(r"\[(?P<host>[^\[\]]+)\](:(?P<port>\d{1,5}))?")


def endpoint_of(server: str, named_by: str, reactor: Any, seconds: float) -> IStreamClientEndpoint:
    """The endpoint of a server; `seconds` is how long a connection may take to come about.

    Raises ValueError where the text names none; its message says `named_by`, the text and what is allowed.
    """
    host, port = _address(server)
    if host is not None and 1 <= port <= MOST_PORT:
        return HostnameEndpoint(reactor, host, port, timeout=seconds, attemptDelay=ATTEMPT_SECONDS)
    reason = f"a port is from 1 to {MOST_PORT}"
    if host is None:
        try:
            return cast(IStreamClientEndpoint, clientFromString(reactor, server))
        except Exception as wrong:  # each kind of endpoint has its own way to refuse
            reason = " ".join(str(wrong).split()) or type(wrong).__name__
    raise ValueError(f"{named_by} {server!r} is not allowed: {ALLOWED} ({reason})")


def host_of(server: str) -> str | None:
    """The host that a server is called by; None where it is an endpoint of Twisted's that was named."""
    return _address(server)[0]


def _address(server: str) -> tuple[str | None, int]:
    found = _HOST.fullmatch(server)
    if found is None:
        found = _BRACKETED.fullmatch(server)
        if found is not None and not _is_ipv6(found["host"]):
            return None, 0
    if found is not None:
        return found["host"], int(found["port"] or DEFAULT_PORT)
    return (server, DEFAULT_PORT) if _is_ipv6(server) else (None, 0)


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
