"""The daemon behind a proxy: the client's address counts, and all else is as without."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import struct
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from socketspeak.app.scramfile import put_user
from tests.kit.daemon import END_SECONDS, Daemon, until
from tests.kit.logins import a_verifier
from tests.kit.proxying import NOBODY, first, second
from tests.kit.scram import plain
from tests.kit.tls import certificate_options, client_context, write_certificate

CLIENT = "203.0.113.7"
OTHER = "203.0.113.8"
HEADERS = [first(CLIENT), second(IPv4Address(CLIENT))]
TLS_PORT = re.compile(r"listening on 127\.0\.0\.1:(\d+), with TLS")


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that trusts proxies on loopback, with two ports, users, and two connections an address."""
    here = tmp_path_factory.mktemp("behind")
    users = here / "users"
    put_user(users, a_verifier("alice", "wonderland"))
    limits = ("--connections-per-address", "2", "--handshake-time", "1")
    doors = ("--listen-tls", "tcp:0:interface=127.0.0.1", *certificate_options(write_certificate(here)))
    with Daemon(here, "--trusted-proxy", "127.0.0.1", *limits, *doors, "--auth", f"scram:{users}") as daemon:
        until(lambda: TLS_PORT.search(daemon.log) or daemon.process.poll() is not None, END_SECONDS)
        yield daemon


def tls_port(daemon: Daemon) -> int:
    """The port that is TLS at once."""
    found = TLS_PORT.search(daemon.log)
    assert found, daemon.log
    return int(found[1])


@contextmanager
def through(daemon: Daemon, header: bytes, port: int = 0) -> Iterator[socket.socket]:
    """A connection of a proxy that has said this."""
    with socket.create_connection(("127.0.0.1", port or daemon.port), timeout=END_SECONDS) as peer:
        peer.sendall(header)
        yield peer


def rest(peer: socket.socket) -> list[str]:
    """What is said from the greeting to the end."""
    with peer.makefile("rb") as stream:
        said = stream.read().decode().split("\r\n")[:-1]
    return said[next(at for at, line in enumerate(said) if line.startswith("220 ")) + 1 :]


def greeted(peer: socket.socket) -> socket.socket:
    """The same, once its greeting has been read."""
    said = b""
    while not re.search(rb"^220 .*\r\n", said, re.MULTILINE):
        said += peer.recv(1)
    return peer


def counted(daemon: Daemon, name: str) -> int:
    """A count of STATUS, as the proxy itself is told; what is 0 is not told."""
    with through(daemon, NOBODY + b"STATUS\n") as peer:
        peer.shutdown(socket.SHUT_WR)
        found = re.search(rf"\b{name}=(\d+)", " ".join(rest(peer)))
    return int(found[1]) if found else 0


@pytest.mark.parametrize("header", HEADERS)
def test_a_client_that_closes_its_sending_side_gets_its_answer(header: bytes, behind: Daemon) -> None:
    with through(behind, header + b"TIME tokyo\nPING") as peer:
        peer.shutdown(socket.SHUT_WR)
        answer, pong = rest(peer)
    assert " Asia/Tokyo JST " in answer
    assert pong == "200 PONG"


@pytest.mark.skipif(shutil.which("nc") is None, reason="nc is not installed")
def test_a_pipe_into_nc_that_begins_with_a_header_gets_its_answer(behind: Daemon) -> None:
    command = ["nc", "-N", "127.0.0.1", str(behind.port)]
    text = first(CLIENT) + b"TIME tokyo\n"
    said = subprocess.run(command, input=text, capture_output=True, timeout=END_SECONDS, check=False).stdout
    assert b" Asia/Tokyo JST " in said.split(b"\r\n")[-2]


def test_a_header_may_come_octet_by_octet(behind: Daemon) -> None:
    with through(behind, b"") as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in second(IPv4Address(CLIENT)) + b"QUIT\n":
            peer.sendall(bytes((octet,)))
        assert rest(peer) == ["221 goodbye"]


@pytest.mark.parametrize("header", HEADERS)
def test_tls_at_once_begins_behind_the_header(header: bytes, behind: Daemon) -> None:
    with (
        through(behind, header, tls_port(behind)) as clear,
        client_context().wrap_socket(clear, server_hostname="localhost") as peer,
    ):
        peer.sendall(b"TIME tokyo\nQUIT\n")
        answer, goodbye = rest(peer)
    assert " Asia/Tokyo JST " in answer
    assert goodbye == "221 goodbye"


def test_the_hello_of_tls_may_come_with_the_header(behind: Daemon) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    with through(behind, first(CLIENT) + outgoing.read(), tls_port(behind)) as peer:
        while True:
            incoming.write(peer.recv(65_536))
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                continue
            break
        assert tls.version() == "TLSv1.3"


def test_starttls_is_as_without_a_proxy(behind: Daemon) -> None:
    with through(behind, first(CLIENT)) as clear:
        greeted(clear).sendall(b"STARTTLS\n")
        assert clear.recv(4096).startswith(b"222 ")
        with client_context().wrap_socket(clear, server_hostname="localhost") as peer:
            peer.sendall(b"TIME tokyo\nQUIT\n")
            with peer.makefile("rb") as stream:
                answer, goodbye = stream.read().splitlines()
    assert b" Asia/Tokyo JST " in answer
    assert goodbye == b"221 goodbye"


