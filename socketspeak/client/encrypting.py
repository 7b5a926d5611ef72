"""TLS for clients: with whom a connection is encrypted, and what is wrong with whoever else answers.

Twisted's own `optionsForClientTLS` takes a certificate that names no host at all: service-identity raises
CertificateError for it, which Twisted 26.10 logs, and then lets the connection be. Here whatever is wrong
ends the connection, and is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID
from OpenSSL import SSL
from OpenSSL.crypto import X509, X509StoreFlags
from service_identity import VerificationError
from service_identity.hazmat import (
    DNS_ID,
    DNSPattern,
    IPAddress_ID,
    IPAddressPattern,
    verify_service_identity,
)
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.ssl import Certificate
from zope.interface import implementer

from socketspeak.language.printable import shown

NAME_CHARACTERS = 100  # of a name in a certificate, in an error
MOST_NAMES = 3  # of a certificate, in an error

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_CIPHERS = b"ECDHE+AESGCM:ECDHE+CHACHA20"  # of TLS 1.2, forward secret and authenticated; 1.3 has no others
_OPTIONS = SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION

# OpenSSL's numbers of what can be wrong with a certificate (x509_vfy.h)
NOT_YET_GOOD, EXPIRED, SIGNED_BY_ITSELF = 9, 10, 18
UNTRUSTED = frozenset({2, 19, 20, 21})  # an issuer who is not at hand, or is and is not trusted


@dataclass(frozen=True, slots=True)
class Encryption:
    """TLS, 1.2 or later, with a server whose certificate is verified (RFC 9525).

    `host` is whose certificate it must be: a name, or an IP address in figures. `authorities` are the
    certificates, one or more in PEM, of those who may vouch for it; None for the system's. With `starttls`
    the connection begins in clear and asks for TLS before anything else, else it is encrypted from the start.
    Raises ValueError for what is no host, and for authorities without a certificate, or with a broken one.
    """

    host: str
    authorities: bytes | None = None
    starttls: bool = False

    def __post_init__(self) -> None:
        _identity(self.host)
        _certificates(self.authorities)


def _identity(host: str) -> DNS_ID | IPAddress_ID:
    """Who a certificate must name."""
    try:
        if isIPAddress(host) or isIPv6Address(host):
            return IPAddress_ID(host.partition("%")[0])
        return DNS_ID(host.rstrip("."))
    except (ValueError, UnicodeError) as wrong:
        raise ValueError(f"{host!r} is neither a host's name nor an IP address") from wrong


def _certificates(pem: bytes | None) -> list[X509] | None:
    """The certificates in a text; None where there is no text, which is another thing than an empty one."""
    if pem is None:
        return None
    found = _PEM.findall(pem)
    if not found:
        raise ValueError("there is no certificate in PEM among the authorities")
    try:
        return [Certificate.loadPEM(each).original for each in found]
    except Exception:  # what cryptography and pyOpenSSL raise is theirs to choose
        raise ValueError("a certificate among the authorities is broken") from None


@implementer(IOpenSSLClientConnectionCreator)
class Guard:
    """Begins the TLS of one connection, and lets nobody but the host be at its other end.

    `begun` says that TLS has begun, `satisfied` that the certificate is good, and the host's; `refusal` why
    it was refused, once it was.
    """

    def __init__(self, encryption: Encryption) -> None:
        self._identity = _identity(encryption.host)
        self._host = encryption.host
        self._context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        self._context.set_min_proto_version(SSL.TLS1_2_VERSION)
        self._context.set_options(_OPTIONS)
        self._context.set_cipher_list(_CIPHERS)
        self.begun = self.satisfied = False
        self.refusal: str | None = None
        self._trust(_certificates(encryption.authorities))

    def _trust(self, authorities: list[X509] | None) -> None:
        if authorities is None:
            self._context.set_default_verify_paths()
            return
        store = self._context.get_cert_store()
        assert store is not None
        store.set_flags(X509StoreFlags.PARTIAL_CHAIN)  # who is named is trusted, be it no root
        for each in authorities:
            store.add_cert(each)

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:
        """The OpenSSL side of the connection."""
        self.begun = True
        connection = SSL.Connection(self._context)
        connection.set_connect_state()
        if isinstance(self._identity, DNS_ID):  # addresses are not sent (RFC 6066, section 3)
            connection.set_tlsext_host_name(self._identity.hostname)
        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, self._verify)
        return connection

    def _verify(self, _connection: object, certificate: X509, error: int, depth: int, vouched: int) -> bool:
        """Whether a certificate of the chain will do; OpenSSL would lose what is raised here."""
        if vouched and depth > 0:
            return True  # who vouches may be called anything
        try:
            self.refusal = self._misnamed(certificate) if vouched else _fault(certificate, error, depth)
        except Exception:  # a certificate can be anything
            self.refusal = "it cannot be read"
        self.satisfied = self.refusal is None
        return self.satisfied

    def _misnamed(self, certificate: X509) -> str | None:
        """What is wrong with the names in a certificate."""
        patterns = extract_patterns(certificate)
        if not patterns:
            return "it names no host"
        try:
            verify_service_identity(patterns, [self._identity], [])
        except VerificationError:
            more = ["…"] if len(patterns) > MOST_NAMES else []
            names = [*map(_name_in, patterns[:MOST_NAMES]), *more]
            return f"it is for {', '.join(names)}, and not for {shown(self._host)}"
        return None


def _name_in(pattern: object) -> str:
    """A name of a certificate, as people write it."""
    match pattern:
        case DNSPattern(pattern=name):
            return shown(name.decode("utf-8", "replace"), NAME_CHARACTERS)
        case IPAddressPattern(pattern=address):
            return str(address)
    return "something else"


def _fault(certificate: X509, error: int, depth: int) -> str:
    """What OpenSSL does not like about a certificate, in words."""
    found = certificate.to_cryptography()
    whose = "it" if depth == 0 else f"that of {_called(found.subject)}, who vouches for it,"
    if error == EXPIRED:
        return f"{whose} expired on {found.not_valid_after_utc:%Y-%m-%d}"
    if error == NOT_YET_GOOD:
        return f"{whose} is not good before {found.not_valid_before_utc:%Y-%m-%d}"
    if error == SIGNED_BY_ITSELF:
        return "nobody vouches for it but itself"
    if error in UNTRUSTED:
        return f"{_called(found.issuer)}, who vouches for it, is not trusted"
    return f"{whose} does not verify (X.509 error {error})"


def _called(name: x509.Name) -> str:
    """Somebody who stands in a certificate: the common name, else all that is known."""
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    text = str(found[0].value) if found else name.rfc4514_string()
    return shown(text, NAME_CHARACTERS) or "somebody without a name"
