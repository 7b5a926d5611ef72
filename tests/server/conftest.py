"""What the tests of the server share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from twisted.internet.task import Clock
from twisted.logger import ILogObserver, LogEvent, Logger, eventAsText, formatEvent, globalLogPublisher
from zope.interface import implementer

from socketspeak.server.login import Logins
from tests.kit.logins import a_roll, the_logins


@pytest.fixture
def clock() -> Clock:
    """The time, which the test turns."""
    return Clock()


@pytest.fixture
def logins(clock: Clock) -> Logins:
    """A server that Alice may log in to."""
    return the_logins(clock, a_roll())


@pytest.fixture
def caught(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is logged about logins, as it stands in the log."""
    lines: list[str] = []

    @implementer(ILogObserver)
    def observe(event: LogEvent) -> None:
        lines.append(formatEvent(event))

    monkeypatch.setattr(Logins, "log", Logger("logins", observer=observe))
    return lines


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """All that is logged, with the tracebacks, as it stands in the log."""
    lines: list[str] = []

    @implementer(ILogObserver)
    def observe(event: LogEvent) -> None:
        lines.append(eventAsText(event))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)
