"""Sockets that systemd opens: they are served, left as they are, and a restart refuses nobody."""

from __future__ import annotations

import os
import re
import socket
import stat
import struct
from pathlib import Path

from tests.kit.activation import Activation
from tests.kit.daemon import END_SECONDS, Daemon, until
from tests.kit.tls import certificate_options, client_context, write_certificate

INET = "systemd:domain=INET:index=0"
MAX_BACKLOG_AT = 28  # in Linux's `struct tcp_info` of a listening socket: how many may wait


def listening(backlog: int = 16) -> socket.socket:
    """A listening socket on a free port of loopback."""
    return socket.create_server(("127.0.0.1", 0), backlog=backlog)


def answered(peer: socket.socket) -> list[str]:
    """Ask, and take what is said up to the end, the greeting aside."""
    peer.settimeout(END_SECONDS)
    peer.sendall(b"PING\nQUIT\n")
    with peer.makefile("rb") as stream:
        said = stream.read().decode().splitlines()
    return [line for line in said if not line.startswith("220")]


def test_inherited_sockets_of_every_family_are_served_with_and_without_tls(here: Path) -> None:
    path = f"{here}/speak.sock"
    inet, six, secure, unix = (
        listening(),
        socket.socket(socket.AF_INET6),
        listening(),
        socket.socket(socket.AF_UNIX),
    )
    six.bind(("::1", 0))
    unix.bind(path)
    six.listen()
    unix.listen()
    doors = ("--listen", "systemd:domain=INET6:index=1", "--listen", "systemd:domain=UNIX:index=3")
    tls = ("--listen-tls", "systemd:domain=INET:index=2", *certificate_options(write_certificate(here)))
    with (
        Activation(inet, six, secure, unix) as held,
        Daemon(here, *doors, *tls, listen=INET, activation=held),
    ):
        for address in (inet.getsockname(), six.getsockname()):
            with socket.create_connection(address[:2]) as peer:
                assert answered(peer) == ["200 PONG", "221 goodbye"]
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(path)
            assert answered(peer) == ["200 PONG", "221 goodbye"]
        with (
            socket.create_connection(secure.getsockname()) as clear,
            client_context().wrap_socket(clear, server_hostname="localhost") as encrypted,
        ):
            assert answered(encrypted) == ["200 PONG", "221 goodbye"]


def test_who_connects_while_the_daemon_is_restarted_waits_and_is_answered(here: Path) -> None:
    inet, unix = listening(), socket.socket(socket.AF_UNIX)
    unix.bind(f"{here}/speak.sock")
    unix.listen()
    os.chmod(f"{here}/speak.sock", 0o600)
    doors = ("--listen", "systemd:domain=UNIX:index=1")
    with Activation(inet, unix) as activation:
        with Daemon(here, *doors, listen=INET, activation=activation) as first:
            until(lambda: f"listening on {here}/speak.sock" in first.log, END_SECONDS)
            assert first.ask("PING") == ["200 PONG"]
            assert first.stop() != 0
        assert stat.S_IMODE(os.stat(f"{here}/speak.sock").st_mode) == 0o600
        with socket.socket(socket.AF_INET) as one, socket.socket(socket.AF_UNIX) as other:
            one.connect(inet.getsockname())
            other.connect(f"{here}/speak.sock")
            with Daemon(here, *doors, listen=INET, activation=activation):
                assert answered(one) == ["200 PONG", "221 goodbye"]
                assert answered(other) == ["200 PONG", "221 goodbye"]


def test_the_limits_count_on_an_inherited_socket_and_its_own_backlog_stands(here: Path) -> None:
    held = listening(backlog=7)
    with (
        Activation(held) as activation,
        Daemon(here, "--connections", "1", listen=INET, activation=activation),
    ):
        with socket.create_connection(held.getsockname()) as one, one.makefile("rb") as stream:
            assert stream.readline().startswith(b"220-")
            with socket.create_connection(held.getsockname()) as two:
                assert re.match(r"421 ", answered(two)[0])
        told = held.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 64)
        assert struct.unpack_from("I", told, MAX_BACKLOG_AT)[0] == 7


def test_an_inherited_socket_that_is_not_there_is_a_start_that_says_so(here: Path) -> None:
    with Daemon(here, listen=INET) as daemon:
        assert daemon.process.wait(END_SECONDS) == 1
        (line,) = daemon.log.splitlines()
    assert line.startswith(f"twistd socketspeak: --listen '{INET}' is not allowed: ")
