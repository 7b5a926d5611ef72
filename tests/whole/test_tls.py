"""Twisted's own TLS endpoints, given to --listen: encrypted sessions like any other."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.kit.daemon import END_SECONDS, Daemon, until


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Daemon, ssl.SSLContext]]:
    """A daemon behind an `ssl:` endpoint, and what its clients trust."""
    authority = trustme.CA()
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(f"{tmp_path}/both.pem")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    listen = f"ssl:0:privateKey={tmp_path}/both.pem:certKey={tmp_path}/both.pem:interface=127.0.0.1"
    with Daemon(tmp_path, "--grace", "1", listen=listen) as daemon:
        assert daemon.port
        yield daemon, context


def test_a_session_over_tls_is_greeted_answered_and_ended(secure: tuple[Daemon, ssl.SSLContext]) -> None:
    daemon, context = secure
    with (
        context.wrap_socket(daemon.connect(), server_hostname="localhost") as peer,
        peer.makefile("rb") as stream,
    ):
        assert stream.readline().startswith(b"220-SocketSpeak ")
        peer.sendall(b"LIST ALL\n" * 20 + b"TIME tokyo\nQUIT\n")
        said = stream.read().split(b"\r\n")
    assert sum(line.startswith(b"251  451 ") for line in said) == 20
    assert b" Asia/Tokyo JST " in said[-3]
    assert said[-2] == b"221 goodbye"


def test_a_peer_over_tls_that_never_reads_is_bounded_and_does_not_hold_the_exit(
    secure: tuple[Daemon, ssl.SSLContext],
) -> None:
    daemon, context = secure
    with context.wrap_socket(daemon.connect(), server_hostname="localhost") as peer:
        peer.settimeout(2)
        before = daemon.resident_kib()
        with pytest.raises(TimeoutError):
            peer.sendall(b"LIST ALL\n" * 1_000_000)
        assert daemon.resident_kib() - before < 4096
        assert daemon.stop() != 0


def test_a_peer_that_never_shakes_hands_does_not_hold_the_exit(secure: tuple[Daemon, ssl.SSLContext]) -> None:
    daemon, _ = secure
    alone = daemon.descriptors()
    with daemon.connect() as peer:
        peer.sendall(b"\x16")
        until(lambda: daemon.descriptors() > alone, END_SECONDS)
        assert daemon.stop() != 0
