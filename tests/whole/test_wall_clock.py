"""A daemon whose host's clock is set by an hour under it: no answer changes, no timer, no deadline."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import pytest

from tests.kit.daemon import Daemon, until, world_time_server

WITHIN = re.compile(r" within=(\d+)ms ")
HOSTS_OFFSET = re.compile(r"source=embedded .*offset=([+-]\d+)\.")
SOURCE_SECONDS = 0.02  # each way
PATIENCE_SECONDS = 0.6
GRACE_SECONDS = 1.0
pytestmark = pytest.mark.limit(40)


class WallClock:
    """What the daemon takes for the host's clock; only that one, not the steady ones."""

    def __init__(self, directory: Path) -> None:
        if shutil.which("faketime") is None:
            pytest.skip("faketime is not installed")
        self._file = directory / "wall-clock"
        found = subprocess.run(
            ["faketime", "-f", "+0", "printenv", "LD_PRELOAD"], capture_output=True, text=True, check=True
        )
        self.environment = {
            "LD_PRELOAD": found.stdout.strip(),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.set(0)

    def set(self, seconds: int) -> None:
        """Let it be so many seconds ahead, at once."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._file)


class Session:
    """A session that stays open."""

    def __init__(self, daemon: Daemon) -> None:
        self._socket = daemon.connect()
        self._stream: IO[bytes] = self._socket.makefile("rb")
        self._reply()

    def ask(self, line: str) -> list[str]:
        """What is said to a line."""
        self._socket.sendall(f"{line}\n".encode())
        return self._reply()

    def _reply(self) -> list[str]:
        said: list[str] = []
        while not said or said[-1][3:4] == "-":
            said.append(self._stream.readline().decode())
        return said

    def close(self) -> None:
        self._stream.close()
        self._socket.close()


@contextmanager
def running(directory: Path, *source: str) -> Iterator[tuple[Daemon, Session, WallClock]]:
    """A daemon with a source that has answered for Tokyo, a session with it, and its wall clock."""
    wall = WallClock(directory)
    options = ("--patience", str(PATIENCE_SECONDS), "--grace", str(GRACE_SECONDS))
    with (
        world_time_server(directory, "--delay", str(SOURCE_SECONDS), *source) as url,
        Daemon(
            directory, "--source", f"lab=worldtimeapi:{url}", *options, environment=wall.environment
        ) as daemon,
    ):
        session = Session(daemon)
        until(lambda: "state=ok" in "".join(session.ask("STATUS")), 10)
        assert " via=lab; " in session.ask("TIME Asia/Tokyo")[0]
        try:
            yield daemon, session, wall
        finally:
            session.close()


def right(session: Session, zone: str) -> int:
    """Assert that a zone's time is right, by the source's rule; the bound, in milliseconds."""
    before = time.time()
    line = session.ask(f"TIME {zone}")[0]
    after = time.time()
    assert f" {zone} " in line
    assert " via=lab; " in line
    told = datetime.fromisoformat(line[4:33]).timestamp()
    bound = WITHIN.search(line)
    assert bound, line
    within = int(bound.group(1))
    assert before - within / 1000 - 0.001 <= told <= after + within / 1000
    return within


def hosts_offset(session: Session) -> int:
    """By how many seconds the host's clock is ahead, by what STATUS says."""
    found = HOSTS_OFFSET.search("".join(session.ask("STATUS")))
    assert found
    return int(found.group(1))


@pytest.mark.parametrize("hour", [3600, -3600])
def test_a_clock_that_is_set_by_an_hour_changes_no_answer(hour: int, tmp_path: Path) -> None:
    with running(tmp_path) as (_, session, wall):
        before = right(session, "Asia/Tokyo")
        wall.set(hour)
        assert right(session, "Asia/Tokyo") <= before + 1
        until(lambda: abs(hosts_offset(session) - hour) <= 1, 5)
        time.sleep(1.2)  # the host is looked at once more
        assert right(session, "Asia/Tokyo") <= before + 1
        assert right(session, "Europe/Paris") <= before + 1  # a new sample comes in
        # A host that the kernel calls synchronised loses its vote by a step, and no more.
        assert re.search(r"clock=(single|synced) within=\d+ms", session.ask("STATUS")[1])
        wall.set(0)
        until(lambda: abs(hosts_offset(session)) <= 1, 5)
        assert right(session, "Asia/Tokyo") <= before + 1


@pytest.mark.parametrize("hour", [3600, -3600])
def test_a_clock_that_is_set_by_an_hour_changes_no_timer_and_no_deadline(hour: int, tmp_path: Path) -> None:
    with running(tmp_path, "--answers", "2", "--mode", "hang") as (daemon, session, wall):
        wall.set(hour)
        began = time.monotonic()
        assert " via=embedded; " in session.ask("TIME Europe/Paris")[0]
        assert PATIENCE_SECONDS <= time.monotonic() - began < PATIENCE_SECONDS + 1
        uptime = re.search(r"uptime=(\d+)s", session.ask("STATUS")[0])
        assert uptime
        assert int(uptime.group(1)) < 60
        began = time.monotonic()
        daemon.stop()  # the session's peer does not go
        assert time.monotonic() - began < GRACE_SECONDS + 2
