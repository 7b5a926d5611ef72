"""Peers in memory of a server that offers STARTTLS, and their TLS once it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from pathlib import Path
from ssl import TLSVersion
from tempfile import TemporaryDirectory

from twisted.internet.task import Clock

from socketspeak.server.encrypted import EncryptedFactory
from tests.kit.peer import Peer, peer_with_source
from tests.kit.tls import TlsClient, certificates_of, encrypting, write_certificate
from tests.kit.world import the_setting

SETTING = dataclasses.replace(the_setting(menu=2), starttls=True)
VERSIONS = [TLSVersion.TLSv1_2, TLSVersion.TLSv1_3]
HELLO = bytes.fromhex("16030100f8010000f40303") + bytes(range(237))


@cache
def encrypted() -> Callable[[Clock], EncryptedFactory]:
    """What sessions need to offer STARTTLS."""
    with TemporaryDirectory() as folder:
        return encrypting(certificates_of(write_certificate(Path(folder))))


def a_peer() -> Peer:
    """A peer, greeted in clear, of a server that offers STARTTLS."""
    return Peer(setting=SETTING, encrypted=encrypted())


def with_slow_source() -> Peer:
    """A peer whose server asks a source that takes a tenth of a second."""
    other, _ = peer_with_source(0.1)
    return Peer(other.desk, other.clock, SETTING, encrypted=encrypted())


def begun(peer: Peer, version: TLSVersion | None = None) -> TlsClient:
    """The peer's TLS, once it stands."""
    peer.send(b"STARTTLS\n")
    assert "222" in peer.said[-1]
    peer.settle()
    return TlsClient(peer, version).shake_hands()


def after(peer: Peer, seconds: int) -> None:
    """Let so many seconds pass, in small steps."""
    for _ in range(seconds * 20):
        peer.turn(0.05)
