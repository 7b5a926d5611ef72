"""The programs that people have: nc, ncat, socat and telnet, against a running daemon."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.kit.daemon import Daemon

SECONDS = 10
TOKYO = re.compile(
    rb"250 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+09:00 Asia/Tokyo JST "
    rb"dst=no within=(\?|[\d.]+m?s) via=embedded; .* in Tokyo\r\n"
)


def needs(program: str) -> pytest.MarkDecorator:
    """Skip, by name, where a program is missing; in CI nothing may skip."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def piped(command: str, daemon: Daemon, text: bytes) -> bytes:
    """What a command prints that is given this text through a pipe, once it has ended by itself."""
    words = command.format(port=daemon.port).split()
    done = subprocess.run(words, input=text, capture_output=True, timeout=SECONDS, check=False)
    return done.stdout


PIPES = [
    pytest.param("nc -N 127.0.0.1 {port}", marks=needs("nc")),
    pytest.param("ncat 127.0.0.1 {port}", marks=needs("ncat")),
    pytest.param("socat -t 5 - TCP:127.0.0.1:{port}", marks=needs("socat")),
]


@pytest.mark.parametrize("command", PIPES)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_pipe_gets_its_answer_and_ends(command: str, end: bytes, daemon: Daemon) -> None:
    said = piped(command, daemon, b"TIME tokyo" + end)
    assert said.startswith(b"220-SocketSpeak ")
    assert TOKYO.search(said)


@pytest.mark.parametrize("command", PIPES)
def test_a_pipe_gets_all_of_a_thousand_answers_in_order(command: str, daemon: Daemon) -> None:
    lines = [b"TIME tokyo" if number % 3 else b"PING" for number in range(1000)]
    said = piped(command, daemon, b"\n".join(lines) + b"\n")
    codes = [line[:4] for line in said.split(b"\r\n")[:-1] if not line.startswith(b"220")]
    assert codes == [b"250 " if number % 3 else b"200 " for number in range(1000)]


@pytest.mark.parametrize(
    "command",
    [pytest.param("nc 127.0.0.1 {port}", marks=needs("nc")), *PIPES],
)
def test_quit_ends_the_program(command: str, daemon: Daemon) -> None:
    assert piped(command, daemon, b"1\nQUIT\n").endswith(b"221 goodbye\r\n")


@needs("ncat")
def test_ncat_that_sends_crlf_is_understood(daemon: Daemon) -> None:
    assert TOKYO.search(piped("ncat -C 127.0.0.1 {port}", daemon, b"TIME tokyo\nQUIT\n"))


@needs("socat")
def test_socat_that_sends_crlf_is_understood(daemon: Daemon) -> None:
    said = piped("socat -t 5 - TCP:127.0.0.1:{port},crnl", daemon, b"TIME tokyo\nQUIT\n")
    assert TOKYO.search(said.replace(b"\n", b"\r\n"))


class Terminal:
    """A program on a terminal of its own, typed at and read."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self.shown = b""

    def type(self, keys: bytes) -> None:
        """Press these keys."""
        os.write(self._handle, keys)

    def wait_for(self, text: bytes) -> bytes:
        """Read until this text is shown; what was shown before it since the last wait."""
        deadline = time.monotonic() + SECONDS
        while text not in self.shown:
            ready, _, _ = select.select([self._handle], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{text!r} never came, but {self.shown!r}"
            self.shown += os.read(self._handle, 65536)
        before, _, self.shown = self.shown.partition(text)
        return before


@contextmanager
def on_a_terminal(*command: str) -> Iterator[Terminal]:
    """Run a program on a pseudo-terminal."""
    ours, its = pty.openpty()
    process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, start_new_session=True)
    os.close(its)
    try:
        yield Terminal(ours)
        process.wait(SECONDS)
    finally:
        process.kill()
        process.wait(SECONDS)
        os.close(ours)


@needs("telnet")
def test_telnet_asks_interrupts_and_quits(daemon: Daemon) -> None:
    with on_a_terminal("telnet", "127.0.0.1", str(daemon.port)) as terminal:
        terminal.wait_for(b"220 Type a number")
        terminal.type(b"TIME tokyo\r")
        terminal.wait_for(b" Asia/Tokyo JST ")
        terminal.type(b"TIME lisb\x03")
        terminal.type(b"PING\r")
        before = terminal.wait_for(b"200 PONG")
        assert b"550" not in before
        assert b"501" not in before
        terminal.type(b"QUIT\r")
        terminal.wait_for(b"221 goodbye")
        terminal.wait_for(b"Connection closed by foreign host")
