"""Watches over real sockets: ticks between replies, for who reads and who does not, and how they end."""

from __future__ import annotations

import itertools
import re
import socket
import ssl
import struct
from collections.abc import Iterator

import pytest

from tests.kit.daemon import until
from tests.kit.tls import client_context
from tests.whole.door import Doors, doors, until_line

TICK = re.compile(
    r"150[ -]\d{4}-\d\d-\d\dT\d\d:(\d\d):(\d\d)\.000\+09:00 Asia/Tokyo JST .*?(?: skipped=(\d+))?; .*"
)
MINUTES = 60 * 60  # seconds after which they begin anew
DEAF_TICKS = 3
LISTS = 20  # of which a peer that does not read has no room for most
LITTLE = 4096  # octets that a peer's kernel takes in
RESET = struct.pack("ii", 1, 0)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """A daemon that offers TLS."""
    with doors(tmp_path_factory.mktemp("daemon")) as running:
        yield running


def ticks(lines: list[str]) -> list[tuple[int, int]]:
    """The ticks among lines: each its second of the hour, and how many were skipped before it."""
    found = filter(None, map(TICK.fullmatch, lines))
    return [(int(tick[1]) * 60 + int(tick[2]), int(tick[3] or 0)) for tick in found]


def assert_complete(told: list[tuple[int, int]]) -> None:
    """Of ticks that were told and skipped none is missing, and none is there twice."""
    for (before, _), (second, skipped) in itertools.pairwise(told):
        assert (second - before) % MINUTES == skipped + 1


@pytest.mark.parametrize("way", ["tcp", "unix", "starttls"])
def test_ticks_come_every_second_and_between_replies(running: Doors, way: str) -> None:
    with running.starttls() if way == "starttls" else running.clear(way) as peer:
        peer.sendall(b"WATCH tokyo\n")
        said, told = b"", 0
        while told < 3:
            said += peer.recv(65_536)
            if said.count(b"\r\n150 ") > told:
                told += 1
                peer.sendall(b"PING\nLIST Asia\n" * 20)
        peer.sendall(b"UNWATCH\nQUIT\n")
        while data := peer.recv(65_536):
            said += data
    lines = said.decode().split("\r\n")[:-1]
    assert_complete(ticks(lines))
    assert len(ticks(lines)) >= 3
    at = 0
    while at < len(lines):  # each reply is whole: its lines have one code, and only the last has a space
        code, end = lines[at][:3], at
        while lines[end][3] == "-":
            assert lines[end][:3] == code
            end += 1
        assert lines[end][:4] == f"{code} "
        at = end + 1
    assert lines[-2:] == ["255 no ticks", "221 goodbye"]


def test_who_does_not_read_is_told_what_was_skipped_and_has_every_reply_whole(running: Doors) -> None:
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE)
        peer.settimeout(20)
        peer.connect(("127.0.0.1", running.daemon.port))
        peer.sendall(b"WATCH tokyo\n" + b"LIST ALL\n" * LISTS)
        with running.clear("tcp") as clock:  # somebody else's ticks tell how the time passes
            clock.sendall(b"WATCH tokyo\n")
            for _ in range(DEAF_TICKS):
                until_line(clock, b"150 ")
        said = b""
        while said.count(b"\r\n251  451 ") < LISTS:
            said += peer.recv(65_536)
        for _ in range(2):
            said += until_line(peer, b"150 ") + b"\r\n"
        peer.sendall(b"QUIT\n")
        while data := peer.recv(65_536):
            said += data
    lines = said.decode().split("\r\n")
    assert sum(line.startswith("251") for line in lines) == LISTS * 451
    told = ticks(lines)
    assert_complete(told)
    assert sum(skipped for _, skipped in told) >= DEAF_TICKS - 1


def test_no_tick_in_clear_comes_behind_the_answer_to_starttls(running: Doors) -> None:
    with running.clear("tcp") as peer:
        peer.sendall(b"WATCH tokyo\n")
        until_line(peer, b"150 ")
        peer.sendall(b"STARTTLS\n")
        until_line(peer, b"222 ")
        with running.clear("tcp") as clock:  # two whole seconds pass
            clock.sendall(b"WATCH tokyo\n")
            for _ in range(2):
                until_line(clock, b"150 ")
        with client_context().wrap_socket(peer, server_hostname="localhost") as secure:
            assert isinstance(secure, ssl.SSLSocket)
            secure.sendall(b"QUIT\n")
            assert secure.recv(4096) == b"221 goodbye\r\n"


def test_who_goes_while_watching_leaves_nothing_behind_and_others_their_ticks(running: Doors) -> None:
    with running.clear("tcp") as staying:
        staying.sendall(b"WATCH tokyo\n")
        said = until_line(staying, b"150 ")
        for _ in range(20):
            with running.clear("tcp") as peer:
                peer.sendall(b"WATCH tokyo\n")
                until_line(peer, b"255 ")
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        for _ in range(2):
            said += until_line(staying, b"150 ")
        assert_complete(ticks(said.decode().split("\r\n")))
    until(running.alone, 5)
    assert "faults=0" in " ".join(running.daemon.ask("STATUS"))
