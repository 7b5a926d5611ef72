"""One client attacks a daemon while another asks it: both in processes of their own, and what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.kit.asker import Asked
from tests.kit.attacks import ATTACKS
from tests.kit.daemon import Daemon

ROOT = Path(__file__).parents[2]
ATTACKER = "127.0.0.2"  # not the asker's address, whose share it would be else
END_SECONDS = 30.0


@dataclass(frozen=True)
class Found:
    """What the asker found, what memory the attack cost for each of its connections, and what it sent."""

    asked: Asked
    kib_a_connection: float
    sent: int
    read: int
    connections: int


@contextmanager
def attacked(daemon: Daemon, name: str) -> Iterator[subprocess.Popen[str]]:
    """Attack while the block lasts; its connections stand when it begins."""
    command = [sys.executable, "-m", "tests.kit.attacks", name]
    command += ["--port", str(daemon.port), "--source", ATTACKER]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "on\n"
        yield process
    finally:
        process.kill()
        process.communicate(timeout=END_SECONDS)


def asked_meanwhile(daemon: Daemon, name: str, seconds: float) -> Found:
    """Ask every ten milliseconds for so long, while that attack goes on."""
    before = daemon.resident_kib()
    with attacked(daemon, name) as attack:
        command = [sys.executable, "-m", "tests.kit.asker", "--seconds", str(seconds)]
        command += ["--port", str(daemon.port), "--pid", str(daemon.pid)]
        asker = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=seconds + END_SECONDS, check=True
        )
        grown = daemon.resident_kib() - before
        said, _ = attack.communicate(timeout=END_SECONDS)
    return Found(
        Asked(**json.loads(asker.stdout)), grown / max(1, ATTACKS[name].connections), **json.loads(said)
    )
