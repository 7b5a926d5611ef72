"""The screen of `socketspeak watch`, redrawn in place, by a turned clock."""

from __future__ import annotations

import io
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from twisted.internet.task import Clock

from socketspeak.app.live import LiveClocks
from socketspeak.app.screen import Stream
from socketspeak.client import ConnectionLost, Lost, Tick
from tests.app.showing import KOLKATA, TOKYO
from tests.kit.window import CURSOR, FIRST_SCREEN, HOME, NO_CURSOR, OTHER_SCREEN, frames


class Paper(io.StringIO):
    """A terminal that keeps each thing that it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.writes.append(text)
        return len(text)


class QuietTerminal:
    """A terminal of a size that the test sets; it keeps what it would do at a signal."""

    def __init__(self) -> None:
        self.size = 75, 9
        self.acts: Mapping[int, Callable[[], None]] = {}
        self.obeyed: list[int] = []

    def hold(self, acts: Mapping[int, Callable[[], None]]) -> None:
        self.acts = acts

    def release(self) -> None:
        self.acts = {}

    def obey(self, number: int) -> None:
        assert not self.acts
        self.obeyed.append(number)


class Rig:
    """A screen of clocks on paper."""

    def __init__(self) -> None:
        self.paper, self.terminal, self.clock = Paper(), QuietTerminal(), Clock()
        terminal: Any = self.terminal
        self.live = LiveClocks(Stream(self.paper), terminal, self.clock, "localhost:8082", 1)

    def at(self, second: int) -> Tick:
        """The tick so many seconds after noon."""
        ns = second * 1_000_000_000
        return Tick(tuple(replace(each, unix_ns=each.unix_ns + ns) for each in (TOKYO, KOLKATA)))

    def tick(self, second: int) -> None:
        self.live.tick(self.at(second))
        self.clock.advance(0)

    @property
    def written(self) -> str:
        """All that the terminal was sent."""
        return "".join(self.paper.writes)

    @property
    def lines(self) -> list[str]:
        """What it shows now."""
        return [line.rstrip() for line in frames(self.written)[-1]]


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    return Rig()


def test_nothing_is_shown_before_the_first_tick_and_then_it_is_a_screen_of_its_own(rig: Rig) -> None:
    assert rig.paper.writes == []
    rig.tick(0)
    assert rig.written.startswith(OTHER_SCREEN)
    assert NO_CURSOR in rig.written
    assert rig.lines[:3] == [
        "Tokyo, JP    03:04:05  Tue 2026-11-24                             +09:00",
        "",
        "Kolkata, IN  23:34:05  Mon 2026-11-23  -1 day  3 h 30 min behind  +05:30",
    ]
    assert rig.lines[4:] == [
        "within 4ms · via lab, embedded · rules up to 1 h 30 min old",
        "localhost:8082 · every second · Ctrl-C leaves",
        *[""] * 3,
    ]


def test_a_tick_is_drawn_over_the_one_before_in_one_write_that_clears_nothing(rig: Rig) -> None:
    rig.tick(0)
    count = len(rig.paper.writes)
    rig.tick(1)
    (frame,) = rig.paper.writes[count:]
    assert frame.startswith(HOME)
    assert frame.count("\x1b") == 1
    assert [len(line) for line in frames(frame)[0]] == [75] * 9
    assert "03:04:06" in rig.lines[0]


def test_of_ticks_that_come_together_only_the_last_is_drawn(rig: Rig) -> None:
    rig.tick(0)
    count = len(rig.paper.writes)
    for second in (1, 2, 3):
        rig.live.tick(rig.at(second))
    rig.clock.advance(0)
    assert len(rig.paper.writes) == count + 1
    assert "03:04:08" in rig.lines[0]


def test_a_lost_connection_is_shown_and_the_seconds_to_the_next_attempt_counted_down(rig: Rig) -> None:
    rig.tick(0)
    rig.live.lost(Lost(ConnectionLost("reset"), 3.9))
    said = []
    for seconds in (0, 1, 1, 1, 1):
        rig.clock.advance(seconds)
        said.append(rig.lines[5])
    assert said == [
        *(f"trying again in {left} s: the connection was lost: reset" for left in (3, 2, 1)),
        *["trying again: the connection was lost: reset"] * 2,
    ]
    rig.tick(5)
    assert rig.lines[5].startswith("localhost:8082")


def test_a_terminal_that_is_resized_is_drawn_in_its_new_size(rig: Rig) -> None:
    rig.tick(0)
    rig.terminal.size = 30, 4
    rig.terminal.acts[signal.SIGWINCH]()
    assert rig.lines == [
        "Tokyo    03:04:05",
        "Kolkata  23:34:05  -1 day",
        "within 4ms · via lab, embedde…",
        "localhost:8082 · every second…",
    ]


def test_who_stops_it_has_the_terminal_back_meanwhile(rig: Rig) -> None:
    rig.tick(0)
    count = len(rig.paper.writes)
    rig.terminal.acts[signal.SIGTSTP]()
    assert rig.terminal.obeyed == [signal.SIGTSTP]
    left, back = rig.paper.writes[count:]
    assert left.endswith(CURSOR + FIRST_SCREEN)
    assert back.startswith(OTHER_SCREEN)
    assert "03:04:05" in back
    assert rig.terminal.acts


@pytest.mark.parametrize("is_lost", [False, True])
def test_when_it_is_closed_the_terminal_is_as_before_and_nothing_is_drawn_any_more(
    rig: Rig, is_lost: bool
) -> None:
    rig.tick(0)
    if is_lost:
        rig.live.lost(Lost(ConnectionLost("reset"), 30))
        rig.clock.advance(2)
    rig.live.close()
    assert rig.written.endswith(CURSOR + FIRST_SCREEN)
    assert rig.terminal.acts == {}
    count = len(rig.paper.writes)
    rig.live.close()
    rig.clock.advance(60)
    assert len(rig.paper.writes) == count


def test_what_never_was_shown_leaves_no_trace(rig: Rig) -> None:
    rig.live.close()
    assert rig.paper.writes == []
