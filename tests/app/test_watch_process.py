"""`socketspeak watch` in a process of its own: in windows and pipes, and how it ends there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.daemon import Daemon
from tests.kit.window import CURSOR, FIRST_SCREEN, HOME, OTHER_SCREEN, Window, frames

COMMAND = str(Path(sys.executable).with_name("socketspeak"))
END_SECONDS = 20.0  # a slow machine's end, not a promise


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
