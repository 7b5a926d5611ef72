"""--listen-tls: TLS at once, for people's programs, and against what others do at that door."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.kit.daemon import Daemon, until
from tests.kit.tls import certificate_options, client_hello, write_certificate
from tests.whole.door import Doors, doors, until_line
from tests.whole.test_clients import SECONDS, TOKYO, needs

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
RESET = struct.pack("ii", 1, 0)  # linger on, for no time: close with a reset
GONE_SECONDS = 2.0  # a peer that went is forgotten within one second; a busy machine has another
MANY = 400  # lines that do not go into one short record, nor into one long one
CUT_SECONDS = 8.0  # one that does not read is cut off after five


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """A daemon whose peers have a second for their handshakes."""
    with doors(tmp_path_factory.mktemp("daemon"), "--handshake-time", "1") as running:
        yield running


@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_is_greeted_answered_and_ended_with_a_goodbye(
    running: Doors, version: ssl.TLSVersion
) -> None:
    with running.tls(version) as peer:
        assert peer.version() == version.name.replace("_", ".")
        until_line(peer, b"220 ")
        peer.sendall(b"TIME tokyo\nQUIT\n")
        with peer.makefile("rb") as stream:  # Python raises where TLS ends without a goodbye
            said = stream.read()
    assert TOKYO.match(said)
    assert said.endswith(b"221 goodbye\r\n")


TOOLS = [
    pytest.param("socat -t5 - OPENSSL:localhost:{port},verify=0", marks=needs("socat")),
    pytest.param("socat -t5 - OPENSSL:localhost:{port},verify=0,max-version=TLS1.2", marks=needs("socat")),
    pytest.param("ncat --ssl localhost {port}", marks=needs("ncat")),
    pytest.param("ncat --ssl --ssl-ciphers ECDHE+AESGCM localhost {port}", marks=needs("ncat")),
]
TYPED = [
    pytest.param("openssl s_client -quiet -connect localhost:{port}", marks=needs("openssl")),
    pytest.param("openssl s_client -quiet -tls1_2 -connect localhost:{port}", marks=needs("openssl")),
]


def piped(command: str, running: Doors, text: bytes) -> bytes:
    """What a program prints that is given this text through a pipe, once it has ended by itself."""
    words = command.format(port=running.tls_port).split()
    done = subprocess.run(words, input=text, capture_output=True, timeout=SECONDS, check=False)
    return done.stdout


@pytest.mark.parametrize("command", TOOLS)
def test_a_pipe_through_tls_gets_its_answer_and_ends(command: str, running: Doors) -> None:
    assert TOKYO.search(piped(command, running, b"TIME tokyo\n"))


@pytest.mark.parametrize("command", [*TOOLS, *TYPED])
def test_quit_ends_the_program(command: str, running: Doors) -> None:
    said = piped(command, running, b"TIME tokyo\nQUIT\n")
    assert TOKYO.search(said)
    assert said.endswith(b"221 goodbye\r\n")


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
@needs("openssl")
def test_a_peer_that_wants_short_records_gets_everything_in_order(version: str, running: Doors) -> None:
    command = f"openssl s_client -quiet {version} -maxfraglen 512 -connect localhost:{{port}}"
    listed = re.findall(rb"(?m)^251[- ] *(\d+) ", piped(command, running, b"LIST ALL\nQUIT\n"))
    assert len(listed) > MANY
    assert [int(number) for number in listed] == list(range(1, len(listed) + 1))


def asks_in_clear(running: Doors) -> None:
    """Speak in clear."""
    with socket.create_connection(("127.0.0.1", running.tls_port), SECONDS) as peer:
        peer.sendall(b"TIME tokyo\n")
        assert b"250" not in everything(peer)


def offers_an_old_version(running: Doors) -> None:
    """Offer TLS 1.1."""
    with socket.create_connection(("127.0.0.1", running.tls_port), SECONDS) as peer:
        peer.sendall(client_hello(0x0302, [0xC009]))
        assert everything(peer)[-2:] == b"\x02\x46"


def says_nothing(running: Doors) -> None:
    """Connect, and that is all."""
    with socket.create_connection(("127.0.0.1", running.tls_port), SECONDS) as peer:
        assert everything(peer) == b""


def goes_in_the_handshake(running: Doors) -> None:
    """Begin a handshake and reset."""
    with socket.create_connection(("127.0.0.1", running.tls_port), SECONDS) as peer:
        peer.sendall(client_hello(0x0303, [0xC02B]))
        peer.recv(1)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def everything(peer: socket.socket) -> bytes:
    """What a peer is told until the end, be it one or a reset."""
    said = b""
    with suppress(ConnectionResetError):
        while data := peer.recv(65_536):
            said += data
    return said


@pytest.mark.parametrize(
    "strange", [asks_in_clear, offers_an_old_version, says_nothing, goes_in_the_handshake]
)
def test_who_does_not_shake_hands_is_let_go_and_counted_and_nothing_is_logged(
    running: Doors, strange: Callable[[Doors], None]
) -> None:
    before, failed = running.daemon.log, running.counted("failed-handshakes")
    until(running.alone, GONE_SECONDS)
    strange(running)
    until(running.alone, GONE_SECONDS)
    assert running.counted("failed-handshakes") == failed + 1
    assert running.daemon.log == before


@pytest.mark.parametrize("door", ["tls", "tcp", "unix"])
@pytest.mark.parametrize("asked", [b"", b"LIST ALL\n" * 200])
@pytest.mark.parametrize("reset", [True, False])
def test_a_peer_that_goes_leaves_nothing_behind(running: Doors, door: str, asked: bytes, reset: bool) -> None:
    peer = running.into(door)
    peer.settimeout(0.1)
    with suppress(TimeoutError):
        peer.sendall(asked)
    if reset and door != "unix":
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    socket.socket(fileno=peer.detach()).close()  # without TLS's goodbye
    until(running.alone, GONE_SECONDS)


def test_peers_that_never_read_are_cut_off_when_the_session_ends(running: Doors) -> None:
    peers = [running.into(door) for door in ("tls", "tcp", "unix")]
    for peer in peers:
        peer.sendall(b"LIST ALL\n" * 2 + b"QUIT\n")
    until(running.alone, CUT_SECONDS)
    for peer in peers:
        peer.close()


@pytest.mark.parametrize("door", ["tls", "tcp", "unix"])
def test_what_is_no_tls_behind_the_handshake_ends_the_connection(running: Doors, door: str) -> None:
    peer = running.into(door)
    raw = socket.socket(fileno=peer.detach())
    raw.sendall(b"TIME tokyo\n" * 10)
    until(running.alone, GONE_SECONDS)
    raw.close()


def test_the_daemon_stops_in_time_whatever_its_encrypted_peers_do(tmp_path: Path) -> None:
    with doors(tmp_path) as running:
        idle, deaf, begun = running.into("tls"), running.into("tcp"), running.clear("tcp")
        deaf.settimeout(0.5)
        with pytest.raises(TimeoutError):
            deaf.sendall(b"LIST ALL\n" * 2_000_000)
        begun.sendall(b"STARTTLS\n")
        until_line(begun, b"222 ")
        running.daemon.process.terminate()
        idle.settimeout(SECONDS)
        assert until_line(idle, b"421 ") == b"421 SocketSpeak is shutting down"
        running.daemon.process.wait(4)
        assert "Traceback" not in running.daemon.log
        for peer in (idle, deaf, begun):
            peer.close()


def test_a_door_with_tls_and_no_certificate_is_refused_before_anything_listens(tmp_path: Path) -> None:
    with Daemon(tmp_path, "--listen-tls", "tcp:0:interface=127.0.0.1") as daemon:
        assert daemon.process.wait(SECONDS) == 1
        assert daemon.log.strip().endswith("only with --certificate and --private-key")
        assert "listening" not in daemon.log


def test_a_public_address_is_warned_of_where_tls_is_only_offered_and_not_where_it_is_at_once(
    tmp_path: Path,
) -> None:
    certificate = certificate_options(write_certificate(tmp_path))
    with Daemon(tmp_path, "--listen-tls", "tcp:0", *certificate, listen="tcp:0") as daemon:
        until(lambda: ", with TLS" in daemon.log, SECONDS)
        warned = [line for line in daemon.log.splitlines() if "#warn]" in line]
    assert len(warned) == 1
    assert warned[0].endswith("can be reached from other machines, and is encrypted only from STARTTLS on")
