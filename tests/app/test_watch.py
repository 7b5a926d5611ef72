"""`socketspeak watch`: lines for pipes, and on a terminal a screen that is redrawn in place."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import Clock as TurnedClock

from socketspeak.app.asking import carry_out
from socketspeak.app.choosing import choose
from socketspeak.app.following import Lines
from socketspeak.app.live import LiveClocks
from socketspeak.app.screen import Screen, Stream
from socketspeak.app.terminal import Terminal
from socketspeak.client import ConnectionLost, Lost, Tick
from tests.app.carrying import ask
from tests.app.test_screen import KOLKATA, TOKYO, Shown
from tests.client.loopback import Server, the_reactor
from tests.kit.daemon import Daemon
from tests.kit.window import CURSOR, FIRST_SCREEN, HOME, NO_CURSOR, OTHER_SCREEN, Window, frames

COMMAND = str(Path(sys.executable).with_name("socketspeak"))
END_SECONDS = 20.0  # a slow machine's end, not a promise


# --- Lines --------------------------------------------------------------------------------------------------


async def test_in_a_pipe_a_tick_is_a_line_a_place_as_time_prints_it() -> None:
    async with Server() as server:
        asked = await ask("watch", "tokyo", "new york", "--count", "2", server=server.address)
        once = await ask("time", "tokyo", "new york", server=server.address)
    assert (asked.status, asked.err, len(asked.out)) == (0, [], 4)
    times = [re.search(r"\d\d:\d\d:(\d\d)", line) for line in asked.out]
    assert [re.sub(r"\w+ \S+ \d\d:\d\d:\d\d", "…", line) for line in asked.out] == [
        re.sub(r"\w+ \S+ \d\d:\d\d:\d\d", "…", line) for line in once.out
    ] * 2
    first, _, third, _ = (int(found[1]) for found in times if found)
    assert (third - first) % 60 == 1


class Broken(io.StringIO):
    """A stream that cannot be written to, and is no pipe that would tell so before."""

    def __init__(self, wrong: OSError) -> None:
        super().__init__()
        self._wrong = wrong

    def write(self, text: str) -> int:
        raise self._wrong


async def test_it_ends_when_its_reader_has_gone_or_its_disk_is_full() -> None:
    outs = [Stream(Broken(wrong)) for wrong in (BrokenPipeError(), OSError(28, "No space left on device"))]
    err, begun = io.StringIO(), time.monotonic()
    async with Server() as server:
        chosen = choose(["watch", "tokyo", "--count", "99", "--server", server.address])
        following = [carry_out(chosen, the_reactor(), Screen(out, Stream(err))) for out in outs]
        assert await gatherResults(map(Deferred.fromCoroutine, following)) == [0, 0]
    assert [out.trouble is None for out in outs] == [True, False]
    assert time.monotonic() - begun < 5, "it ended by the test's own limit"
    assert err.getvalue() == ""


@pytest.mark.parametrize(("term", "can_move"), [("xterm-256color", True), ("", True), ("dumb", False)])
def test_a_screen_is_for_terminals_that_can_move_their_cursor(
    term: str, can_move: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    ours, its = pty.openpty()
    with open(its, "w", encoding="utf-8") as terminal, open(ours, "rb"), open(os.devnull, "w") as nowhere:
        assert Stream(terminal).terminal == (its if can_move else None)
        assert Stream(nowhere).terminal is None


def test_ticks_that_were_left_out_and_a_clock_that_is_off_are_said_in_the_line(shown: Shown) -> None:
    shown.screen.tick(Tick((TOKYO, KOLKATA), skipped=3, disturbed="disrupted"))
    assert [line.rpartition("  ")[2] for line in shown.out] == ["clock disrupted, 3 ticks left out"] * 2


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["lisbom"], 1, "550 no such place: lisbom; near: lisbon"),
        (["tokyo", "lisbom"], 1, "550 no such place: lisbom; near: lisbon"),
        (
            ["tokyo,lisbon"],
            2,
            "a place cannot hold a comma: 'tokyo,lisbon'; give each place as an argument of",
        ),
        (["tokyo", "--server", "localhost:1"], 3, "localhost:1: cannot connect: "),
    ],
)
async def test_what_cannot_be_watched_is_said_and_fails(arguments: list[str], status: int, said: str) -> None:
    async with Server() as server:
        asked = await ask("watch", *arguments, **({} if status == 3 else {"server": server.address}))
    assert (asked.status, asked.out, len(asked.err)) == (status, [], 1)
    assert asked.err[0].startswith(f"socketspeak: {said}")


@pytest.mark.parametrize(("seconds", "said"), [(0.7, "1 s"), (1.9, "1 s"), (45, "45 s")])
def test_a_connection_that_is_lost_is_said_on_standard_error(shown: Shown, seconds: float, said: str) -> None:
    Lines(shown.screen, "clock.example:8082", as_json=False).lost(Lost(ConnectionLost("reset"), seconds))
    assert shown.out == []
    assert shown.err == [
        f"socketspeak: clock.example:8082: the connection was lost: reset; trying again in {said}"
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--every", "0"], "--every: '0' is not allowed: a number from 1 to 3600"),
        (["--every", "1.5"], "--every: '1.5' is not allowed"),
        (["--every", "3601"], "--every: '3601' is not allowed"),
        (["--count", "0"], "--count: '0' is not allowed: a number from 1 to 999999999"),
    ],
)
def test_arguments_that_are_wrong_are_named(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        choose(["watch", "tokyo", *arguments])
    assert caught.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())


# --- A screen, by a turned clock ----------------------------------------------------------------------------


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
        self.paper, self.terminal, self.clock = Paper(), QuietTerminal(), TurnedClock()
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


# --- The terminal beneath it --------------------------------------------------------------------------------


class AtOnce:
    """A reactor that does what a signal asks for at once."""

    def callFromThread(self, act: Callable[[], None]) -> None:
        act()


def test_a_terminal_is_held_quietly_and_then_as_it_was() -> None:
    ours, its = pty.openpty()
    before, handler = termios.tcgetattr(its), signal.getsignal(signal.SIGWINCH)
    heard: list[str] = []
    reactor: Any = AtOnce()
    terminal = Terminal(its, reactor)
    terminal.hold({signal.SIGWINCH: lambda: heard.append("resized")})
    assert not termios.tcgetattr(its)[3] & termios.ECHO
    signal.raise_signal(signal.SIGWINCH)
    assert heard == ["resized"]
    for _ in range(2):
        terminal.release()
        assert termios.tcgetattr(its) == before
        assert signal.getsignal(signal.SIGWINCH) is handler
    os.close(ours)
    os.close(its)


def test_a_signal_that_is_ignored_stays_so_and_what_is_no_terminal_is_let_be() -> None:
    reactor: Any = AtOnce()
    handler = signal.signal(signal.SIGWINCH, signal.SIG_IGN)
    with open(os.devnull, "rb") as nowhere:
        terminal = Terminal(nowhere.fileno(), reactor)
        terminal.hold({signal.SIGWINCH: lambda: pytest.fail("it was not ignored")})
        signal.raise_signal(signal.SIGWINCH)
        terminal.release()
        assert terminal.size == (80, 24)
    assert signal.signal(signal.SIGWINCH, handler) is signal.SIG_IGN


# --- In a process of its own --------------------------------------------------------------------------------


class Begun:
    """The command in each of its surroundings, all begun at once: one after another would take long."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.screen = self._window()
        self.job = self._window("--every", "3600", jobs=True, NO_COLOR="1")
        self.documents = self._window("--count", "1", "--json")
        self.endless, self.counted = self._piped(), self._piped("--count", "999")
        line = " ".join(self._command("--every", "3600"))
        self.read = _popen("/bin/sh", "-c", f"{{ {line}; echo status $? >&2; }} | head -n 2")

    def end(self) -> None:
        """Leave nothing behind."""
        for window in (self.screen, self.job, self.documents):
            window.close()
        for process in (self.endless, self.counted, self.read):
            with process:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

    def _command(self, *arguments: str) -> list[str]:
        return [COMMAND, "watch", "tokyo", "lisbon", *arguments, "--server", self._address]

    def _window(self, *arguments: str, jobs: bool = False, **more: str) -> Window:
        environment = {**os.environ, "TERM": "xterm-256color", **more}
        return Window(self._command(*arguments), 80, 12, environment, jobs)

    def _piped(self, *arguments: str) -> subprocess.Popen[str]:
        return _popen(*self._command(*arguments))