def test_a_client_that_does_not_read_for_a_while_gets_everything(behind: Daemon) -> None:
    with through(behind, first(CLIENT) + b"LIST ALL\n" * 40) as peer:
        peer.shutdown(socket.SHUT_WR)
        requests = counted(behind, "requests")
        until(lambda: counted(behind, "requests") > requests, END_SECONDS)
        assert sum(line.startswith("251  451 ") for line in rest(peer)) == 40


def test_connections_are_counted_for_the_clients_address(behind: Daemon) -> None:
    before = counted(behind, "refused-address")
    with through(behind, HEADERS[0]) as one, through(behind, HEADERS[1]) as two:
        greeted(one)
        greeted(two)
        with through(behind, first(CLIENT, 41_000)) as third, third.makefile("rb") as stream:
            assert stream.read().startswith(b"421 ")
        with through(behind, first(OTHER)) as other:
            greeted(other)
    assert counted(behind, "refused-address") == before + 1


def test_a_client_behind_a_proxy_on_loopback_does_not_log_in_in_clear(behind: Daemon) -> None:
    asked = b"AUTH SCRAM-SHA-256\n*\nQUIT\n"
    with through(behind, first(CLIENT) + asked) as client, through(behind, NOBODY + asked) as itself:
        assert rest(client)[0].startswith("538 ")
        assert rest(itself)[0].startswith("334 ")


def test_a_failed_login_is_the_clients_and_the_log_says_so(behind: Daemon) -> None:
    asked = b"AUTH PLAIN " + b64encode(plain("alice", "wrong")) + b"\n"
    with (
        through(behind, first("203.0.113.99"), tls_port(behind)) as clear,
        client_context().wrap_socket(clear, server_hostname="localhost") as peer,
    ):
        peer.sendall(asked)
        until(lambda: "login failed from 203.0.113.99, as 'alice'" in behind.log, END_SECONDS)
    with through(behind, NOBODY + b"AUTH SCRAM-SHA-256\n*\nQUIT\n") as itself:
        assert rest(itself)[0].startswith("334 ")  # another address has nothing to wait for


@pytest.mark.parametrize("stream", [b"TIME tokyo\n", b"PROXY TCP4 203.0.113.7\r\n", b"\x16\x03\x01\x02\x00"])
def test_a_proxy_without_a_header_is_reset_without_a_word_and_counted(stream: bytes, behind: Daemon) -> None:
    before = counted(behind, "proxy-faults")
    with through(behind, stream) as peer, pytest.raises(ConnectionResetError):
        assert peer.recv(4096) == b"never said"
    assert counted(behind, "proxy-faults") == before + 1


@pytest.mark.parametrize("header", [b"PROXY TCP4 ", second(IPv4Address(CLIENT))[:27]])
def test_a_header_that_does_not_end_is_reset_in_time(header: bytes, behind: Daemon) -> None:
    began = time.monotonic()
    with through(behind, header) as peer, pytest.raises(ConnectionResetError):
        peer.recv(4096)
    assert 0.9 < time.monotonic() - began < 2


def test_a_proxy_that_vanishes_before_its_header_leaves_nothing(behind: Daemon) -> None:
    before = behind.descriptors()
    for header in (b"", b"PROXY", second(IPv4Address(CLIENT))[:20]):
        with through(behind, header) as peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    until(lambda: behind.descriptors() <= before, END_SECONDS)


def test_a_header_from_anyone_else_is_a_line_like_any_other(daemon: Daemon) -> None:
    said = daemon.ask("PROXY TCP4 203.0.113.7 198.51.100.1 40000 8082\r", "PING")
    assert said[0].startswith("550 ")
    assert said[1] == "200 PONG"
    with through(daemon, second(IPv4Address(CLIENT)) + b"PING\n") as peer:
        peer.shutdown(socket.SHUT_WR)
        assert rest(peer)[-1] == "221 goodbye"  # it has QUIT in it, so that no server takes it for its own


def test_a_proxy_may_come_by_a_unix_socket_where_that_was_said(here: Path) -> None:
    path = here / "speak.sock"
    with Daemon(here, "--listen", f"unix:{path}", "--trusted-proxy", "unix") as daemon:
        assert daemon.ask("PING") == ["200 PONG"]  # loopback is not trusted here
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(END_SECONDS)
            peer.connect(str(path))
            peer.sendall(first(CLIENT) + b"PING\nQUIT\n")
            assert rest(peer) == ["200 PONG", "221 goodbye"]


def test_a_proxy_that_has_said_nothing_yet_does_not_hold_the_exit(here: Path) -> None:
    with Daemon(here, "--trusted-proxy", "127.0.0.1") as daemon, through(daemon, b"PROXY"):
        alone = daemon.descriptors()
        with through(daemon, b"PROXY"):
            until(lambda: daemon.descriptors() > alone, END_SECONDS)
            began = time.monotonic()
            assert daemon.stop() != 0
            assert time.monotonic() - began < 5
