"""A daemon whose doors have TLS: at once, and by STARTTLS, over TCP and over a UNIX socket."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit.daemon import END_SECONDS, START_SECONDS, Daemon, until
from tests.kit.tls import certificate_options, client_context, write_certificate

TLS_PORT = re.compile(r"listening on 127\.0\.0\.1:(\d+), with TLS")
LOOPBACK = "tcp:0:interface=127.0.0.1"


class Doors:
    """A running daemon and the ways into it."""

    def __init__(self, daemon: Daemon, folder: Path) -> None:
        self.daemon = daemon
        assert daemon.port
        until(lambda: TLS_PORT.search(daemon.log), START_SECONDS)
        found = TLS_PORT.search(daemon.log)
        assert found
        self.tls_port = int(found.group(1))
        self.path = f"{folder}/speak.sock"
        with daemon.connect() as peer:  # it serves: all that it opens for itself is open
            until_line(peer, b"220 ")
            self._alone = daemon.descriptors() - 1

    def tls(self, version: ssl.TLSVersion | None = None) -> ssl.SSLSocket:
        """A connection with TLS at once, not yet greeted."""
        clear = socket.create_connection(("127.0.0.1", self.tls_port), timeout=END_SECONDS)
        return client_context(version).wrap_socket(clear, server_hostname="localhost")

    def clear(self, door: str) -> socket.socket:
        """A connection in clear by `tcp` or `unix`, not yet greeted."""
        if door == "tcp":
            return self.daemon.connect()
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(END_SECONDS)
        peer.connect(self.path)
        return peer

    def starttls(self, door: str = "tcp", version: ssl.TLSVersion | None = None) -> ssl.SSLSocket:
        """A connection that has begun TLS."""
        peer = self.clear(door)
        peer.sendall(b"STARTTLS\n")
        until_line(peer, b"222 ")
        return client_context(version).wrap_socket(peer, server_hostname="localhost")

    def into(self, door: str) -> ssl.SSLSocket:
        """A connection that is greeted and encrypted: by `tls`, or by STARTTLS over `tcp` or `unix`."""
        if door != "tls":
            return self.starttls(door)
        peer = self.tls()
        until_line(peer, b"220 ")
        return peer

    def alone(self) -> bool:
        """Whether no connection is open any more."""
        return self.daemon.descriptors() <= self._alone

    def counted(self, name: str) -> int:
        """What STATUS counts under this name."""
        found = re.search(rf"\b{name}=(\d+)", " ".join(self.daemon.ask("STATUS")))
        return int(found.group(1)) if found else 0


@contextmanager
def doors(folder: Path, *options: str) -> Iterator[Doors]:
    """Such a daemon, for as long as a test needs it."""
    certificate = certificate_options(write_certificate(folder))
    listen = ("--listen", f"unix:{folder}/speak.sock", "--listen-tls", LOOPBACK)
    with Daemon(folder, "--grace", "1", *listen, *certificate, *options) as daemon:
        yield Doors(daemon, folder)


def until_line(peer: socket.socket, begin: bytes) -> bytes:
    """Read until the last line so far begins so; that line. Nothing may be on its way behind it."""
    said = b""
    while True:
        data = peer.recv(65_536)
        assert data, "the connection has ended"
        said += data
        *_, line, rest = b"\r\n".join((b"", said)).split(b"\r\n")
        if line.startswith(begin) and not rest:
            return line
