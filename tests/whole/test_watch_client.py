"""A watch outlives its server: the daemon is killed, comes back at the same port, and is watched again."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit.daemon import END_SECONDS, Daemon, lasting_port
from tests.kit.door import NAME, guarded
from tests.kit.tls import certificate_options, write_certificate

COMMAND = str(Path(sys.executable).with_name("socketspeak"))
AS_ALICE = ("--starttls", "--ca", "ca.pem", "--user", NAME, "--password-file", "password")
AGAIN = re.compile(r"socketspeak: localhost:\d+: .+; trying again in \d+ s")


@contextmanager
def watching(port: int, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The command, as alice types it, in pipes."""
    process = subprocess.Popen(
        [COMMAND, "watch", "tokyo", "lisbon", "--json", "--server", f"localhost:{port}", *AS_ALICE],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def seconds_in(line: str) -> int:
    """The second of a tick of Tokyo and Lisbon."""
    tick = json.loads(line)
    assert [clock["zone"] for clock in tick["clocks"]] == ["Asia/Tokyo", "Europe/Lisbon"]
    return int(tick["clocks"][0]["unixtime"])


def test_after_the_daemon_came_back_it_encrypts_logs_in_and_watches_again(here: Path) -> None:
    port = lasting_port()
    listen = f"tcp:{port}:interface=127.0.0.1"
    with guarded(here, "--require-login", listen=listen) as door, watching(port, here) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = seconds_in(process.stdout.readline())
        door.daemon.stop(signal.SIGKILL)
        assert AGAIN.match(process.stderr.readline())
        certificate = certificate_options(write_certificate(here))
        with Daemon(here, *certificate, "--auth", "scram:users", listen=listen) as daemon:
            assert daemon.port == port
            later = [seconds_in(process.stdout.readline()) for _ in range(2)]
            process.send_signal(signal.SIGINT)
            _, rest = process.communicate(timeout=END_SECONDS)
            assert "'alice' logged in" in daemon.log
    assert first < later[0] == later[1] - 1
    assert process.returncode == 0
    assert all(map(AGAIN.fullmatch, rest.splitlines())), rest
