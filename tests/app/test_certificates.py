"""The files of the server's certificate and its key: what is refused and how that is said, and reloading."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from twisted.logger import globalLogPublisher

from socketspeak.app.certificates import Certificates, checked_certificates
from socketspeak.app.config import Config, ConfigError
from tests.kit.certificates import authority
from tests.kit.house import Log

DAY = timedelta(days=1)
NOW = datetime.now(UTC)


@pytest.fixture
def leaf() -> trustme.LeafCert:
    """A good certificate."""
    return authority().issue_cert("localhost", "127.0.0.1")


@pytest.fixture
def chain(tmp_path: Path, leaf: trustme.LeafCert) -> Path:
    """The file of the certificate."""
    return written(tmp_path / "chain.pem", b"".join(each.bytes() for each in leaf.cert_chain_pems), 0o644)


@pytest.fixture
def key(tmp_path: Path, leaf: trustme.LeafCert) -> Path:
    """The file of its key."""
    return written(tmp_path / "key.pem", leaf.private_key_pem.bytes())


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What is logged during a test."""
    log = Log()
    globalLogPublisher.addObserver(log)
    yield log.lines
    globalLogPublisher.removeObserver(log)


def written(path: Path, data: bytes, mode: int = 0o600) -> Path:
    """A file with this content and mode."""
    path.write_bytes(data)
    path.chmod(mode)
    return path


def refusal(certificate: Path | None, private_key: Path | None) -> str:
    """What is said of two files that will not do."""
    config = Config(
        certificate=None if certificate is None else str(certificate),
        private_key=None if private_key is None else str(private_key),
    )
    with pytest.raises(ConfigError) as refused:
        checked_certificates(config)
    return str(refused.value)


