"""`socketspeak passwd`: on a terminal and in a script, and no password is ever seen."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from socketspeak.app.scramfile import read_users
from socketspeak.server.verifiers import fits

COMMAND = [sys.executable, "-m", "socketspeak.app.main", "passwd"]
CHEAP = ("--iterations", "4096")
SECONDS = 20.0  # a slow machine's start, not a promise


def passwd(path: Path, *words: str, line: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command with a line of standard input."""
    return subprocess.run(
        [*COMMAND, str(path), *words],
        input=line,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_a_script_gives_the_password_as_a_line_and_is_told_in_one(tmp_path: Path) -> None:
    path = tmp_path / "users"
    first = passwd(path, "alice", *CHEAP, line="wonderland\nand more\n")
    assert (first.returncode, first.stdout, first.stderr) == (0, f"{path}: alice may log in now\n", "")
    second = passwd(path, "alice", *CHEAP, line="looking glass")
    assert second.stdout == f"{path}: alice has a new password\n"
    (alice,) = read_users(path).verifiers
    assert fits(alice, "looking glass")


def test_somebody_is_taken_out_without_a_password_and_once(tmp_path: Path) -> None:
    path = tmp_path / "users"
    passwd(path, "alice", *CHEAP, line="wonderland\n")
    assert passwd(path, "alice", "--delete").stdout == f"{path}: alice is taken out\n"
    again = passwd(path, "alice", "--delete")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == f"socketspeak passwd: {path}: there is no user alice\n"


@pytest.mark.parametrize(
    ("name", "line", "told"),
    [
        ("alice", "", "the password is not allowed: it is empty"),
        ("alice", "\n", "the password is not allowed: it is empty"),
        ("alice", "wonder\x07land\n", "the password is not allowed: control characters forbidden"),
        ("alice", "x" * 256 + "\n", "the password is not allowed: it is longer than 255 octets"),
        ("al:ice", "x\n", "the name 'al:ice' is not allowed: "),
        ("al\x1bice", "x\n", "the name 'alice' is not allowed: "),
    ],
)
def test_what_is_no_name_or_no_password_is_told_and_nothing_is_written(
    tmp_path: Path, name: str, line: str, told: str
) -> None:
    ran = passwd(tmp_path / "users", name, *CHEAP, line=line)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert told in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "users").write_text("nonsense\n")
    ran = passwd(tmp_path / "users", "alice", *CHEAP, line="x\n")
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert "others can read it" in ran.stderr


@pytest.mark.parametrize("count", ["4095", "1000001", "-1", "many", "٤٠٩٦"])
def test_the_iterations_have_a_range(tmp_path: Path, count: str) -> None:
    ran = passwd(tmp_path / "users", "alice", f"--iterations={count}", line="x\n")
    assert ran.returncode == 2
    assert "is not allowed: a number from 4096 to 1000000" in ran.stderr


def test_the_default_costs_a_guesser_a_hundred_thousand_iterations(tmp_path: Path) -> None:
    passwd(tmp_path / "users", "alice", line="x\n")
    assert read_users(tmp_path / "users").verifiers[0].iterations == 100_000


def test_a_password_is_never_taken_as_an_argument(tmp_path: Path) -> None:
    assert passwd(tmp_path / "users", "alice", "wonderland", *CHEAP).returncode == 2
    assert passwd(tmp_path / "users", "alice", "--password=wonderland", *CHEAP).returncode == 2
    assert list(tmp_path.iterdir()) == []


# Makes standard input the terminal that Ctrl-C comes from, and becomes the command.
AT_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """The command on a terminal of its own."""

    def __init__(self, *words: str) -> None:
        self.shown = ""
        self._end, its = pty.openpty()
        command = [sys.executable, "-c", AT_A_TERMINAL, *COMMAND, *words]
        self._child = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, start_new_session=True)
        os.close(its)

    def wait_for(self, text: str) -> None:
        """Read until this is shown."""
        deadline = time.monotonic() + SECONDS
        while text not in self.shown:
            assert time.monotonic() < deadline, self.shown
            self._read()

    def type(self, text: str) -> None:
        """As at the keyboard."""
        os.write(self._end, text.encode())

    def end(self) -> int:
        """Read to the end; the exit status."""
        while self._read():
            pass
        os.close(self._end)
        return self._child.wait(SECONDS)

    def _read(self) -> bool:
        if not select.select([self._end], [], [], SECONDS)[0]:
            return False
        try:
            octets = os.read(self._end, 4096)
        except OSError:  # so Linux says that nobody has the terminal open any more
            return False
        self.shown += octets.decode()
        return bool(octets)


def test_on_a_terminal_it_is_asked_for_twice_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "users"
    terminal = Terminal(str(path), "alice", *CHEAP)
    for prompt in ("Password: ", "The same again: "):
        terminal.wait_for(prompt)
        terminal.type("wonderland\n")
    assert terminal.end() == 0
    assert re.sub(r"\s+", " ", terminal.shown) == f"Password: The same again: {path}: alice may log in now "
    assert fits(read_users(path).verifiers[0], "wonderland")


def test_two_that_differ_are_none(tmp_path: Path) -> None:
    terminal = Terminal(str(tmp_path / "users"), "alice", *CHEAP)
    for prompt, typed in (("Password: ", "wonderland\n"), ("The same again: ", "wunderland\n")):
        terminal.wait_for(prompt)
        terminal.type(typed)
    assert terminal.end() == 1
    assert "the password is not allowed: it was not the same twice" in terminal.shown
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("typed", "status"), [("\x03", 130), ("\x04", 1)])
def test_who_breaks_off_leaves_nothing(tmp_path: Path, typed: str, status: int) -> None:
    terminal = Terminal(str(tmp_path / "users"), "alice", *CHEAP)
    terminal.wait_for("Password: ")
    terminal.type(typed)
    assert terminal.end() == status
    assert "Traceback" not in terminal.shown
    assert list(tmp_path.iterdir()) == []
