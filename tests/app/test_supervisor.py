"""What systemd is told: sd_notify(3), to a socket of the test's own."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from socketspeak.app.supervisor import Supervisor


class Manager:
    """Who supervises: the other end of NOTIFY_SOCKET."""

    def __init__(self, where: str) -> None:
        self.environment = {"NOTIFY_SOCKET": where}
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"\0{where[1:]}" if where.startswith("@") else where)
        self.socket.setblocking(False)

    def heard(self) -> list[str]:
        """What has been said since it was asked last."""
        said: list[str] = []
        try:
            while True:
                said.append(self.socket.recv(4096).decode())
        except BlockingIOError:
            return said


@pytest.fixture(params=["a path", "an abstract name"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    """One, under either kind of name."""
    known = Manager(f"{tmp_path}/notify" if request.param == "a path" else f"@socketspeak-{os.getpid()}")
    yield known
    known.socket.close()


def test_the_start_a_reload_and_the_end_are_told(manager: Manager) -> None:
    supervisor = Supervisor(Clock(), manager.environment)
    assert manager.heard() == []
    supervisor.ready()
    assert manager.heard() == ["READY=1"]
    supervisor.reloading()
    (told,) = manager.heard()
    assert told.startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert int(told.rpartition("=")[2]) > 0
    supervisor.ready()
    supervisor.stopping()
    assert manager.heard() == ["READY=1", "STOPPING=1"]


def test_signs_of_life_come_twice_in_the_time_that_is_given_until_the_end(manager: Manager) -> None:
    clock = Clock()
    supervisor = Supervisor(clock, {**manager.environment, "WATCHDOG_USEC": "30000000"})
    supervisor.ready()
    assert manager.heard() == ["READY=1", "WATCHDOG=1"]
    clock.advance(14.9)
    assert manager.heard() == []
    clock.advance(0.1)
    assert manager.heard() == ["WATCHDOG=1"]
    supervisor.ready()
    clock.advance(15)
    assert manager.heard() == ["READY=1", "WATCHDOG=1"]
    supervisor.stopping()
    assert clock.getDelayedCalls() == []


@pytest.mark.parametrize(
    "watchdog",
    [
        {},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"},
    ],
)
def test_without_a_watchdog_of_ours_there_are_no_signs_of_life(
    manager: Manager, watchdog: dict[str, str]
) -> None:
    clock = Clock()
    Supervisor(clock, {**manager.environment, **watchdog}).ready()
    assert manager.heard() == ["READY=1"]
    assert clock.getDelayedCalls() == []


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_without_a_supervisor_nothing_happens(environment: dict[str, str]) -> None:
    clock = Clock()
    supervisor = Supervisor(clock, {**environment, "WATCHDOG_USEC": "1000000"})
    supervisor.ready()
    supervisor.reloading()
    clock.advance(5)
    supervisor.stopping()
    assert clock.getDelayedCalls() == []
