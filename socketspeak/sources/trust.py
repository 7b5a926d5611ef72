"""Whom to believe over TLS: a certificate must be vouched for, and be the host's that was asked.

Twisted's own policy takes a certificate that names no host at all: service-identity raises CertificateError
for it, which Twisted 26.10 logs, and then lets the connection be. Here whatever is wrong ends the connection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from OpenSSL.SSL import VERIFY_FAIL_IF_NO_PEER_CERT, VERIFY_PEER
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.python.failure import Failure
from twisted.web.client import BrowserLikePolicyForHTTPS
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer


@implementer(IPolicyForHTTPS)
class SourcePolicy:
    """Verifies the certificates of sources."""

    def __init__(self, trust_root: Any = None) -> None:
        """`trust_root` vouches for them, as Twisted has it; None for the system's store."""
        self._usual = BrowserLikePolicyForHTTPS(trust_root)

    def creatorForNetloc(self, hostname: bytes, port: int) -> IOpenSSLClientConnectionCreator:
        """How to connect to a host, as IPolicyForHTTPS says."""
        return _Creator(self._usual.creatorForNetloc(hostname, port), hostname.decode("ascii"))


@implementer(IOpenSSLClientConnectionCreator)
class _Creator:
    """Makes the connections that Twisted makes, and verifies the host's name itself."""

    def __init__(self, usual: IOpenSSLClientConnectionCreator, host: str) -> None:
        self._usual = usual
        self._host = host.rstrip(".")

    def clientConnectionForTLS(self, tlsProtocol: Any) -> Any:
        connection = self._usual.clientConnectionForTLS(tlsProtocol)
        # Exceptions of a callback would be lost in OpenSSL.
        connection.set_verify(
            VERIFY_PEER | VERIFY_FAIL_IF_NO_PEER_CERT, _verification(self._host, tlsProtocol.failVerification)
        )
        return connection


def _verification(host: str, fail: Callable[[Failure], None]) -> Callable[[Any, Any, int, int, int], bool]:
    def verify(_connection: Any, certificate: Any, _error: int, depth: int, vouched: int) -> bool:
        if depth > 0 or not vouched:
            return bool(vouched)
        try:
            asked = IPAddress_ID(host) if isIPAddress(host) or isIPv6Address(host) else DNS_ID(host)
            verify_service_identity(extract_patterns(certificate), [asked], [])
        except Exception:
            fail(Failure())
            return False
        return True

    return verify
