"""The limits of a daemon, over TCP, TLS, STARTTLS and a UNIX socket."""

from __future__ import annotations

import re
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.kit.daemon import Daemon, until, with_files, world_time_server
from tests.whole.door import Doors, doors, until_line

WAYS = ("tcp", "unix", "tls", "starttls")
IDLE, LINE, HANDSHAKE = 2.0, 1.0, 1.0
LATE_SECONDS = 1.3  # a second, and what a busy machine takes
GONE_SECONDS = 2.0
PIECE_SECONDS = 0.2


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """A daemon with little patience."""
    times = ("--idle", f"{IDLE}", "--line-time", f"{LINE}", "--handshake-time", f"{HANDSHAKE}")
    with doors(tmp_path_factory.mktemp("daemon"), *times) as running:
        yield running


def greeted(running: Doors, way: str) -> socket.socket:
    """A connection that is greeted; by `tls` and `starttls` an encrypted one."""
    if way in ("tcp", "unix"):
        peer = running.clear(way)
        until_line(peer, b"220 ")
        return peer
    if way == "tls":
        return running.into("tls")
    return running.into("tcp")


def to_the_end(peer: socket.socket) -> bytes:
    """What a peer is told until the connection ends, however it does."""
    said = b""
    with suppress(OSError):
        while data := peer.recv(65_536):
            said += data
    return said


def test_idle_sessions_are_told_so_in_time_and_are_gone(running: Doors) -> None:
    with ExitStack() as stack:
        begins = [time.monotonic()]
        peers = [stack.enter_context(greeted(running, way)) for way in WAYS]
        begins.append(time.monotonic())
        ends = []
        for peer in peers:
            assert to_the_end(peer) == b"421 nothing was asked for 2 s\r\n"
            ends.append(time.monotonic())
        assert ends[0] - begins[0] >= IDLE
        assert ends[-1] - begins[-1] < IDLE + LATE_SECONDS
    until(running.alone, GONE_SECONDS)
    assert running.counted("idle") == len(WAYS)


BEGINNINGS = (b"TIME t", b"x" * 1500, b"\xff\xfa\x18")


def test_a_begun_line_is_ended_in_time_though_bytes_come(running: Doors) -> None:
    with ExitStack() as stack:
        peers = [stack.enter_context(greeted(running, way)) for way in WAYS for _ in BEGINNINGS]
        begin = time.monotonic()
        for peer, begun in zip(peers, BEGINNINGS * len(WAYS), strict=True):
            peer.sendall(begun)
        for _ in range(int(LINE / PIECE_SECONDS) - 1):
            time.sleep(PIECE_SECONDS)
            for peer in peers:
                peer.sendall(b"o")
        for peer in peers:
            assert to_the_end(peer).endswith(b"421 a line has not ended within 1 s\r\n")
            assert LINE <= time.monotonic() - begin < LINE + LATE_SECONDS
    assert running.counted("slow-lines") == len(peers)
    until(running.alone, GONE_SECONDS)


def test_who_asks_for_tls_and_does_not_begin_it_is_cut_off_in_time(running: Doors) -> None:
    with ExitStack() as stack:
        peers = [stack.enter_context(running.clear(door)) for door in ("tcp", "unix")]
        time.sleep(0.7 * HANDSHAKE)  # which is no part of the handshake's time
        begin = time.monotonic()
        for peer in peers:
            peer.sendall(b"STARTTLS\n")
            until_line(peer, b"222 ")
        assert [to_the_end(peer) for peer in peers] == [b"", b""]
        assert HANDSHAKE <= time.monotonic() - begin < HANDSHAKE + LATE_SECONDS
    assert running.counted("slow-handshakes") == len(peers)


FULL = b"421 5 connections are open, no more are taken: try again later\r\n"
FULL_FOR_ADDRESS = b"421 3 connections from your address are open, no more are taken\r\n"
NO_DESCRIPTORS = b"421 the server has no file descriptor left for another connection: try again later\r\n"