def _popen(*command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", process_group=0
    )


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    """All that is run against a daemon on its embedded database."""
    with Daemon(tmp_path_factory.mktemp("daemon"), "--source", "embedded") as daemon:
        found = Begun(f"127.0.0.1:{daemon.port}")
        yield found
        found.end()


def test_on_a_terminal_it_ticks_fits_shows_no_keys_and_ends_well_by_ctrl_c(begun: Begun) -> None:
    terminal = begun.screen
    terminal.wait_for(lambda shown: shown.count(HOME) >= 2 and "Ctrl-C leaves" in shown)
    terminal.type(b"xyzzy")
    terminal.resize(30, 4)
    terminal.wait_for(lambda shown: frames(shown) and len(frames(shown)[-1]) == 4)
    terminal.wait_for(lambda shown: shown.count(HOME) >= 2)
    terminal.type(b"\x03")
    assert terminal.end() == 0
    assert terminal.shown.endswith(CURSOR + FIRST_SCREEN)
    assert "xyzzy" not in terminal.shown
    assert "\x1b[1;32m" in terminal.shown
    times = [line[7:16] for picture in frames(terminal.shown) for line in picture if line.startswith("Tokyo")]
    assert len(set(times)) > 1


def test_ctrl_z_gives_the_terminal_back_until_it_goes_on_and_so_does_sigterm_for_good(begun: Begun) -> None:
    terminal = begun.job
    terminal.wait_for(lambda _: HOME in terminal.shown)
    terminal.process.send_signal(signal.SIGTSTP)
    terminal.wait_for(lambda shown: FIRST_SCREEN in shown)
    _, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    terminal.process.send_signal(signal.SIGCONT)
    terminal.wait_for(lambda shown: OTHER_SCREEN in shown and "Lisbon" in shown)
    terminal.process.terminate()
    assert terminal.end() == -signal.SIGTERM
    assert terminal.shown.endswith(CURSOR + FIRST_SCREEN)
    assert "\x1b[1" not in terminal.shown


def test_json_is_one_document_a_tick_on_a_terminal_too(begun: Begun) -> None:
    assert begun.documents.end() == 0
    (tick,) = map(json.loads, begun.documents.shown.splitlines())
    assert list(tick) == ["code", "clocks"]
    assert tick["code"] == 150
    assert [clock["zone"] for clock in tick["clocks"]] == ["Asia/Tokyo", "Europe/Lisbon"]
    assert tick["clocks"][0]["datetime"].endswith(".000000+09:00")


def test_a_reader_who_has_enough_ends_it_at_once_and_is_no_trouble(begun: Begun) -> None:
    out, err = begun.read.communicate(timeout=END_SECONDS)
    assert [line.split(",")[0] for line in out.splitlines()] == ["Tokyo", "Lisbon"]
    assert err == "status 0\n"


def test_ctrl_c_is_how_a_watch_is_left_unless_more_ticks_were_wanted(begun: Begun) -> None:
    for process, status in ((begun.endless, 0), (begun.counted, 130)):
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Tokyo, JP ")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=END_SECONDS)
        assert (process.returncode, said) == (status, "")
