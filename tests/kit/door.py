"""The daemon behind a locked door: with TLS from the start and midway, and with one user."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from socketspeak.client import Encryption
from tests.kit.certificates import authority
from tests.kit.daemon import END_SECONDS, START_SECONDS, Daemon, until
from tests.kit.tls import certificate_options, write_certificate

COMMAND = str(Path(sys.executable).with_name("socketspeak"))
NAME, PASSWORD = "alice", "correct horse battery staple"
WITH_TLS = re.compile(r"listening on 127\.0\.0\.1:(\d+), with TLS")


@dataclass(frozen=True)
class Door:
    """A running daemon: its ports, its log, and the folder with `ca.pem` and alice's `password`."""

    daemon: Daemon
    clear: int
    encrypted: int
    folder: Path

    @property
    def ca(self) -> Path:
        """Who vouches for it."""
        return self.folder / "ca.pem"

    def port(self, midway: bool) -> int:
        """Where TLS begins midway, or from the start."""
        return self.clear if midway else self.encrypted

    def encryption(self, midway: bool, host: str = "localhost") -> Encryption:
        """TLS with who has a certificate of the tests' authority."""
        return Encryption(host, self.ca.read_bytes(), midway)


@contextmanager
def guarded(folder: Path, *options: str, listen: str = "tcp:0:interface=127.0.0.1") -> Iterator[Door]:
    """A daemon of localhost, to whom alice can log in."""
    (folder / "ca.pem").write_bytes(authority().cert_pem.bytes())
    (folder / "password").touch(0o600)
    (folder / "password").write_text(f"{PASSWORD}\n")
    passwd = [COMMAND, "passwd", "users", NAME]
    subprocess.run(
        passwd, cwd=folder, input=PASSWORD.encode(), capture_output=True, timeout=END_SECONDS, check=True
    )
    own = ("--listen-tls", "tcp:0:interface=127.0.0.1", "--auth", "scram:users")
    with Daemon(
        folder, *certificate_options(write_certificate(folder)), *own, *options, listen=listen
    ) as daemon:
        until(lambda: WITH_TLS.search(daemon.log) or daemon.process.poll() is not None, START_SECONDS)
        found = WITH_TLS.search(daemon.log)
        assert found, daemon.log
        yield Door(daemon, daemon.port, int(found[1]), folder)
