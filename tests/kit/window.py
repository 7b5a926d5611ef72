"""A terminal's window with a program in it, which is typed at, resized, and looked at."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence

SECONDS = 15.0  # a slow machine's patience, not a promise
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
HOME, OTHER_SCREEN, FIRST_SCREEN = "\x1b[H", "\x1b[?1049h", "\x1b[?1049l"
NO_CURSOR, CURSOR = "\x1b[?25l", "\x1b[?25h"
_WITH_KEYS = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def frames(written: str) -> list[list[str]]:
    """Each whole picture that was drawn from the upper left corner on, as its lines."""
    pictures = written.split(HOME)[1:]
    return [CONTROL.sub("", picture).replace("\r", "").split("\n") for picture in pictures]


class Window:
    """A pseudo-terminal of so many columns and lines, and the program that has it.

    Its keys send signals to the program. With `jobs` they do not, but it can be stopped and go on, which only
    a program can that has somebody in its session to wake it.
    """

    def __init__(
        self,
        command: Sequence[str],
        width: int,
        height: int,
        environment: Mapping[str, str],
        jobs: bool = False,
    ) -> None:
        self._handle, its = pty.openpty()
        self.resize(width, height, tell=False)
        self.process = subprocess.Popen(
            command if jobs else [sys.executable, "-c", _WITH_KEYS, *command],
            stdin=its,
            stdout=its,
            stderr=its,
            env=environment,
            start_new_session=not jobs,
            process_group=0 if jobs else None,
        )
        os.close(its)
        self._shown = b""

    def close(self) -> None:
        """Close it, whatever the program does."""
        self.process.kill()
        self.process.wait(SECONDS)
        os.close(self._handle)

    @property
    def shown(self) -> str:
        """All that it was sent so far."""
        return self._shown.decode("utf-8", "replace")

    def type(self, keys: bytes) -> None:
        """Press these keys."""
        os.write(self._handle, keys)

    def resize(self, width: int, height: int, tell: bool = True) -> None:
        """Make it another size; the program is told."""
        fcntl.ioctl(self._handle, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        if tell:
            self.process.send_signal(signal.SIGWINCH)

    def wait_for(self, true: Callable[[str], object]) -> None:
        """Read until something is true of all that is shown from now on."""
        begun, deadline = len(self._shown), time.monotonic() + SECONDS
        while not true(self._shown[begun:].decode("utf-8", "replace")):
            assert time.monotonic() < deadline, f"it never came, but {self.shown[-2000:]!r}"
            assert self._read(), f"it has ended with {self.process.wait(SECONDS)}: {self.shown!r}"

    def end(self) -> int:
        """Read to the end; the program's exit status."""
        while self._read():
            pass
        return self.process.wait(SECONDS)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._handle], [], [], SECONDS)
        assert ready, f"nothing comes any more, after {self.shown[-2000:]!r}"
        try:
            piece = os.read(self._handle, 65_536)
        except OSError:  # how Linux says that the other end is closed
            return False
        self._shown += piece
        return bool(piece)