def test_who_is_not_let_in_is_told_why_by_every_way_and_is_gone_within_a_second(tmp_path: Path) -> None:
    limits = ("--connections", "5", "--connections-per-address", "3", "--handshake-time", f"{HANDSHAKE}")
    with doors(tmp_path, *limits) as running, ExitStack() as stack:
        asker = greeted(running, "tcp")
        for way in ("tls", "starttls"):
            stack.enter_context(greeted(running, way))
        inside = running.daemon.descriptors()
        silent = stack.enter_context(socket.create_connection(("127.0.0.1", running.tls_port), timeout=10))
        begin = time.monotonic()
        refused = [stack.enter_context(running.clear("tcp")) for _ in range(4)]
        refused.append(stack.enter_context(running.tls()))
        assert [to_the_end(peer) for peer in refused] == [FULL_FOR_ADDRESS] * 5
        assert to_the_end(silent) == b""  # its TLS does not stand: nothing can be said
        assert time.monotonic() - begin < HANDSHAKE + LATE_SECONDS
        until(lambda: running.daemon.descriptors() == inside, GONE_SECONDS)  # though no peer has closed

        for _ in range(2):
            stack.enter_context(greeted(running, "unix"))
        refused = [stack.enter_context(running.clear("unix")), stack.enter_context(running.tls())]
        assert [to_the_end(peer) for peer in refused] == [FULL] * 2

        asker.sendall(b"STATUS\n")
        assert b" refused-full=2 refused-address=6" in asker.recv(65_536).replace(b"-refused", b" refused")
        taken = running.daemon.descriptors()
        asker.close()
        until(lambda: running.daemon.descriptors() < taken, GONE_SECONDS)
        stack.enter_context(greeted(running, "tls"))


def test_requests_beyond_the_rate_are_held_back(tmp_path: Path) -> None:
    with Daemon(tmp_path, "--rate", "4", "--burst", "2") as daemon, daemon.connect() as peer:
        until_line(peer, b"220 ")
        begin = time.monotonic()
        peer.sendall(b"PING\n" * 5 + b"QUIT\n")
        said, when = b"", []
        while data := peer.recv(65_536):
            said += data
            when += [time.monotonic() - begin] * data.count(b"200 ")
        assert said == b"200 PONG\r\n" * 5 + b"221 goodbye\r\n"
        assert all(at > 0.25 * (number - 1) - 0.02 for number, at in enumerate(when))
        assert when[1] < 0.25


ASKED_SECONDS = 1.0  # in which all are told, and an answer comes though a source must be asked
IDLE_SHARE = 0.2  # of a processor, at most, while nobody comes


def test_with_all_descriptors_spent_connections_are_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    with world_time_server(tmp_path) as url:
        lab = ("--source", f"lab=worldtimeapi:{url}", "--connections-per-address", "1000")
        with doors(tmp_path, *lab) as running, ExitStack() as stack:
            daemon = running.daemon
            until(lambda: "state=ok" in " ".join(daemon.ask("STATUS")), 10)
            asker = stack.enter_context(greeted(running, "tcp"))
            daemon.allow_files(daemon.descriptors())

            begin = time.monotonic()
            refused = [stack.enter_context(running.clear(way)) for way in ("tcp", "unix") * 50]
            refused.append(stack.enter_context(running.tls()))
            assert {to_the_end(peer) for peer in refused} == {NO_DESCRIPTORS}
            asker.sendall(b"TIME Africa/Abidjan\n")
            assert b" via=lab; " in asker.recv(65_536)
            assert time.monotonic() - begin < ASKED_SECONDS

            used = daemon.processor_seconds()
            time.sleep(1)
            assert daemon.processor_seconds() - used < IDLE_SHARE

            daemon.allow_files()
            greeted(running, "tls").close()
            assert running.counted("refused-descriptors") == len(refused)
            assert len(re.findall("file descriptor|EMFILE|Traceback", daemon.log)) == 1


def test_where_not_even_the_reserve_helps_it_waits_without_spinning_and_goes_on_later(tmp_path: Path) -> None:
    with Daemon(tmp_path) as daemon:
        daemon.ask("PING")  # it has started altogether
        daemon.allow_files(3)
        with daemon.connect() as peer:
            used = daemon.processor_seconds()
            time.sleep(1)
            assert daemon.processor_seconds() - used < IDLE_SHARE
            daemon.allow_files()
            until_line(peer, b"220 ")
        assert len(re.findall("file descriptor|EMFILE|Traceback", daemon.log)) == 1


def test_the_limit_of_files_is_raised_and_bounds_the_connections(tmp_path: Path) -> None:
    with Daemon(tmp_path, program=with_files(60, 105)) as daemon, ExitStack() as stack:
        for _ in range(5):
            until_line(stack.enter_context(daemon.connect()), b"220 ")
        with daemon.connect() as peer:
            assert to_the_end(peer) == FULL
        assert resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE) == (105, 105)
        assert "--connections 10000 is lowered to 5: the process may have 105 files open" in daemon.log
