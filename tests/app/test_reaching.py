"""What people call a server, and the endpoint that it means."""

from __future__ import annotations

import pytest
from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint, UNIXClientEndpoint
from twisted.internet.testing import MemoryReactorClock

from socketspeak.app.reaching import endpoint_of


@pytest.mark.parametrize(
    ("server", "meant"),
    [
        ("localhost", "localhost:8082"),
        ("localhost:8083", "localhost:8083"),
        ("clock.example:1", "clock.example:1"),
        ("10.0.0.1:65535", "10.0.0.1:65535"),
        ("[::1]:8083", "[::1]:8083"),
        ("[::1]", "[::1]:8082"),
        ("::1", "[::1]:8082"),
        ("fe80::1%eth0", "[fe80::1%eth0]:8082"),
    ],
)
def test_a_host_with_or_without_a_port_is_a_server(server: str, meant: str) -> None:
    endpoint = endpoint_of(server, "--server", MemoryReactorClock(), 10)
    assert isinstance(endpoint, HostnameEndpoint)
    assert repr(endpoint) == f"<HostnameEndpoint {meant}>"


def test_an_endpoint_string_of_twisted_s_is_a_server() -> None:
    reactor = MemoryReactorClock()
    assert isinstance(endpoint_of("unix:/run/clock.sock", "--server", reactor, 10), UNIXClientEndpoint)
    assert isinstance(endpoint_of("tcp:10.0.0.1:8082:timeout=3", "--server", reactor, 10), TCP4ClientEndpoint)


@pytest.mark.parametrize(
    ("server", "why"),
    [
        ("", "Unknown endpoint type"),
        ("localhost:", "Unknown endpoint type"),
        ("localhost:0", "a port is from 1 to 65535"),
        ("localhost:65536", "a port is from 1 to 65535"),
        ("[localhost]:8082", ""),
        ("nonsense:host:8082", "Unknown endpoint type"),
        ("two words", ""),
        ("tcp:host:port", ""),
    ],
)
def test_what_is_no_server_is_refused_with_what_is_allowed(server: str, why: str) -> None:
    with pytest.raises(ValueError, match="is not allowed: HOST, HOST:PORT, ") as caught:
        endpoint_of(server, "--server", MemoryReactorClock(), 10)
    assert str(caught.value).startswith(f"--server {server!r} is not allowed")
    assert why in str(caught.value)
