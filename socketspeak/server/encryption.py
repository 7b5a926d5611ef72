"""The server's TLS: versions, ciphers, and the certificate, which can be replaced while connections last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509 import Certificate
from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from zope.interface import implementer

from socketspeak.server.encrypted import EncryptedTransport

PrivateKey = EllipticCurvePrivateKey | Ed448PrivateKey | Ed25519PrivateKey | RSAPrivateKey

# Forward secret and authenticated, all of them (RFC 9325, section 4.2): Mozilla's intermediate list without
# DHE, which costs much and which nobody needs who speaks TLS 1.2 at all.
CIPHERS = b":".join(
    (
        b"ECDHE-ECDSA-AES128-GCM-SHA256",
        b"ECDHE-RSA-AES128-GCM-SHA256",
        b"ECDHE-ECDSA-AES256-GCM-SHA384",
        b"ECDHE-RSA-AES256-GCM-SHA384",
        b"ECDHE-ECDSA-CHACHA20-POLY1305",
        b"ECDHE-RSA-CHACHA20-POLY1305",
    )
)
SUITES = b"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

# No tickets and no cache: a ticket's key would outlive the secrets that it opens, and a client of a clock
# comes too seldom to gain by it. All ciphers are good, so the client's choice stands: a telephone without
# AES in hardware is quicker with ChaCha20.
_OPTIONS = SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION | SSL.OP_NO_TICKET


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the server is: its key, its certificate, and those who vouch for it, the nearest first."""

    private_key: PrivateKey
    certificate: Certificate
    chain: tuple[Certificate, ...] = ()


def context_of(identity: Identity) -> SSL.Context:
    """The settings of connections that show this identity; raises OpenSSL.SSL.Error where it will not do."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_max_proto_version(SSL.TLS1_3_VERSION)
    context.set_options(_OPTIONS)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)  # an idle connection keeps no 34 KiB of buffers
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_cipher_list(CIPHERS)
    context.set_tls13_ciphersuites(SUITES)
    context.use_certificate(identity.certificate)
    for each in identity.chain:
        context.add_extra_chain_cert(each)
    context.use_privatekey(identity.private_key)
    context.check_privatekey()
    return context


class _Connection(SSL.Connection):
    """A connection whose peer may say that it sends no more, and be answered all the same."""

    def __init__(self, context: SSL.Context, transport: EncryptedTransport) -> None:
        super().__init__(context)
        self._transport = transport

    def recv(self, bufsiz: int, flags: int | None = None) -> bytes:
        """What the peer has sent; the end of it is told, and then there is nothing to receive."""
        try:
            return super().recv(bufsiz, flags)
        except SSL.WantReadError:
            raise
        except SSL.ZeroReturnError:
            if self._transport.goodbye_received():
                raise SSL.WantReadError from None
            raise
        except SSL.Error:
            self._transport.broken()
            raise

    def _raise_ssl_error(self, ssl: Any, result: int) -> None:
        # What has gone well is no error. To find that out pyOpenSSL looks at a dozen things, twice a request.
        if result <= 0:
            super()._raise_ssl_error(ssl, result)


@implementer(IOpenSSLServerConnectionCreator)
class Encryption:
    """Begins the server's end of TLS connections, with the certificate that is current when each begins."""

    def __init__(self, context: SSL.Context) -> None:
        self._context = context

    def replace(self, context: SSL.Context) -> None:
        """Begin connections with these settings from now on; those in being keep theirs."""
        self._context = context

    def serverConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """The OpenSSL side of one connection."""
        if isinstance(protocol, EncryptedTransport):
            return _Connection(self._context, protocol)
        return SSL.Connection(self._context)
