"""Certificates for a server of a test, and a client of it that speaks real TLS in memory."""

from __future__ import annotations

import ssl
import struct
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import trustme
from cryptography import x509
from twisted.internet.task import Clock

from socketspeak.app.certificates import Certificates
from socketspeak.server.encrypted import EncryptedFactory
from tests.kit.certificates import authority
from tests.kit.peer import Peer

PIECE_OCTETS = 65_536


def write_certificate(folder: Path, *, rsa: bool = False) -> Path:
    """Write a certificate of localhost with its chain and its key to one file that nobody else can read."""
    path = folder / "both.pem"
    kind = trustme.KeyType.RSA if rsa else trustme.KeyType.ECDSA
    leaf = authority().create_child_ca(kind).issue_cert("localhost", key_type=kind)
    path.touch(0o600)
    leaf.private_key_and_cert_chain_pem.write_to_path(str(path))
    return path


def certificate_options(path: Path) -> tuple[str, ...]:
    """The daemon's options that name such a file."""
    return ("--certificate", str(path), "--private-key", str(path))


@cache
def client_context(version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """What clients trust: the tests' authority; of one version of TLS, or of any."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    if version is not None:
        context.minimum_version = context.maximum_version = version
    return context


def certificates_of(path: Path) -> Certificates:
    """What a daemon makes of such a file."""
    return Certificates(str(path), str(path))


def encrypting(certificates: Certificates) -> Callable[[Clock], EncryptedFactory]:
    """What a Peer's session needs for TLS."""
    return lambda clock: EncryptedFactory(certificates.creator, clock)


def client_hello(version: int, ciphers: Sequence[int]) -> bytes:
    """What a client says that offers a version of TLS, 0x0301 to 0x0303, and these ciphers, and no more.

    RFC 5246, section 7.4.1.2; such a client takes no later version than it offers.
    """
    offered = b"".join(struct.pack(">H", cipher) for cipher in ciphers)
    groups = b"\x00\x0a\x00\x06\x00\x04\x00\x1d\x00\x17" + b"\x00\x0b\x00\x02\x01\x00"
    signatures = b"\x00\x0d\x00\x06\x00\x04\x04\x03\x08\x04"
    extensions = groups + signatures
    body = struct.pack(">H", version) + bytes(32) + b"\x00"
    body += struct.pack(">H", len(offered)) + offered + b"\x01\x00"
    body += struct.pack(">H", len(extensions)) + extensions
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack(">H", len(handshake)) + handshake


class TlsClient:
    """The client's end of TLS over a Peer's connection: what the server says in it, and what it is told."""

    def __init__(
        self, peer: Peer, version: ssl.TLSVersion | None = None, session: ssl.SSLSession | None = None
    ) -> None:
        self._peer = peer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = client_context(version)
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname="localhost", session=session
        )
        self.heard = b""
        self.ended = False
        peer.transport.sent = b""

    def shake_hands(self) -> TlsClient:
        """Begin TLS; raises ssl.SSLError where the server does not do its part."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self.pump()
            else:
                self.pump()
                return self

    def send(self, data: bytes) -> TlsClient:
        """Send octets, and take what comes back at once."""
        self._tls.write(data)
        self.pump()
        return self

    def finish(self) -> None:
        """Say that nothing more is sent, and read on."""
        try:
            self._tls.unwrap()
        except ssl.SSLWantReadError:
            self.pump()

    def pump(self) -> None:
        """Let both sides have what the other has sent."""
        outgoing = self._outgoing.read()
        if outgoing:
            self._peer.send(outgoing)
        self._peer.settle()
        self._incoming.write(self._peer.transport.sent)
        self._peer.transport.sent = b""
        self.heard += b"".join(self._read())

    def _read(self) -> Iterator[bytes]:
        if self._tls.version() is None:
            return
        while True:
            try:
                data = self._tls.read(PIECE_OCTETS)
            except ssl.SSLWantReadError:
                return
            except ssl.SSLZeroReturnError:
                data = b""
            if not data:
                self.ended = True
                return
            yield data

    @property
    def said(self) -> list[str]:
        """The lines that the server has said inside TLS."""
        return self.heard.decode().split("\r\n")[:-1]

    @property
    def session(self) -> ssl.SSLSession | None:
        """What would let a later connection resume this one."""
        return self._tls.session

    @property
    def resumed(self) -> bool:
        """Whether it has resumed an earlier connection."""
        return bool(self._tls.session_reused)

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate that the server showed."""
        der = self._tls.getpeercert(binary_form=True)
        assert der is not None
        return x509.load_der_x509_certificate(der)
