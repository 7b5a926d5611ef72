"""How each server is started: the daemon as users run it, and the yardsticks beside it."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme

from benchmarks import building

CLEAR = ("--listen", "tcp:0:interface=127.0.0.1")
ENCRYPTED = ("--listen-tls", "tcp:0:interface=127.0.0.1")
EMBEDDED = ("--source", "embedded")
# The limits stand, and are looked at for each connection; the load comes from fewer addresses than people do.
PLENTY = ("--connections", "20000", "--connections-per-address", "20000")
HELP_SECONDS = 20


def daemon(*options: str, listen: tuple[str, ...] = CLEAR, profile: Path | None = None) -> list[str]:
    """The daemon as users run it, on a free port of 127.0.0.1."""
    profiling = [] if profile is None else [f"--profile={profile}", "--profiler=cprofile", "--savestats"]
    return [*_twistd(), "-n", "--pidfile=", *profiling, "socketspeak", *listen, *PLENTY, *options]


def bare() -> list[str]:
    """The bare receiver; it reads what it is to say from its standard input, as do all that follow."""
    return [sys.executable, "-m", "benchmarks.bare"]


def threaded() -> list[str]:
    """A thread a connection."""
    return [sys.executable, "-m", "benchmarks.threaded"]


def floor() -> list[str]:
    """The epoll server in C, compiled where that has not been done; raises MeasuringError."""
    return [str(building.floor())]


def rung(name: str) -> list[str]:
    """One rung of the ladder of layers."""
    return [sys.executable, "-m", "benchmarks.rungs", name]


@cache
def options_of_the_daemon() -> frozenset[str]:
    """The options that it has, without their dashes."""
    told = subprocess.run(
        [*_twistd(), "socketspeak", "--help"],
        capture_output=True,
        text=True,
        timeout=HELP_SECONDS,
        check=True,
    )
    return frozenset(re.findall(r"--([a-z][a-z-]*)", told.stdout))


@contextmanager
def certified() -> Iterator[tuple[str, ...]]:
    """The daemon's options for TLS, with a certificate for 127.0.0.1 that is gone after the block."""
    with TemporaryDirectory() as folder:
        pem = Path(folder) / "server.pem"
        pem.touch(mode=0o600)
        issued = trustme.CA().issue_cert("127.0.0.1")
        issued.private_key_and_cert_chain_pem.write_to_path(str(pem))
        yield ("--certificate", str(pem), "--private-key", str(pem))


def _twistd() -> list[str]:
    return [sys.executable, str(Path(sysconfig.get_path("scripts")) / "twistd")]
