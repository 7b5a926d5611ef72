"""When peers go, the daemon lets go: ten thousand disconnects of four kinds leave nothing behind."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.kit.daemon import Daemon, until, world_time_server

ROUNDS = 2500  # of each of four kinds: ten thousand in all
AT_ONCE = 50
WARMING_ROUNDS = 1500  # allocators and caches have grown to their size only after some five thousand
GROWTH_KIB = 1024  # that much in ten thousand is a hundred octets each: noise, and no object of ours
SETTINGS = ("--patience", "1.5", "--connections-per-address", "1000")
RESET = struct.pack("ii", 1, 0)  # linger on, for no time: close with a reset


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """A daemon whose source answers its probe and then never again."""
    with (
        world_time_server(tmp_path, "--answers", "1", "--mode", "hang") as url,
        Daemon(tmp_path, "--source", f"hangs=worldtimeapi:{url}", *SETTINGS) as running,
    ):
        until(lambda: "state=ok" in " ".join(running.ask("STATUS")), 10)
        yield running


def after_an_answer(peer: socket.socket) -> None:
    """Ask, read the answer, go."""
    peer.sendall(b"PING\n")
    with peer.makefile("rb") as stream:
        while not stream.readline().startswith(b"200 "):
            pass


def by_reset(peer: socket.socket) -> None:
    """Go with a reset, with a request on its way and the greeting unread."""
    peer.sendall(b"TIME UTC+5\n")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def in_mid_line(peer: socket.socket) -> None:
    """Go before the line has ended."""
    peer.sendall(b"TIME tok")


def while_a_source_hangs(peer: socket.socket) -> None:
    """Go while the answer is waited for."""
    peer.sendall(b"TIME Africa/Abidjan, Asia/Tokyo\n")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


KINDS: tuple[Callable[[socket.socket], None], ...] = (
    after_an_answer,
    by_reset,
    in_mid_line,
    while_a_source_hangs,
)


def come_and_go(daemon: Daemon, rounds: int) -> None:
    """Connect and disconnect in each of the ways, so many times, some at once."""
    for _ in range(0, rounds, AT_ONCE):
        for go in KINDS:
            peers = [daemon.connect() for _ in range(AT_ONCE)]
            for peer in peers:
                go(peer)
            for peer in peers:
                peer.close()


def alone(daemon: Daemon) -> bool:
    """Whether the asker is the only session that the daemon knows of."""
    return "sessions=1 " in " ".join(daemon.ask("STATUS"))


@pytest.mark.limit(100)
def test_ten_thousand_disconnects_leave_nothing_behind(daemon: Daemon) -> None:
    come_and_go(daemon, WARMING_ROUNDS)
    until(lambda: alone(daemon), 5)
    descriptors, threads, memory = daemon.descriptors(), daemon.threads(), daemon.resident_kib()
    come_and_go(daemon, ROUNDS)
    until(lambda: alone(daemon), 5)
    until(lambda: daemon.descriptors() <= descriptors, 5)
    assert daemon.threads() <= threads
    assert daemon.resident_kib() - memory < GROWTH_KIB
    status = " ".join(daemon.ask("STATUS"))
    assert "faults=0" in status
    assert "Traceback" not in daemon.log


def test_a_disconnect_closes_the_request_that_nobody_waits_for_within_a_second(daemon: Daemon) -> None:
    with_a_kept_connection = daemon.descriptors()
    with daemon.connect() as peer:
        peer.sendall(b"TIME Asia/Tokyo\n")
        until(lambda: "requests=2 " in " ".join(daemon.ask("STATUS")), 5)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    until(lambda: daemon.descriptors() < with_a_kept_connection, 1)