def self_signed(private: rsa.RSAPrivateKey, common_name: str) -> bytes:
    """A key and a certificate of it that has a common name and no other."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = x509.CertificateBuilder(name, name, private.public_key(), 1, NOW - DAY, NOW + DAY)
    certificate = builder.sign(private, hashes.SHA256()).public_bytes(Encoding.PEM)
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate


def test_neither_option_is_no_certificate() -> None:
    assert checked_certificates(Config()) is None


def test_one_option_without_the_other_is_refused(chain: Path, key: Path) -> None:
    assert refusal(chain, None) == f"--certificate '{chain}' is not allowed: only together with --private-key"
    assert refusal(None, key) == f"--private-key '{key}' is not allowed: only together with --certificate"


def test_a_door_with_tls_needs_a_certificate() -> None:
    with pytest.raises(ConfigError) as refused:
        checked_certificates(Config(listen_tls=("tcp:8083",)))
    assert str(refused.value) == (
        "--listen-tls 'tcp:8083' is not allowed: only with --certificate and --private-key"
    )


def test_both_may_stand_in_one_file_in_any_order(tmp_path: Path, leaf: trustme.LeafCert) -> None:
    certificate, private = leaf.cert_chain_pems[0].bytes(), leaf.private_key_pem.bytes()
    for text in (certificate + private, private + certificate, b"notes\n" + private + b"\n" + certificate):
        path = str(written(tmp_path / "both.pem", text))
        assert Certificates(path, path).reload() is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620])
def test_a_key_that_others_can_read_or_write_is_refused(chain: Path, key: Path, mode: int) -> None:
    key.chmod(mode)
    said = refusal(chain, key)
    assert said.startswith(f"--private-key '{key}' is not allowed: ")
    assert said.endswith(f"(others can read it: chmod 600 {key})")


def test_a_credential_of_systemd_may_show_the_mask_of_its_access_list(
    chain: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(key.parent))
    key.chmod(0o440)
    assert Certificates(str(chain), str(key)).reload() is None
    key.chmod(0o444)
    assert "others can read it" in refusal(chain, key)


def test_files_that_are_missing_or_no_files_are_named(tmp_path: Path, chain: Path, key: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    missing = tmp_path / "missing.pem"
    assert refusal(missing, key).startswith(
        f"--certificate '{missing}' is not allowed: a file with the server's"
    )
    assert refusal(missing, key).endswith("(No such file or directory)")
    assert refusal(chain, missing).startswith(f"--private-key '{missing}' is not allowed: ")
    assert refusal(tmp_path, key).endswith("(Is a directory)")
    assert refusal(pipe, key).endswith("(it is no file)")
    assert refusal(Path("x\0y"), key).endswith("(no file has such a name)")


def test_what_is_no_certificate_or_a_broken_one_is_refused(tmp_path: Path, chain: Path, key: Path) -> None:
    empty = written(tmp_path / "empty.pem", b"")
    broken = written(tmp_path / "broken.pem", chain.read_bytes().replace(b"MII", b"MIJ", 1))
    assert refusal(empty, key).endswith("(there is none in it)")
    assert refusal(broken, key).endswith("(a certificate in it is broken)")
    assert refusal(chain, empty).endswith("(there is none in it)")
    torn = written(tmp_path / "torn.pem", key.read_bytes().replace(b"M", b"N", 3))
    assert refusal(chain, torn).endswith("(the key in it is broken)")


def test_a_key_of_another_certificate_is_refused(tmp_path: Path, chain: Path) -> None:
    other = written(tmp_path / "other.pem", authority().issue_cert("localhost").private_key_pem.bytes())
    assert refusal(chain, other).endswith("(it is not the key of the first certificate in the other file)")


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_encrypted_key_is_refused(chain: Path, key: Path, form: PrivateFormat) -> None:
    private = load_pem_private_key(key.read_bytes(), None)
    key.write_bytes(private.private_bytes(Encoding.PEM, form, BestAvailableEncryption(b"secret")))
    assert "(it is encrypted: write it without a password" in refusal(chain, key)


def test_a_key_that_no_cipher_takes_is_refused(tmp_path: Path, chain: Path) -> None:
    private = dsa.generate_private_key(1024)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    said = refusal(chain, written(tmp_path / "dsa.pem", pem))
    assert said.endswith("(no cipher is left for such a key: take ECDSA or RSA)")


def test_the_certificate_in_use_is_told_with_its_names_and_its_end(
    chain: Path, key: Path, lines: list[str]
) -> None:
    Certificates(str(chain), str(key)).announce()
    assert lines == [
        "the certificate in use is that of localhost, 127.0.0.1, good until 3000-01-01 00:00 UTC"
    ]


@pytest.mark.parametrize(
    ("begin", "end", "warning"),
    [(-90, -1, "has been out of date since"), (1, 90, "is not good before")],
)
def test_a_certificate_that_is_not_good_now_is_used_with_a_warning(
    tmp_path: Path, lines: list[str], begin: int, end: int, warning: str
) -> None:
    leaf = authority().issue_cert("localhost", not_before=NOW + begin * DAY, not_after=NOW + end * DAY)
    path = str(written(tmp_path / "both.pem", leaf.private_key_and_cert_chain_pem.bytes()))
    Certificates(path, path).announce()
    assert len(lines) == 2
    assert lines[1].startswith(f"the certificate of localhost {warning} 20")


def test_a_name_in_a_certificate_cannot_write_into_the_log_as_it_likes(
    tmp_path: Path, lines: list[str]
) -> None:
    pem = self_signed(rsa.generate_private_key(65537, 2048), "clock\x1b[31m{evil}\u202e" + "x" * 40)
    path = str(written(tmp_path / "both.pem", pem))
    Certificates(path, path).announce()
    assert lines[0].startswith("the certificate in use is that of CN=clock[31m{evil}xxx")
    assert lines[0].isprintable()


def test_reloading_takes_the_new_certificate_and_tells_of_it(
    chain: Path, key: Path, lines: list[str]
) -> None:
    certificates = Certificates(str(chain), str(key))
    new = authority().issue_cert("clock.example")
    written(key, new.private_key_pem.bytes())
    written(chain, b"".join(each.bytes() for each in new.cert_chain_pems))
    assert certificates.reload() is None
    assert lines[0].startswith("the certificate in use is that of clock.example, ")


def test_reloading_keeps_the_old_certificate_where_the_new_will_not_do(
    chain: Path, key: Path, lines: list[str]
) -> None:
    certificates = Certificates(str(chain), str(key))
    written(key, authority().issue_cert("localhost").private_key_pem.bytes())
    why = certificates.reload()
    assert why == f"--private-key '{key}': it is not the key of the first certificate in the other file"
    key.unlink()
    assert certificates.reload() == f"--private-key '{key}': No such file or directory"
    assert not lines


def test_reloading_may_take_other_files_which_are_those_from_then_on(
    tmp_path: Path, chain: Path, key: Path
) -> None:
    certificates = Certificates(str(chain), str(key))
    new = authority().issue_cert("clock.example")
    other = str(written(tmp_path / "other.pem", new.private_key_and_cert_chain_pem.bytes()))
    assert certificates.reload(other, other) is None
    chain.unlink()
    key.unlink()
    assert certificates.reload() is None


def test_a_relative_path_means_the_folder_that_the_daemon_was_started_in(
    tmp_path: Path, chain: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    certificates = Certificates(chain.name, key.name)
    monkeypatch.chdir("/")
    assert certificates.reload() is None


def test_a_key_that_openssl_finds_too_weak_is_refused_in_its_words(tmp_path: Path) -> None:
    weak = written(tmp_path / "weak.pem", self_signed(rsa.generate_private_key(65537, 1024), "localhost"))
    assert refusal(weak, weak).endswith("(OpenSSL refuses it: ee key too small)")
