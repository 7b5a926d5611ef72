"""The server's certificate and key: read from files, checked, and read anew while the server runs."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL
from twisted.logger import Logger

from socketspeak.app.config import Config, ConfigError
from socketspeak.language.printable import shown
from socketspeak.server.encryption import Encryption, Identity, PrivateKey, context_of

MOST_OCTETS = 1024 * 1024  # a long chain with its key takes twenty thousand
SHOWN = 200  # characters of a certificate's names in the log
OTHERS = stat.S_IRWXG | stat.S_IRWXO

CERTIFICATE = "certificate"
PRIVATE_KEY = "private-key"
_ALLOWED = {
    CERTIFICATE: "a file with the server's certificate and its chain in PEM, the server's first",
    PRIVATE_KEY: "a file with that certificate's private key in PEM, that nobody else can read",
}
_KEY = re.compile(rb"-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----.+?-----END \1PRIVATE KEY-----", re.DOTALL)


class _Wrong(Exception):
    """What is wrong with one of the two files."""

    def __init__(self, option: str, path: Path, why: str) -> None:
        super().__init__(option, path, why)
        self.option = option
        self.path = path
        self.why = why


class Certificates:
    """The certificate that the server shows, with the two files that it is read from."""

    log = Logger()

    def __init__(self, certificate: str, private_key: str) -> None:
        """Read both files; raises ConfigError, which names the option, where one of them will not do."""
        self._certificate = Path(certificate).absolute()  # twistd changes the directory later
        self._private_key = Path(private_key).absolute()
        try:
            self._shown, context = _load(self._certificate, self._private_key)
        except _Wrong as wrong:
            allowed = f"{_ALLOWED[wrong.option]} ({wrong.why})"
            raise ConfigError(wrong.option, str(wrong.path), allowed) from None
        self.creator = Encryption(context)

    def reload(self, certificate: str | None = None, private_key: str | None = None) -> str | None:
        """Read the files anew, or others from now on; None, or the reason why the old certificate is kept."""
        one = self._certificate if certificate is None else Path(certificate).absolute()
        other = self._private_key if private_key is None else Path(private_key).absolute()
        try:
            self._shown, context = _load(one, other)
        except _Wrong as wrong:
            return f"--{wrong.option} {str(wrong.path)!r}: {wrong.why}"
        self._certificate, self._private_key = one, other
        self.creator.replace(context)
        self.announce()
        return None

    def announce(self) -> None:
        """Say in the log which certificate is in use, and until when it is good."""
        leaf = self._shown
        about = {
            "names": shown(", ".join(names_of(leaf)), SHOWN),
            "until": f"{leaf.not_valid_after_utc:%Y-%m-%d %H:%M} UTC",
        }
        self.log.info("the certificate in use is that of {names}, good until {until}", **about)
        now = datetime.now(UTC)
        if now > leaf.not_valid_after_utc:
            self.log.warn("the certificate of {names} has been out of date since {until}", **about)
        elif now < leaf.not_valid_before_utc:
            begin = f"{leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
            self.log.warn("the certificate of {names} is not good before {begin}", **about, begin=begin)


def checked_certificates(config: Config) -> Certificates | None:
    """The certificate that two options ask for, None where they do not; raises ConfigError."""
    certificate, private_key = config.certificate, config.private_key
    if certificate is None and private_key is None:
        if config.listen_tls:
            raise ConfigError("listen-tls", config.listen_tls[0], "only with --certificate and --private-key")
        return None
    if certificate is None:
        raise ConfigError(PRIVATE_KEY, private_key, "only together with --certificate")
    if private_key is None:
        raise ConfigError(CERTIFICATE, certificate, "only together with --private-key")
    return Certificates(certificate, private_key)


def names_of(certificate: x509.Certificate) -> Iterator[str]:
    """The names and addresses that a certificate is good for; where it has none, its subject."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        yield certificate.subject.rfc4514_string() or "nobody"
        return
    yield from found.get_values_for_type(x509.DNSName)
    yield from map(str, found.get_values_for_type(x509.IPAddress))


def _load(certificate: Path, private_key: Path) -> tuple[x509.Certificate, SSL.Context]:
    """The server's certificate, and the TLS settings that show it with its chain; raises _Wrong."""
    leaf, *chain = _chain(certificate)
    key = _key(private_key)
    if key.public_key() != leaf.public_key():
        raise _Wrong(PRIVATE_KEY, private_key, "it is not the key of the first certificate in the other file")
    try:
        return leaf, context_of(Identity(key, leaf, tuple(chain)))
    except SSL.Error as problem:
        why = "; ".join(each[-1] for each in problem.args[0]) if problem.args else "it does not say why"
        raise _Wrong(CERTIFICATE, certificate, f"OpenSSL refuses it: {why}") from None


def _chain(path: Path) -> list[x509.Certificate]:
    pem = _read(CERTIFICATE, path)
    if b"-----BEGIN CERTIFICATE-----" not in pem:
        raise _Wrong(CERTIFICATE, path, "there is none in it")
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise _Wrong(CERTIFICATE, path, "a certificate in it is broken") from None


def _key(path: Path) -> PrivateKey:
    found = _KEY.search(_read(PRIVATE_KEY, path))
    if found is None:
        raise _Wrong(PRIVATE_KEY, path, "there is none in it")
    try:
        key = load_pem_private_key(found.group(), None)
    except TypeError:
        why = "it is encrypted: write it without a password, as nobody is there to type one"
        raise _Wrong(PRIVATE_KEY, path, why) from None
    except (ValueError, UnsupportedAlgorithm):
        raise _Wrong(PRIVATE_KEY, path, "the key in it is broken") from None
    if not isinstance(key, PrivateKey):
        raise _Wrong(PRIVATE_KEY, path, "no cipher is left for such a key: take ECDSA or RSA")
    return key


def _read(option: str, path: Path) -> bytes:
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise _Wrong(option, path, "it is no file")
            if option == PRIVATE_KEY and mode & _strangers(path):
                raise _Wrong(option, path, f"others can read it: chmod 600 {path}")
            return file.read(MOST_OCTETS)
    except OSError as problem:
        raise _Wrong(option, path, problem.strerror or "it cannot be read") from None
    except ValueError:
        raise _Wrong(option, path, "no file has such a name") from None


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # a pipe would hold the start, or the server


def _strangers(path: Path) -> int:
    """The bits of a file's mode by which people read a key who should not.

    systemd hands a service its credentials in files whose group bits are the mask of an access list, and none
    but the service is on that list (systemd.exec(5), LoadCredential=).
    """
    handed_over = os.environ.get("CREDENTIALS_DIRECTORY")
    return stat.S_IRWXO if handed_over and path.parent == Path(handed_over) else OTHERS
