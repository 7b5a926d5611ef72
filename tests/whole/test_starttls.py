"""STARTTLS with real sockets: a session that goes on encrypted, and what is left behind by a thousand."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.kit.daemon import until
from tests.whole.door import Doors, doors, until_line
from tests.whole.test_clients import SECONDS, TOKYO

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
ROUNDS = 1000
WARMING_ROUNDS = 200  # allocators and caches have grown to their size by then
GROWTH_KIB = 1024  # a kibibyte a round would be an object of ours that stays


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """A daemon that offers STARTTLS."""
    with doors(tmp_path_factory.mktemp("daemon")) as running:
        yield running


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("door", ["tcp", "unix"])
def test_a_session_goes_on_encrypted(running: Doors, door: str, version: ssl.TLSVersion) -> None:
    with running.starttls(door, version) as peer, peer.makefile("rb") as stream:
        peer.sendall(b"TIME tokyo\n")
        assert TOKYO.match(stream.readline())
        peer.sendall(b"LIST ALL\n" * 20 + b"STARTTLS\nQUIT\n")
        said = stream.read().split(b"\r\n")
    assert sum(line.startswith(b"251  451 ") for line in said) == 20
    assert said[-3:] == [b"503 the session is encrypted already", b"221 goodbye", b""]


def test_it_is_offered_in_clear_and_not_behind_tls(running: Doors) -> None:
    assert "212-STARTTLS" in running.daemon.ask("CAPABILITIES")
    with running.starttls() as peer:
        peer.sendall(b"FORMAT JSON\nCAPABILITIES\n")
        said = json.loads(until_line(peer, b'{"code":212'))
    assert said["starttls"] is False


@pytest.mark.parametrize("door", ["tcp", "unix"])
@pytest.mark.parametrize("behind", [b"TIME tokyo\n", b"FORMAT JSON\nPI", b"\xff\xfa"])
def test_what_comes_in_clear_behind_it_ends_the_connection(running: Doors, door: str, behind: bytes) -> None:
    injections = running.counted("injections")
    with running.clear(door) as peer, peer.makefile("rb") as stream:
        until_line(peer, b"220 ")
        peer.sendall(b"STARTTLS\n" + behind)
        said = b""
        with suppress(ConnectionResetError):
            said = stream.read()
    assert said in (b"", b"222 begin TLS now\r\n")
    assert running.counted("injections") == injections + 1


def test_so_does_what_comes_in_place_of_a_handshake(running: Doors) -> None:
    with running.clear("tcp") as peer:
        peer.sendall(b"STARTTLS\n")
        until_line(peer, b"222 ")
        peer.sendall(b"TIME tokyo\n")
        peer.settimeout(SECONDS)
        assert b"Tokyo" not in peer.recv(1000)


def test_a_thousand_leave_neither_descriptors_nor_memory_behind(running: Doors) -> None:
    daemon = running.daemon
    for _ in range(WARMING_ROUNDS):
        round_of(running)
    memory = daemon.resident_kib()
    for _ in range(ROUNDS):
        round_of(running)
    until(running.alone, SECONDS)
    assert daemon.resident_kib() - memory < GROWTH_KIB


def round_of(running: Doors) -> None:
    """One session: STARTTLS, a question, an answer, and away, each time in another way."""
    peer = running.starttls()
    peer.sendall(b"PING\n")
    assert until_line(peer, b"200 ")
    socket.socket(fileno=peer.detach()).close()
