"""The units of systemd in deploy/: hardened, understood by systemd, and in step with the daemon."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from socketspeak.app.config import DEFAULT_CONNECTIONS, DEFAULT_GRACE
from socketspeak.app.options import Options
from socketspeak.app.signals import HARD_SECONDS
from tests.laws.tree import ROOT

SERVICE = ROOT / "deploy" / "socketspeak.service"
SOCKET = ROOT / "deploy" / "socketspeak.socket"
MOST_EXPOSED = 2.0  # as `systemd-analyze security` reckons, of 10
SECONDS = 30

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


def values(unit: Path, name: str) -> list[str]:
    """What a unit sets a directive to, each time that it does."""
    return re.findall(rf"^{name}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


def analyzed(*arguments: str) -> str:
    """What systemd-analyze prints; it must have nothing against it."""
    command = ["systemd-analyze", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@needs_systemd
def test_the_service_is_hardened_until_systemd_is_content() -> None:
    said = analyzed("security", "--offline=true", str(SERVICE))
    found = re.search(r"Overall exposure level for socketspeak\.service: (\d+\.\d+) ", said)
    assert found, said
    assert float(found[1]) <= MOST_EXPOSED


@needs_systemd
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in (SERVICE, SOCKET):
        text = unit.read_text(encoding="utf-8").replace("/opt/socketspeak/bin/twistd", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    units = [f"{tmp_path}/{unit.name}" for unit in (SERVICE, SOCKET)]
    assert not [
        line for line in analyzed("verify", "--man=no", *units).splitlines() if "socketspeak." in line
    ]


def test_the_service_runs_the_daemon_with_options_that_it_has() -> None:
    (command,) = values(SERVICE, "ExecStart")
    known = set(re.findall(r"--([a-z][a-z-]*)", Options().getUsage()))
    own = command.partition(" socketspeak ")[2]
    assert "/opt/socketspeak/bin/twistd -n --pidfile= " in command
    assert set(re.findall(r"--([a-z][a-z-]*)", own)) <= known
    assert "--listen systemd:domain=INET:index=0" in own
    assert values(SOCKET, "ListenStream") == ["127.0.0.1:8082"]


def test_the_service_leaves_the_daemon_the_time_and_the_files_that_it_promises() -> None:
    (seconds,), (files,) = values(SERVICE, "TimeoutStopSec"), values(SERVICE, "LimitNOFILE")
    assert float(seconds) > DEFAULT_GRACE + HARD_SECONDS
    assert int(files) > DEFAULT_CONNECTIONS + 100
    assert values(SERVICE, "Type") == ["notify"]
    assert values(SERVICE, "ExecReload") == ["/bin/kill -HUP $MAINPID"]


def test_the_service_may_ask_the_kernel_how_good_its_clock_is() -> None:
    first, *_, last = values(SERVICE, "SystemCallFilter")
    assert first == "@system-service"
    assert {"adjtimex", "clock_adjtime"} <= set(last.split())
    assert values(SERVICE, "ProtectClock") == []
