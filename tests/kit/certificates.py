"""Certificates, good and bad, by an authority that the tests trust and by nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from twisted.internet.ssl import CertificateOptions, PrivateCertificate

Make = Callable[[], CertificateOptions]


@cache
def authority() -> trustme.CA:
    """Whom the daemon of a test trusts."""
    return trustme.CA()


def issued(name: str) -> CertificateOptions:
    """A good certificate for a name."""
    return options_of(issued_pem(name))


def issued_pem(name: str) -> bytes:
    """The same as text, with its key."""
    return _of(authority().issue_cert(name))


def expired(name: str) -> CertificateOptions:
    """A certificate that was good until yesterday."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return options_of(
        _of(authority().issue_cert(name, not_before=yesterday - timedelta(days=90), not_after=yesterday))
    )


def by_a_stranger(name: str) -> CertificateOptions:
    """A certificate of an authority that nobody has heard of."""
    return options_of(_of(trustme.CA().issue_cert(name)))


def self_signed(name: str) -> CertificateOptions:
    """A certificate that nothing vouches for but itself."""
    return options_of(self_signed_pem(name))


def self_signed_pem(name: str) -> bytes:
    """The same as text, with its key."""
    return _made(name, {name}, None)


def nameless(name: str) -> CertificateOptions:
    """A certificate of the trusted authority, with its name where none counts any more (RFC 9525)."""
    return options_of(_made(name, set(), authority()))


def _of(leaf: trustme.LeafCert) -> bytes:
    return leaf.private_key_pem.bytes() + b"".join(blob.bytes() for blob in leaf.cert_chain_pems)


def options_of(pem: bytes) -> CertificateOptions:
    """A certificate and its key, ready to be shown."""
    shown: CertificateOptions = PrivateCertificate.loadPEM(pem).options()
    return shown


def _made(common_name: str, names: set[str], by: trustme.CA | None) -> bytes:
    """A certificate by hand, signed by an authority or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    issuer, signer = subject, key
    if by is not None:
        issuer = x509.load_pem_x509_certificate(by.cert_pem.bytes()).subject
        loaded = load_pem_private_key(by.private_key_pem.bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        signer = loaded
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in sorted(names)])
        builder = builder.add_extension(alternatives, critical=False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM)
